"""The folder of a local installation is its owner's alone."""

from __future__ import annotations

import stat
from pathlib import Path

from wend.stack.folder import Folder


def mode(path: Path) -> int:
    """Who may do what with it."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    """Whether it is made, or was there: a file of contacts may have been laid into it before Wend was started."""
    there = tmp_path / "there"
    there.mkdir(mode=0o755)

    Folder(tmp_path / "new").make()
    Folder(there).make()

    assert mode(tmp_path / "new") == 0o700
    assert mode(there) == 0o700
