"""The pace of sends, in real time: how long to wait after a failure, and which slots of an account's rate are next."""

import hashlib
from collections.abc import MutableMapping

SECOND_MS = 1_000
LONGEST_PAUSE_MS = 3_600_000
NEAR_MS = 60_000
"""A queue that ends sooner is waited out. An account that left room for as long is idle."""
_DOUBLINGS = 12


def pause_before(key: str, attempt: int, wish: float = 0.0) -> int:
    """Milliseconds until the next attempt after the one of this number, which counts from 0.

    Doubles from a second to an hour. Up to half of it is taken off by the send key, alike in every process, so that those
    who failed together do not come back together. A provider's own wish, in seconds, can make it longer, up to an hour.
    """
    whole = min(SECOND_MS << min(attempt, _DOUBLINGS), LONGEST_PAUSE_MS)
    spread = whole * (1 - _spread(f"{key}/{attempt}") / 2)
    return max(round(spread), round(min(wish, LONGEST_PAUSE_MS / 1000) * 1000))


def whole_second(real: float) -> int:
    """The first full second at an instant or after it: who waits for a slot wakes with the others of that second."""
    return -int(-real // SECOND_MS) * SECOND_MS


def plan_slots(
    queues: MutableMapping[str, float], account: str, rate: float, free: float, waiting: int, *, idle: bool
) -> list[int]:
    """The slots in which so many messages, that found no room in the account's rate, try again; in order.

    `free` is the instant from which there is room. Slots are estimates, `take_slots` alone decides who leaves: so `queues`,
    the end of each account's queue as this process knows it, may be wrong. An account that was `idle` has none. Behind a
    long queue a second's worth of each claim tries again within a minute, so that a few do not wait for a campaign.
    """
    gap = SECOND_MS / rate
    if idle:
        queues.pop(account, None)
    end = max(free, queues.get(account, 0.0))
    few = min(waiting, max(1, int(rate))) if end - free > NEAR_MS else 0
    slots = [free + _spread(f"{account}/{free}/{index}") * NEAR_MS for index in range(few)]
    slots += [end + index * gap for index in range(waiting - few)]
    queues[account] = end + (waiting - few) * gap
    return sorted(map(whole_second, slots))


def _spread(text: str) -> float:
    """A number from 0 up to 1, alike in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest()) / (1 << 32)
