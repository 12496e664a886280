"""Ids: 63-bit, time-ordered, made without asking the database, so that a thousand rows need no round trip.

41 bits of milliseconds, 14 random bits of this process, 8 bits of a counter. A burst borrows from the milliseconds
to come. Two processes that draw the same 14 bits can at worst meet at a primary key, which refuses the second.
In JSON an id is text, since a JavaScript number holds 53 bits.
"""

import os
import secrets
import threading
import time

_WORKER_BITS, _COUNTER_BITS = 14, 8
_EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z: 41 bits of milliseconds last until 2094


class IdMaker:
    """Makes ids that ascend within one process. Safe to share between threads."""

    def __init__(self) -> None:
        self._next = 0
        self.be_another()

    def be_another(self) -> None:
        """Draw the random bits of this process."""
        self._worker = secrets.randbits(_WORKER_BITS) << _COUNTER_BITS
        self._lock = threading.Lock()

    def many(self, count: int) -> list[int]:
        """`count` new ids, ascending."""
        with self._lock:
            first = max((time.time_ns() // 1_000_000 - _EPOCH_MS) << _COUNTER_BITS, self._next)
            self._next = first + count
        low = (1 << _COUNTER_BITS) - 1
        return [
            (ticket >> _COUNTER_BITS) << (_WORKER_BITS + _COUNTER_BITS) | self._worker | (ticket & low)
            for ticket in range(first, first + count)
        ]

    def one(self) -> int:
        """One new id."""
        return self.many(1)[0]


_maker = IdMaker()
# A forked process would else go on with its parent's bits, and make its parent's ids.
os.register_at_fork(after_in_child=_maker.be_another)
new_id = _maker.one
new_ids = _maker.many
