"""The pace of sends, in real time: how long to wait after a failure, and which slots of an account's rate are next."""

import hashlib
from collections.abc import MutableMapping

SECOND_MS = 1_000
LONGEST_PAUSE_MS = 3_600_000
_DOUBLINGS = 12


def pause_before(key: str, attempt: int, wish: float = 0.0) -> int:
    """Milliseconds until the next attempt after the one of this number, which counts from 0.

    Doubles from a second to an hour. Up to half of it is taken off by the send key, alike in every process, so that those
    who failed together do not come back together. A provider's own wish, in seconds, can make it longer, up to an hour.
    """
    whole = min(SECOND_MS << min(attempt, _DOUBLINGS), LONGEST_PAUSE_MS)
    drawn = hashlib.blake2b(f"{key}/{attempt}".encode(), digest_size=4).digest()
    spread = int.from_bytes(drawn) / (1 << 32)
    return max(round(whole * (1 - spread / 2)), round(min(wish, LONGEST_PAUSE_MS / 1000) * 1000))


def whole_second(real: float) -> int:
    """The first full second at an instant or after it: who waits for a slot wakes with the others of that second."""
    return -int(-real // SECOND_MS) * SECOND_MS


def plan_slots(
    queues: MutableMapping[str, float], account: str, rate: float, free: float, returned: int, fresh: int
) -> list[int]:
    """When `returned` messages that have waited already, then `fresh` ones, may try for the account's rate again.

    `free` is the instant from which it has room. These are estimates; `take_slots` alone decides who leaves, so `queues`,
    the end of each account's queue as this process knows it, may be wrong. As many of those who returned as leave in one
    second take the next room, the others join the queue's end.
    """
    gap = SECOND_MS / rate
    soon = min(returned, max(1, int(rate)))
    slots = [whole_second(free + index * gap) for index in range(soon)]
    end = max(free + soon * gap, queues.get(account, 0.0))
    joining = returned - soon + fresh
    slots += [whole_second(end + index * gap) for index in range(joining)]
    if joining:
        queues[account] = end + joining * gap
    return slots
