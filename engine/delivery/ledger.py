"""The ledger of messages: claims before a request leaves, results after it, and what webhooks add.

Every function works within the caller's transaction. See protocol: claim, result, found sending, settle, ledger sweep.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, Select, bindparam, or_, select, text, update

from engine.audience.consent import suppress
from engine.delivery.provider import Accepted, AccountBroken, OutcomeUnknown, Receipt, Rejected
from engine.store.bulk import insert_rows
from engine.store.fetch import Query
from engine.store.sets import among, among_given
from engine.store.tables import account, consent, enrolment, message, suppression

FINAL = frozenset({"accepted", "rejected", "suppressed", "cancelled", "unconfirmed"})
WAITING = frozenset({"planned", "retry_at"})
"""No request is out, and none was accepted."""
ANSWER_DEADLINE_MS = 60_000
"""Real time after which a claim without a result counts as unknown. Longer than any provider's own time-out."""
CONFIRMATION_WINDOW_MS = 3_600_000
"""Real time in which an unknown message may still be confirmed; after it, it stays unconfirmed."""

COLUMNS = (
    "send_key", "strand", "contact", "journey", "plan", "node", "visit", "channel", "address", "account", "template",
    "promotion", "state", "claim", "deadline", "retry_at", "attempts", "reason", "created_at",
)  # fmt: skip


