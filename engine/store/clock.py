"""The business clock: how the installation's time follows real time.

Ordinarily both are one. A demonstration lets a day last seconds: an origin and a speed are stored, and everything that
reads business time (waits, expiry, quiet hours, reports) goes by them, while Temporal's timers sleep real time.
"""

import math
import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from engine.store.tables.house import clock as clock_table


def real_now() -> int:
    """The wall clock, in milliseconds since the epoch. Only the edges of the engine ask it."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Clock:
    """business = origin_business + (real - origin_real) * speed; both in milliseconds since the epoch."""

    origin_real: int = 0
    origin_business: int = 0
    speed: float = 1.0

    def business(self, real: int) -> int:
        """The business instant at a real one."""
        return self.origin_business + math.floor((real - self.origin_real) * self.speed)

    def real(self, business: int) -> int:
        """The first real instant at which it is `business` or later."""
        return self.origin_real + math.ceil((business - self.origin_business) / self.speed)


def read_clock(connection: Connection) -> Clock:
    """The installation's clock; real time where none is stored."""
    row = connection.execute(select(clock_table)).one_or_none()
    return Clock(row.origin_real, row.origin_business, row.speed) if row else Clock()


LEAD_MS = 1_000
"""How far a clock that slows down begins ahead, in real time: processes that still go by the old one stay behind it."""


def change_speed(connection: Connection, speed: float, real: int) -> Clock:
    """Let business time go at another speed from the real instant `real` on. It never jumps backwards, not even for a
    process that hears of it `LEAD_MS` later. What sleeps until a real instant sleeps on: who makes time go faster sees to
    it that nobody rests."""
    if not speed > 0:
        raise ValueError("Business time cannot stand still or run backwards. Give a speed above 0.")
    old = read_clock(connection)
    lead = LEAD_MS if speed < old.speed else 0
    new = Clock(real, old.business(real + lead), speed)
    connection.execute(delete(clock_table))
    connection.execute(
        insert(clock_table).values(
            id=1, origin_real=new.origin_real, origin_business=new.origin_business, speed=new.speed
        )
    )
    return new
