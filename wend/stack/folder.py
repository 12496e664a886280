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


_SETTINGS = frozenset({
    "WEND_DATABASE_URL", "WEND_TEMPORAL_ADDRESS", "WEND_TEMPORAL_NAMESPACE", "WEND_TEMPORAL_TLS", "WEND_TEMPORAL_API_KEY",
})  # fmt: skip
_USUAL = Addresses(7233, 8233, 8000)
ANYWHERE = Addresses(0, 0, 0)
"""Any free ports: for a stack that takes nobody's usual ones."""


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

    def addresses(self, *, api: int | None = None, usual: Addresses = _USUAL) -> Addresses:
        """The addresses to listen at: those of the last run (at first the usual ones) where they are free, and written down for
        other commands.
        PortTaken where `api`, which somebody asked for, is not free."""
        last = self.read_addresses() or usual
        taken: set[int] = set()
        if api is not None:
            if _bound(api) is None:
                raise PortTaken(
                    f"Port {api} cannot be listened at: another program has it, or only an administrator may. "
                    "Give another one by --port, or stop what listens there."
                )
            taken.add(api)
        temporal, temporal_ui = _free(last.temporal, taken), _free(last.temporal_ui, taken)
        chosen = Addresses(temporal, temporal_ui, _free(last.api, taken) if api is None else api)
        (self.path / "stack.json").write_text(json.dumps(asdict(chosen)))
        return chosen

    def settings(self) -> Settings:
        """The settings of a process of this stack: the environment's where it says something, else this folder's."""
        settings, own = Settings.from_environment(), self.own_settings()
        if "WEND_DATABASE_URL" not in os.environ:
            settings = replace(settings, database_url=own.database_url)
        if "WEND_TEMPORAL_ADDRESS" not in os.environ and self.read_addresses() is not None:
            settings = replace(settings, temporal_address=own.temporal_address)
        return settings

    def own_settings(self) -> Settings:
        """The settings of a stack that is nobody else's, whatever the environment says: this folder's database and server."""
        known = self.read_addresses() or _USUAL
        return Settings(self.database_url, f"127.0.0.1:{known.temporal}", "default", False, None)

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


class PortTaken(RuntimeError):
    """Another program listens at the port that was asked for. Choose another one."""


def _free(wanted: int, taken: set[int]) -> int:
    """The wanted port (0: any one), or another one where it is taken."""
    number = _bound(wanted)
    while number is None or number in taken:
        number = _bound(0)
    taken.add(number)
    return number


def _bound(port: int) -> int | None:
    """The number of a port that could be listened at just now (0: any one); None where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a child process with these settings, and none of this process's own."""
    others = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    given = {
        "WEND_DATABASE_URL": settings.database_url,
        "WEND_TEMPORAL_ADDRESS": settings.temporal_address,
        "WEND_TEMPORAL_NAMESPACE": settings.temporal_namespace,
        "WEND_TEMPORAL_TLS": "1" if settings.temporal_tls else None,
        "WEND_TEMPORAL_API_KEY": settings.temporal_api_key,
    }
    return {**others, **{name: value for name, value in given.items() if value is not None}}
