"""The worker processes of one machine: one for what contacts just did, the others for campaigns.

They are apart so that a campaign's legs, which keep a Python process busy, never hold up a live one.
"""

from collections.abc import Mapping

from wend.stack.folder import Folder
from wend.stack.processes import Child, python

READY = "ready"
"""The line that a worker says when it has begun."""
BULK = 2
"""Processes of the bulk lane: one leg's Python runs beside the other's SQLite, a fourth more contacts a second on two
processors. The file has one writer, so that a third adds nothing."""


def crew(folder: Folder, env: Mapping[str, str], *, bulk: int = BULK) -> list[Child]:
    """A process for the live lane and the relay, and `bulk` ones for the bulk lane, not started yet."""
    workers = [python("worker", "workers", "--role", "live,relay", folder=folder, env=env)]
    legs = "2" if bulk == 1 else "1"
    for number in range(1, bulk + 1):
        name = f"worker-bulk-{number}"
        workers.append(python(name, "workers", "--role", "bulk", "--bulk-legs", legs, folder=folder, env=env))
    return workers
