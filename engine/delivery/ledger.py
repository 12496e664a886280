"""The ledger of messages: claims before a request leaves, results after it, and what webhooks add.

Every function works within the caller's transaction. See protocol: claim, result, found sending, settle, ledger sweep.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select, text, update

from engine.delivery.provider import Accepted, AccountBroken, NotSent, OutcomeUnknown, Receipt, Rejected
from engine.store.bulk import insert_rows
from engine.store.fetch import fetch
from engine.store.sets import among
from engine.store.tables import account, consent, enrolment, message, suppression

FINAL = frozenset({"accepted", "rejected", "suppressed", "cancelled", "unconfirmed"})
ANSWER_DEADLINE_MS = 60_000
"""Real time after which a claim without a result counts as unknown. Longer than any provider's own time-out."""
CONFIRMATION_WINDOW_MS = 3_600_000
"""Real time in which an unknown message may still be confirmed; after it, it stays unconfirmed."""

COLUMNS = (
    "send_key", "strand", "contact", "journey", "plan", "node", "visit", "channel", "address", "account", "template",
    "promotion", "state", "claim", "deadline", "retry_at", "attempts", "reason", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What a claim reads before it decides, all of it after the contacts were locked."""

    rows: dict[str, Row[Any]]
    fenced: frozenset[int]
    refused: frozenset[int]
    suppressed: frozenset[str]


def read_known(
    connection: Connection, channel: str, keys: Sequence[str], fences: dict[int, int], people: Iterable[int],
    addresses: Sequence[str],
) -> Known:  # fmt: skip
    """The ledger's rows of these keys, the strands ({id: fence}) that still hold their place, who refused the channel,
    and which addresses are suppressed."""
    rows = connection.execute(select(message).where(among(message.c.send_key, keys))).all() if keys else []
    standing = fetch(
        connection,
        select(enrolment.c.id, enrolment.c.step).where(
            among(enrolment.c.id, fences),
            or_(enrolment.c.place == "moving", enrolment.c.place == "resting"),
            enrolment.c.cohort.is_not(None),
        ),
    )
    refused = connection.scalars(
        select(consent.c.contact).where(
            among(consent.c.contact, people), consent.c.channel == channel, consent.c.state == "refused"
        )
    )
    suppressed: Iterable[str] = ()
    if addresses:
        suppressed = connection.scalars(
            select(suppression.c.address).where(
                suppression.c.channel == channel, among(suppression.c.address, addresses)
            )
        )
    return Known(
        rows={row.send_key: row for row in rows},
        fenced=frozenset(row[0] for row in standing if fences[row[0]] == row[1]),
        refused=frozenset(refused),
        suppressed=frozenset(suppressed),
    )


def insert_messages(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert ledger rows, as tuples in the order of COLUMNS."""
    insert_rows(connection, message, COLUMNS, rows)


def claim_again(connection: Connection, keys: Sequence[str], token: str, deadline: int) -> None:
    """Claim rows that stand planned or at a retry time (or, with a provider that recognises keys, unknown)."""
    if keys:
        connection.execute(
            update(message)
            .where(among(message.c.send_key, keys))
            .values(state="sending", claim=token, deadline=deadline, attempts=message.c.attempts + 1)
        )


def set_state(connection: Connection, keys: Sequence[str], state: str, reason: str | None, at: int) -> None:
    """Give rows that are not final a state and its reason."""
    if keys:
        connection.execute(
            update(message)
            .where(among(message.c.send_key, keys), message.c.state.not_in(sorted(FINAL)))
            .values(state=state, reason=reason, settled_at=at, claim=None)
        )


_PAIRS = {"sqlite": "json_each(:taken)", "postgresql": "json_each_text(CAST(:taken AS json))"}
_ACCEPT = {
    dialect: text(
        "UPDATE message SET state = 'accepted', provider_id = taken.value, settled_at = :settled_at,"
        f" delivered_at = :delivered_at, deadline = NULL, reason = NULL FROM {pairs} AS taken"
        " WHERE message.send_key = taken.key AND message.state IN ('sending', 'unknown')"
    )
    for dialect, pairs in _PAIRS.items()
}
"""In one statement: a thousand small ones were a tenth of a leg's time."""


def write_results(
    connection: Connection, token: str, results: Sequence[tuple[str, Receipt]], *, business: int, real: int
) -> None:
    """Write what became of claimed messages: the message alone, whatever became of the enrolment's fence.

    Accepted counts from sending or unknown, whatever the token; the rest only from sending with the own token.
    """
    for delivered_at in (None, business):
        taken = {
            key: receipt.provider_id
            for key, receipt in results
            if isinstance(receipt, Accepted) and receipt.delivered == (delivered_at is not None)
        }
        if taken:
            connection.execute(
                _ACCEPT[connection.dialect.name],
                {"taken": json.dumps(taken), "settled_at": business, "delivered_at": delivered_at},
            )
    groups: dict[tuple[str, str, int | None, int | None], list[str]] = {}
    for key, receipt in results:
        fate = _fate(receipt, real)
        if fate is not None:
            groups.setdefault(fate, []).append(key)
    for (state, reason, deadline, retry_at), keys in groups.items():
        connection.execute(
            update(message)
            .where(among(message.c.send_key, keys), message.c.state == "sending", message.c.claim == token)
            .values(state=state, reason=reason, deadline=deadline, retry_at=retry_at, settled_at=business)
        )
    broken = {receipt.code for _, receipt in results if isinstance(receipt, AccountBroken)}
    if broken:
        first = next(key for key, receipt in results if isinstance(receipt, AccountBroken))
        name = select(message.c.account).where(message.c.send_key == first).scalar_subquery()
        connection.execute(update(account).where(account.c.name == name).values(broken=min(broken)))


def _fate(receipt: Receipt, real: int) -> tuple[str, str, int | None, int | None] | None:
    if isinstance(receipt, Rejected):
        return "rejected", receipt.reason, None, None
    if isinstance(receipt, NotSent):
        return "retry_at", receipt.reason, None, real + int(receipt.after * 1000)
    if isinstance(receipt, OutcomeUnknown):
        return "unknown", receipt.reason, real + CONFIRMATION_WINDOW_MS, None
    if isinstance(receipt, AccountBroken):
        return "retry_at", receipt.code, None, real
    return None
