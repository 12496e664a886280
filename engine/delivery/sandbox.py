"""The sandbox provider: a mailbox, a phone and a device on this machine, that can be told to fail.

It keeps its own log, in transactions of its own, as a provider across the network would. It logs every
request that it has accepted. Ordinarily it recognises send keys: a repeat gets the first one's answer, is logged without an
address or content, and arrives nowhere.

An account's `behaviour` says how it fails:
`script`: what happens to the first attempts of every message, in order;
`share`: {outcome: chance}, drawn from the send key and attempt, so that the same run fails the same way;
`recognises_keys`: false makes it a provider like those in use, where a repeated request is a second message.
Outcomes: refuse (connection refused), rate_limit (429), time_out (nothing arrives, no answer), drop_answer (accepted,
the answer lost), bounce (accepted, then bounced), reject (never accepted), auth (the account is refused).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select

from engine.delivery.provider import (
    Accepted,
    AccountBroken,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    Receipt,
    Rejected,
)
from engine.store.bulk import insert_rows
from engine.store.database import Database
from engine.store.fetch import Query
from engine.store.ids import new_ids
from engine.store.sets import among_given, lock_names
from engine.store.tables import message, sandbox_message

_COLUMNS = ("id", "send_key", "account", "channel", "address", "content", "accepted_at", "report")

_FAILURES: dict[str, Callable[[], Receipt]] = {
    "refuse": lambda: NotSent("connection refused"),
    "rate_limit": lambda: NotSent("rate limit", 2.0),
    "time_out": lambda: OutcomeUnknown("no answer"),
    "reject": lambda: Rejected("refused by the sandbox", suppress=False),
    "reject_for_good": lambda: Rejected("no such address", suppress=True),
    "auth": lambda: AccountBroken("provider_auth"),
}
RECOGNISED = ""
"""The address in the log of a request that was recognised: what it asked for had arrived."""
OUTCOMES = (*_FAILURES, "drop_answer", "bounce")
_KNOWN = Query(
    select(sandbox_message.c.send_key, sandbox_message.c.id).where(
        among_given(sandbox_message.c.send_key, "keys"), sandbox_message.c.address != RECOGNISED
    )
)


class Sandbox:
    """The provider behind the accounts `sandbox-email`, `sandbox-sms` and `sandbox-push`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recognises_keys(self, behaviour: Mapping[str, Any]) -> bool:
        """Unless the account is told not to, as providers in use do not."""
        return behaviour.get("recognises_keys", True) is not False

    def send(self, requests: Sequence[Outgoing]) -> list[Receipt]:
        """Accept what the account's behaviour lets through, and log it."""
        with self._database.write("sandbox") as connection:
            asked = {one.send_key for one in requests if self.recognises_keys(one.behaviour)}
            known = self._known(connection, asked)
            ids = iter(new_ids(len(requests)))
            log: list[tuple[Any, ...]] = []
            receipts: list[Receipt] = []
            for request in requests:
                number = known.get(request.send_key)
                fault = None if number is not None else _fault(request)
                failure = _FAILURES.get(fault or "")
                if failure is not None:
                    receipts.append(failure())
                    continue
                logged = next(ids)
                if number is None:
                    number = logged
                    if request.send_key in asked:
                        known[request.send_key] = logged
                    report = "bounced" if fault == "bounce" else "delivered" if request.wants_report else None
                    log.append(
                        (logged, request.send_key, request.account, request.channel, request.address,
                         request.content, request.at, report)
                    )  # fmt: skip
                else:
                    log.append(
                        (logged, request.send_key, request.account, request.channel, RECOGNISED, {}, request.at,
                         None)
                    )  # fmt: skip
                lost = fault == "drop_answer"
                receipts.append(
                    OutcomeUnknown("the answer was lost")
                    if lost
                    else Accepted(str(number), fault != "bounce")
                )
            insert_rows(connection, sandbox_message, _COLUMNS, log)
        return receipts

    def _known(self, connection: Connection, keys: Set[str]) -> dict[str, int]:
        """Those of the keys that were accepted before, locked against another request of the same key meanwhile."""
        if not keys:
            return {}
        lock_names(connection, ["the sandbox's log"], shared=False)
        return {row[0]: row[1] for row in _KNOWN.rows(connection, keys=keys)}


def sent_too_often() -> Select[Any]:
    """Each send key that the sandbox has delivered more than once, or has accepted more often than the ledger claimed it,
    with how often it was `delivered`, `accepted` and `claimed`."""
    log = sandbox_message.c
    delivered = func.sum(case((log.address != RECOGNISED, 1), else_=0))
    claimed = func.max(message.c.attempts)
    return (
        select(
            log.send_key,
            delivered.label("delivered"),
            func.count().label("accepted"),
            claimed.label("claimed"),
        )
        .join(message, message.c.send_key == log.send_key, isouter=True)
        .group_by(log.send_key)
        .having(or_(delivered > 1, func.count() > claimed))
    )


def _fault(request: Outgoing) -> str | None:
    if not request.behaviour:
        return None
    script = request.behaviour.get("script") or ()
    if request.attempt < len(script):
        return str(script[request.attempt])
    shares = request.behaviour.get("share") or {}
    seed = f"{request.behaviour.get('seed', 0)}/{request.send_key}/{request.attempt}"
    point = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=7).digest()) / (1 << 56)
    for outcome, chance in sorted(shares.items()):
        point -= float(chance)
        if point < 0:
            return str(outcome)
    return None


def faulty_behaviour(behaviour: Mapping[str, Any]) -> str | None:
    """What is wrong with a behaviour, and what to write; None where nothing is."""
    known = ", ".join(OUTCOMES)
    script, shares, seed = (behaviour.get(name) for name in ("script", "share", "seed"))
    if behaviour.keys() - {"script", "share", "seed", "recognises_keys"}:
        return "It holds more than script, share, seed and recognises_keys. Leave the rest out."
    if script is not None and not (isinstance(script, list) and all(one in OUTCOMES for one in script)):
        return f"script is no list of outcomes. Use: {known}."
    if shares is not None:
        if not isinstance(shares, dict) or not shares.keys() <= set(OUTCOMES):
            return f"share names no outcomes and their chances. Use: {known}."
        chances = list(shares.values())
        if not all(isinstance(one, (int, float)) and 0 <= one <= 1 for one in chances) or sum(chances) > 1:
            return "The chances are not between 0 and 1, or more than 1 in all. Lower them."
    if not isinstance(behaviour.get("recognises_keys", True), bool):
        return "recognises_keys is neither true nor false. Give one of them, or leave it out."
    if seed is not None and not isinstance(seed, int):
        return "seed is no whole number. Give one, or leave it out."
    return None
