"""Where the server programs are: found from the packages that installed them, on any machine alike."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath


def installed_program(package: str, pattern: str) -> Path:
    """The newest file of an installed package whose path ends in `pattern` (a glob, such as "pginstall*/bin/initdb")."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as missing:
        raise FileNotFoundError(f"The package {package} is not installed. Run `make setup`.") from missing
    found = [file for file in files if PurePosixPath(file).match(pattern)]
    if not found:
        raise FileNotFoundError(f"The package {package} has no file {pattern}. Run `make setup` again.")
    return Path(str(max(found, key=_numbers_in).locate())).resolve()


def _numbers_in(file: PurePosixPath) -> tuple[int, str]:
    # "pginstall18" is newer than "pginstall", which is newer than nothing.
    digits = "".join(letter for letter in str(file.parent) if letter.isdigit())
    return int(digits or 0), str(file)
