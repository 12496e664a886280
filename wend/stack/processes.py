"""Child processes: started, watched, stopped in order; and gone when their parent is, however it ended."""

import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from wend.stack.download import downloaded_program, kept_in
from wend.stack.folder import Folder

_STARTS = 3
_SEARCH_ATTRIBUTES = ("WendJourney", "WendPlan", "WendLane")


class DidNotStart(RuntimeError):
    """A process of the stack did not come up. Its log in the folder says why."""


class GivenUp(RuntimeError):
    """Whoever waited for a process does not want it any more."""


def _never() -> bool:
    return False


class Child:
    """One process of the stack."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        # A parent that is killed takes its children with it, where the system can do that.
        leash = shutil.which("setpriv")
        self.command = [*([leash, "--pdeathsig", "TERM"] if leash else []), *command]
        self.log = log
        self._env = dict(env) if env is not None else None
        self._process: subprocess.Popen[bytes] | None = None
        self._said = 0

    def start(self) -> None:
        """Start it, in a session of its own, so that Ctrl-C reaches it through its parent alone."""
        self._said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def exit_code(self) -> int | None:
        """How it ended; None while it runs, or before it was started."""
        return None if self._process is None else self._process.poll()

    def wait_for_port(self, port: int, seconds: float = 60, given_up: Callable[[], bool] = _never) -> None:
        """Wait until it listens. DidNotStart if it ends before, or does not; GivenUp as soon as `given_up` says so."""
        self._wait(lambda: _listens(port), f"listen on port {port}", seconds, given_up)

    def wait_for_line(self, line: str, seconds: float = 60, given_up: Callable[[], bool] = _never) -> None:
        """The same, until its log has this line."""
        wanted = f"{line}\n".encode()
        self._wait(lambda: wanted in self.log.read_bytes()[self._said :], f"say {line!r}", seconds, given_up)

    def come_up(self, wait: Callable[[], None]) -> None:
        """Start it, and wait by `wait`. One that ended by itself at its start is started again, twice: the ports that a
        server of several parts chooses for itself may be taken the moment before it listens."""
        for left in reversed(range(_STARTS)):
            self.start()
            try:
                wait()
            except DidNotStart:
                if self.exit_code() is None or not left:
                    raise
            else:
                return

    def _wait(
        self, ready: Callable[[], bool], what: str, seconds: float, given_up: Callable[[], bool]
    ) -> None:
        limit = time.monotonic() + seconds
        while not ready():
            if given_up():
                raise GivenUp(f"{self.name} was not waited for any longer.")
            if self.exit_code() is not None or time.monotonic() > limit:
                raise DidNotStart(
                    f"{self.name} did not {what}. Read {self.log.name} beside its database: {self.last_words()}"
                )
            time.sleep(0.05)

    def last_words(self) -> str:
        """The last lines of its log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return " | ".join(lines[-3:])

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self, seconds: float = 25) -> None:
        """Ask it to end, and wait; end it if it does not."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()


def temporal_server(
    folder: Folder, port: int, ui_port: int, *, file: bool = True, tell: Callable[[str], object] = print
) -> Child:
    """The local Temporal server: a real one, on loopback, with its state in the folder. `tell` hears of a download."""
    command = [
        temporal_program(tell), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "error",
        "--dynamic-config-value", "frontend.persistenceMaxQPS=20000",
    ]  # fmt: skip
    command += ["--ui-port", str(ui_port)] if ui_port else ["--headless"]
    if file:
        command += ["--db-filename", str(folder.temporal_file)]
        command += ["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"]
    for name in _SEARCH_ATTRIBUTES:
        command += ["--search-attribute", f"{name}=Keyword"]
    return Child("temporal", command, folder.log("temporal"))


def temporal_program(tell: Callable[[str], object] = print) -> str:
    """The `temporal` program: beside this Python, or on the PATH, else the SDK's own download, of which `tell` hears.
    NoServer where it could not be downloaded either."""
    beside = shutil.which("temporal", path=sysconfig.get_path("scripts"))
    found = beside or shutil.which("temporal")
    return found or str(downloaded_program(kept_in(), tell))


def python(name: str, module: str, *arguments: str, folder: Folder, env: Mapping[str, str]) -> Child:
    """A process of ours: `python -m module`."""
    return Child(name, [sys.executable, "-m", module, *arguments], folder.log(name), env)


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return True
    except OSError:
        return False
