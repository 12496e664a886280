"""Provider accounts: the rate that all workers share, the kill switch, and faults that only a person can mend."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.delivery.pace import NEAR_MS, SECOND_MS
from engine.store.audit import record
from engine.store.tables import account

SANDBOX = {"email": "sandbox-email", "sms": "sandbox-sms", "push": "sandbox-push"}
"""The account of each channel that every installation has."""


_ACCOUNT = select(account).where(account.c.name == bindparam("named"))
_LOCKED = _ACCOUNT.with_for_update()


class UnknownAccount(LookupError):
    """There is no account of this name. Add it, or choose another one on the node."""


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account as a claim reads it."""

    name: str
    channel: str
    provider: str
    rate: float | None
    next_free_at: int
    stopped: bool
    broken: str | None
    behaviour: dict[str, Any]


def read_account(connection: Connection, name: str, *, lock: bool = False) -> AccountState:
    """The account; locked, if a claim is to take from its rate. UnknownAccount where there is none."""
    row = connection.execute(_LOCKED if lock else _ACCOUNT, {"named": name}).one_or_none()
    if row is None:
        raise UnknownAccount(f"There is no account {name!r}. Add it, or choose another one on the node.")
    return AccountState(
        row.name,
        row.channel,
        row.provider,
        row.rate,
        row.next_free_at,
        row.stopped,
        row.broken,
        row.behaviour,
    )


def take_slots(connection: Connection, state: AccountState, count: int, now: int) -> tuple[int, float]:
    """How many of `count` messages may leave now, and the real instant from which the next may.

    The account's row keeps the rate for all workers: each message that leaves moves `next_free_at` on by 1/rate. A second's
    worth may leave at once; what nobody used is gone, so that an absence is followed by no burst.
    """
    if state.rate is None:
        return count, float(now)
    gap = SECOND_MS / state.rate
    # Whoever left last cannot have moved it further than this: a host's clock was wrong, or the rate was another one.
    believed = state.next_free_at if state.next_free_at <= now + SECOND_MS + gap + NEAR_MS else now
    first = float(max(now, believed))
    leaving = min(count, max(0, math.ceil((now + SECOND_MS - first) / gap)))
    free = first + leaving * gap
    if leaving:
        connection.execute(
            update(account).where(account.c.name == state.name).values(next_free_at=math.ceil(free))
        )
    return leaving, free


def ensure_sandbox(connection: Connection) -> None:
    """Give the installation its three sandbox accounts, where they are missing."""
    have = set(connection.scalars(select(account.c.name)))
    missing = [
        {"name": name, "channel": channel, "provider": "sandbox", "behaviour": {}, "next_free_at": 0,
         "stopped": False}
        for channel, name in SANDBOX.items()
        if name not in have
    ]  # fmt: skip
    if missing:
        connection.execute(insert(account), missing)


def change_account(
    connection: Connection, name: str, values: Mapping[str, Any], *, now: int, who: str
) -> None:
    """Write columns of an account, and who did it. A claim that holds the account's row comes before or after."""
    read_account(connection, name, lock=True)
    connection.execute(update(account).where(account.c.name == name).values(dict(values)))
    record(
        connection, at=now, who=who, what="account change", subject=f"account/{name}", details=dict(values)
    )
