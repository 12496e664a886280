"""`python -m tests.chaos.nursery`: has imported everything, and starts processes of Wend by forking itself.

Importing takes seconds of processor time, and chaos starts hundreds of processes. A child does what `python -m MODULE`
would: it has a session, a log and an environment of its own, and runs the module's own entry point.

It is asked over its input and answers over its output, a line of JSON each; when its input ends, its children do too.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from nodes.registry import load_registry

HOUSE = Path(__file__).resolve().parents[2]
_IMPORTED = (
    "api.app",
    "uvicorn",
    "workers.assembly",
    "workers.connection",
    "workers.worker",
    "wend.play.crowd",
    "httpx",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",
)
"""What the entry points import; not these themselves, which must run as if for the first time."""
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Nursery:
    """The caller's side: starts processes, signals them, and tells how they ended. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HOUSE, text=True,
        )  # fmt: skip

    def start(self, module: str, *arguments: str, env: Mapping[str, str], log: Path) -> int:
        """Start `python -m module` with these settings beside the nursery's environment. Gives its process id."""
        pid: int = self._ask({"start": module, "arguments": arguments, "env": dict(env), "log": str(log)})
        return pid

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Signal a child, unless it has ended."""
        self._ask({"signal": number, "pid": pid})

    def exit_code(self, pid: int) -> int | None:
        """How a child ended, a signal as a negative number; None while it runs."""
        code: int | None = self._ask({"ended": pid})
        return code

    def _ask(self, question: Mapping[str, Any]) -> Any:
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End every child, and the nursery."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class _Children:
    """The nursery's side."""

    def __init__(self) -> None:
        self._codes: dict[int, int | None] = {}

    def answer(self, question: Mapping[str, Any]) -> Any:
        if "start" in question:
            pid = os.fork()
            if pid == 0:
                _become(question)
            self._codes[pid] = None
            return pid
        if "signal" in question:
            if self.ended(question["pid"]) is None:
                os.kill(question["pid"], question["signal"])
            return None
        return self.ended(question["ended"])

    def ended(self, pid: int) -> int | None:
        if self._codes[pid] is None:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found == pid:
                self._codes[pid] = os.waitstatus_to_exitcode(status)
        return self._codes[pid]

    def end_all(self) -> None:
        for pid in self._codes:
            if self.ended(pid) is None:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _become(question: Mapping[str, Any]) -> None:
    """In the child: be the process that was asked for, and never come back."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
        os.setsid()
        log = os.open(question["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.environ.update(question["env"])
        sys.argv = [question["start"], *question["arguments"]]
        runpy.run_module(question["start"], run_name="__main__", alter_sys=False)
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Import, then do what is asked."""
    for module in _IMPORTED:
        import_module(module)
    load_registry()
    gc.freeze()
    children = _Children()
    try:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(children.answer(json.loads(line))) + "\n")
            sys.stdout.flush()
    finally:
        children.end_all()


if __name__ == "__main__":
    main()