_KNOWN = select(message).where(among_given(message.c.send_key, "keys"))
_STANDING = Query(
    select(enrolment.c.id, enrolment.c.step, enrolment.c.contact).where(
        among_given(enrolment.c.id, "strands"),
        or_(enrolment.c.place == "moving", enrolment.c.place == "resting"),
        enrolment.c.cohort.is_not(None),
    )
)
_REFUSED = select(consent.c.contact).where(
    among_given(consent.c.contact, "people"),
    consent.c.channel == bindparam("on_channel"),
    consent.c.state == "refused",
)
_SUPPRESSED = select(suppression.c.address).where(
    suppression.c.channel == bindparam("on_channel"), among_given(suppression.c.address, "addresses")
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a claim reads before it decides, all of it after the contacts were locked."""

    rows: dict[str, Row[Any]]
    fenced: frozenset[int]
    refused: frozenset[int]
    suppressed: frozenset[str]


def read_known(
    connection: Connection, channel: str, keys: Sequence[str], fences: dict[int, tuple[int, int]],
    people: Iterable[int], addresses: Sequence[str],
) -> Known:  # fmt: skip
    """The ledger's rows of these keys, the strands ({id: (fence, contact)}) that still hold their place and are the
    contact's, who refused the channel, and which addresses are suppressed."""
    rows = connection.execute(_KNOWN, {"keys": keys}).all() if keys else []
    standing = _STANDING.rows(connection, strands=fences)
    refused = connection.scalars(_REFUSED, {"people": people, "on_channel": channel})
    suppressed: Iterable[str] = ()
    if addresses:
        suppressed = connection.scalars(_SUPPRESSED, {"addresses": addresses, "on_channel": channel})
    return Known(
        rows={row.send_key: row for row in rows},
        fenced=frozenset(row[0] for row in standing if fences[row[0]] == (row[1], row[2])),
        refused=frozenset(refused),
        suppressed=frozenset(suppressed),
    )


def begun(
    connection: Connection, people: Iterable[int], strands: Iterable[int], node: str, channel: str
) -> Sequence[Row[Any]]:
    """Where the messages of these strands at a node go, as rows of strand, visit, address and state."""
    found: Select[Any] = select(message.c.strand, message.c.visit, message.c.address, message.c.state).where(
        among(message.c.contact, people),
        among(message.c.strand, strands),
        message.c.node == node,
        message.c.channel == channel,
    )
    return connection.execute(found).all()


def insert_messages(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert ledger rows, as tuples in the order of COLUMNS."""
    insert_rows(connection, message, COLUMNS, rows)


def claim_again(connection: Connection, keys: Sequence[str], token: str, deadline: int) -> None:
    """Claim rows that stand planned or at a retry time (or, with a provider that recognises keys, in doubt)."""
    if keys:
        connection.execute(
            update(message)
            .where(among(message.c.send_key, keys))
            .values(
                state="sending", claim=token, deadline=deadline, reason=None, attempts=message.c.attempts + 1
            )
        )


def call_off(connection: Connection, keys: Sequence[str], reason: str, at: int) -> None:
    """Suppress rows of which no request has left. What may have been sent stays what it is."""
    if keys:
        connection.execute(
            update(message)
            .where(among(message.c.send_key, keys), message.c.state.in_(["planned", "retry_at"]))
            .values(state="suppressed", reason=reason, settled_at=at, claim=None)
        )


class Result(NamedTuple):
    """What became of one claimed message. `retry_at` is the real instant of its next try, where there is to be one;
    `doubtful` says that an earlier request may have been accepted, so that a failure of this one proves nothing."""

    key: str
    receipt: Receipt
    retry_at: int
    doubtful: bool = False


_PAIRS = {"sqlite": "json_each(:taken)", "postgresql": "json_each_text(CAST(:taken AS json))"}
_ACCEPT = {
    dialect: text(
        "UPDATE message SET state = 'accepted', provider_id = taken.value, settled_at = :settled_at,"
        f" delivered_at = :delivered_at, deadline = NULL, reason = NULL FROM {pairs} AS taken"
        " WHERE message.send_key = taken.key AND message.state IN ('sending', 'unknown', 'unconfirmed')"
    )
    for dialect, pairs in _PAIRS.items()
}
"""In one statement: a thousand small ones were a tenth of a leg's time."""
_SETTLE = {
    dialect: text(
        "UPDATE message SET state = :state, reason = :reason, deadline = :deadline,"
        f" retry_at = CAST(taken.value AS bigint), settled_at = :settled_at FROM {pairs} AS taken"
        " WHERE message.send_key = taken.key AND message.claim = :token"
        " AND (message.state = 'sending' OR (:certain = 1 AND message.state IN ('unknown', 'unconfirmed')))"
    )
    for dialect, pairs in _PAIRS.items()
}


def write_results(
    connection: Connection, token: str, results: Sequence[Result], *, business: int, real: int
) -> None:
    """Write what became of claimed messages: the message alone, whatever became of the enrolment's fence.

    Accepted counts whatever the token; the rest only with the own token. Where a sweep has called the claim unknown, or
    unconfirmed, meanwhile, what is certain counts still.
    """
    for delivered_at in (None, business):
        taken = {
            result.key: result.receipt.provider_id
            for result in results
            if isinstance(result.receipt, Accepted) and result.receipt.delivered == (delivered_at is not None)
        }
        if taken:
            connection.execute(
                _ACCEPT[connection.dialect.name],
                {"taken": orjson.dumps(taken).decode(), "settled_at": business, "delivered_at": delivered_at},
            )
    fates: dict[_Fate, dict[str, int | None]] = {}
    for result in results:
        fate = _fate(result, real)
        if fate is not None:
            fates.setdefault(fate, {})[result.key] = result.retry_at if fate.state == "retry_at" else None
    for fate, retries in fates.items():
        connection.execute(
            _SETTLE[connection.dialect.name],
            {"taken": orjson.dumps(retries).decode(), "token": token, "settled_at": business, "state": fate.state,
             "reason": fate.reason, "deadline": fate.deadline, "certain": int(fate.state != "unknown")},
        )  # fmt: skip
    _suppress_refused(connection, results, business)
    broken = {result.receipt.code for result in results if isinstance(result.receipt, AccountBroken)}
    if broken:
        first = next(result.key for result in results if isinstance(result.receipt, AccountBroken))
        name = select(message.c.account).where(message.c.send_key == first).scalar_subquery()
        connection.execute(update(account).where(account.c.name == name).values(broken=min(broken)))


def _suppress_refused(connection: Connection, results: Sequence[Result], at: int) -> None:
    """Let nobody write any more to addresses of which the provider says that they must not be tried again."""
    why = {
        result.key: result.receipt.reason
        for result in results
        if isinstance(result.receipt, Rejected) and result.receipt.suppress
    }
    if why:
        rows = connection.execute(
            select(message.c.send_key, message.c.channel, message.c.address).where(
                among(message.c.send_key, why)
            )
        )
        suppress(
            connection, {(row.channel, row.address): why[row.send_key] for row in rows if row.address}, at
        )


class _Fate(NamedTuple):
    state: str
    reason: str
    deadline: int | None = None


def _fate(result: Result, real: int) -> _Fate | None:
    receipt = result.receipt
    if isinstance(receipt, Accepted):
        return None
    if isinstance(receipt, Rejected):
        return _Fate("rejected", receipt.reason)
    reason = receipt.code if isinstance(receipt, AccountBroken) else receipt.reason
    if isinstance(receipt, OutcomeUnknown) or result.doubtful:
        return _Fate("unknown", reason, real + CONFIRMATION_WINDOW_MS)
    return _Fate("retry_at", reason)
