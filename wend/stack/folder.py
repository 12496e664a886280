"""The folder of a local installation (./.wend): where its state lies, and how other commands find what runs there."""

import fcntl
import json
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from engine.store.settings import Settings

DEFAULT = Path(".wend")
_OWN = 0o700


@dataclass(frozen=True)
class Addresses:
    """Where a stack listens, all on loopback. `temporal_ui` is 0 where there is none."""

    temporal: int
    temporal_ui: int
    api: int


class Folder:
    """A stack's folder. It is kept between runs: the same database, the same Temporal state, the same ports."""

    def __init__(self, path: Path = DEFAULT) -> None:
        self.path = path.absolute()

    @property
    def database_url(self) -> str:
        """The SQLite database of this folder."""
        return f"sqlite:///{self.path / 'wend.db'}"

    @property
    def temporal_file(self) -> Path:
        """Where the local Temporal server keeps its state."""
        return self.path / "temporal.db"

    def log(self, name: str) -> Path:
        """The log of a process."""
        return self.path / f"{name}.log"

    def make(self) -> None:
        """Make the folder, readable by its owner alone: it holds contacts. One that others could read is closed to them."""
        self.path.mkdir(mode=_OWN, parents=True, exist_ok=True)
        if stat.S_IMODE(self.path.stat().st_mode) != _OWN:
            self.path.chmod(_OWN)

    def read_addresses(self) -> Addresses | None:
        """The addresses of the last run, if there was one."""
        try:
            return Addresses(**json.loads((self.path / "stack.json").read_text()))
        except (FileNotFoundError, TypeError, json.JSONDecodeError):
            return None

    def addresses(self, *, api: int | None = None) -> Addresses:
        """The addresses to listen at: those of the last run where they are free, and written down for other commands."""
        last = self.read_addresses() or Addresses(7233, 8233, 8000)
        if api is not None:
            last = replace(last, api=api)
        taken: set[int] = set()
        chosen = Addresses(*(_free(port, taken) for port in (last.temporal, last.temporal_ui, last.api)))
        (self.path / "stack.json").write_text(json.dumps(asdict(chosen)))
        return chosen

    def settings(self) -> Settings:
        """The settings of a process of this stack: the environment's where it says something, else this folder's."""
        settings = Settings.from_environment()
        if "WEND_DATABASE_URL" not in os.environ:
            settings = replace(settings, database_url=self.database_url)
        known = self.read_addresses()
        if known is not None and "WEND_TEMPORAL_ADDRESS" not in os.environ:
            settings = replace(settings, temporal_address=f"127.0.0.1:{known.temporal}")
        return settings

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder: a second stack on the same one would take its ports and its database."""
        with (self.path / "up.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyUp(
                    f"Wend already runs in {self.path.name}. Stop it with Ctrl-C where it runs, or use another folder."
                ) from None
            yield


class AlreadyUp(RuntimeError):
    """Another stack holds the folder. Stop it, or use another folder."""


def _free(wanted: int, taken: set[int]) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            number = int(probe.getsockname()[1])
            if number not in taken:
                taken.add(number)
                return number
    return _free(0, taken)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a child process with these settings."""
    return {
        **os.environ,
        "WEND_DATABASE_URL": settings.database_url,
        "WEND_TEMPORAL_ADDRESS": settings.temporal_address,
        "WEND_TEMPORAL_NAMESPACE": settings.temporal_namespace,
    }
