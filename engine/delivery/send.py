"""Sending to a batch: render, claim, one request each, results.

Nothing is asked of a provider before the claim is committed, and the claim reads last of all whatever forbids the send.
Results are written with the step's own transaction, for the message alone.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, select

from engine.content.messages import Rendered, contexts_for, render_message
from engine.content.promotions import end_of, moment_after
from engine.delivery import ledger
from engine.delivery.accounts import AccountState, read_account, take_slots
from engine.delivery.provider import (
    Accepted,
    AccountBroken,
    NotSent,
    Outgoing,
    Provider,
    Receipt,
    Rejected,
)
from engine.flow.plan import Act, Plan
from engine.journey.host import Again, Gone, Outcome, Stuck, Went
from engine.journey.traveller import Traveller
from engine.store.batch import Batch, News, Person, via
from engine.store.sets import lock_contacts, lock_journeys
from engine.store.tables import journey

Policy = Literal["go_on", "park"]

KILL_SWITCH_PAUSE_MS = 60_000
MESSAGE_SENT = "message.sent"
_SENT = Went("sent")


@dataclass(frozen=True, slots=True)
class Sending:
    """What a send node's config says. `valid_until` is an ISO instant; `on_unknown` what follows an unknown outcome."""

    channel: Literal["email", "sms", "push"]
    template: str
    account: str
    promotion: str | None = None
    on_unknown: Policy = "park"
    valid_until: str | None = None


class _Letter(NamedTuple):
    """A message ready to go: one traveller, one recipient."""

    traveller: Traveller
    key: str
    address: str
    content: Rendered


@dataclass
class _Claimed:
    token: str
    account: AccountState
    requests: list[Outgoing] = field(default_factory=list)
    letters: list[_Letter] = field(default_factory=list)


def send_batch(batch: Batch, sending: Sending) -> list[Outcome]:
    """Send one message to everyone in the batch. Ports: sent, unreachable, refused, rejected, expired, unknown."""
    outcomes: dict[int, Outcome] = {}
    letters = _letters(batch, sending, outcomes)
    if letters:
        with batch.database.write("claim") as connection:
            claimed = _claim(connection, batch, sending, letters, outcomes)
        if claimed.requests:
            with batch.turn.elsewhere():
                receipts = _provider(batch, claimed.account).send(claimed.requests)
            _settle(batch, claimed, receipts, outcomes)
    return [outcomes[traveller.strand] for traveller in batch.travellers]


def _provider(batch: Batch, state: AccountState) -> Provider:
    providers: Mapping[str, Provider] = batch.services["providers"]
    return providers[state.provider]


# ------------------------------------------------------------------------------------------------ before the claim


def _letters(batch: Batch, sending: Sending, outcomes: dict[int, Outcome]) -> list[_Letter]:
    """Render for everyone who can be reached in time; the others get their port at once."""
    reachable: list[tuple[Traveller, str]] = []
    expired = _expired(batch, sending)
    for traveller in batch.travellers:
        person = batch.people.get(traveller.contact)
        address = None if person is None else address_of(person, sending.channel)
        if expired:
            outcomes[traveller.strand] = Went("expired")
        elif not address:
            outcomes[traveller.strand] = Went("unreachable")
        else:
            reachable.append((traveller, address))
    if not reachable:
        return []
    contexts = contexts_for(
        batch, [traveller for traveller, _ in reachable], sending.template, sending.promotion
    )
    rendered = render_message(batch.plan.templates[sending.template], contexts)
    letters = []
    for (traveller, address), content in zip(reachable, rendered, strict=True):
        if isinstance(content, str):
            outcomes[traveller.strand] = Stuck(content)
        else:
            letters.append(
                _Letter(traveller, send_key(batch, traveller, sending.channel, address), address, content)
            )
    return letters


def _expired(batch: Batch, sending: Sending) -> bool:
    return too_late(batch.plan, sending.promotion, sending.valid_until, batch.due)


def too_late(plan: Plan, promotion: str | None, valid_until: str | None, at: int) -> bool:
    """Whether a message is sent no more at an instant: its promotion, or its own validity, has ended."""
    timezone = plan.settings.timezone
    ends = [moment_after(valid_until, timezone)]
    if promotion is not None:
        ends.append(end_of(plan.promotions[promotion], timezone))
    return any(end is not None and at >= end for end in ends)


def address_of(person: Person, channel: str) -> str | None:
    """Where a person is reached on a channel; None where there is no address."""
    if channel == "email":
        return person.email
    if channel == "sms":
        return person.phone
    token = person.attributes.get("push_token")
    return token if isinstance(token, str) else None


def send_key(batch: Batch, traveller: Traveller, channel: str, address: str) -> str:
    """strand/node/visit/channel/recipient; the recipient as a hash, since the key travels to providers."""
    recipient = hashlib.blake2b(address.encode(), digest_size=6).hexdigest()
    return f"{batch.key(traveller)}/{channel}/{recipient}"


# ------------------------------------------------------------------------------------------------ the claim


def _claim(
    connection: Connection,
    batch: Batch,
    sending: Sending,
    letters: Sequence[_Letter],
    outcomes: dict[int, Outcome],
) -> _Claimed:
    """Commit `sending` for everyone who may be written to now. The others get an outcome."""
    real = batch.clock.real(batch.due)
    lock_journeys(connection, [batch.journey_id])
    lock_contacts(connection, [letter.traveller.contact for letter in letters])
    known = ledger.read_known(
        connection,
        sending.channel,
        [letter.key for letter in letters],
        {letter.traveller.strand: letter.traveller.fence for letter in letters},
        {letter.traveller.contact for letter in letters},
        sorted({letter.address for letter in letters}),
    )
    state = read_account(connection, sending.account, lock=True)
    provider = _provider(batch, state)
    allowed = connection.scalar(select(journey.c.sending).where(journey.c.id == batch.journey_id))
    claimed = _Claimed(secrets.token_hex(8), state)
    fresh: list[_Letter] = []
    again: list[_Letter] = []
    for letter in letters:
        strand, row = letter.traveller.strand, known.rows.get(letter.key)
        if strand not in known.fenced:
            outcomes[strand] = Gone()
        elif row is not None and row.state in ledger.FINAL:
            outcomes[strand] = _after(row.state, sending, row.reason)
        elif not allowed or state.stopped:
            outcomes[strand] = Again(
                batch.due + KILL_SWITCH_PAUSE_MS, "sending is switched off", counts=False
            )
        elif state.broken is not None:
            outcomes[strand] = Stuck(state.broken)
        elif letter.traveller.contact in known.refused or letter.address in known.suppressed:
            reason = "no consent" if letter.traveller.contact in known.refused else "suppressed"
            _refuse(connection, batch, sending, letter, row is not None, reason)
            outcomes[strand] = Went("refused")
        elif row is None:
            fresh.append(letter)
        else:
            outcome = _found(batch, sending, row, real, recognises=provider.recognises_keys)
            if outcome is None:
                again.append(letter)
            else:
                outcomes[strand] = outcome
    _take(connection, batch, sending, claimed, fresh, again, outcomes, known.rows)
    return claimed


def _found(batch: Batch, sending: Sending, row: Any, real: int, *, recognises: bool) -> Outcome | None:
    """What follows from a ledger row that is not final; None when it may be claimed now."""
    if row.state in ("planned", "retry_at"):
        ready = row.retry_at is None or row.retry_at <= real
        return (
            None if ready else Again(batch.clock.business(row.retry_at), "waiting for its turn", counts=False)
        )
    if recognises:
        return None
    if row.deadline is not None and row.deadline > real:
        return Again(batch.clock.business(row.deadline), "waiting for the provider's word", counts=False)
    if row.state == "sending":
        later = batch.clock.business(real + ledger.CONFIRMATION_WINDOW_MS)
        return Again(later, "waiting for the provider's word", counts=False)
    return _after("unconfirmed", sending, row.reason)


def _after(state: str, sending: Sending, reason: str | None) -> Outcome:
    if state == "accepted":
        return Went("sent")
    if state == "rejected":
        return Went("rejected")
    if state == "suppressed":
        return Went("refused")
    if state == "cancelled":
        return Stuck(f"cancelled: {reason}")
    return Went("unknown") if sending.on_unknown == "go_on" else Stuck("unconfirmed")


def _take(
    connection: Connection, batch: Batch, sending: Sending, claimed: _Claimed, fresh: Sequence[_Letter],
    again: Sequence[_Letter], outcomes: dict[int, Outcome], rows: Mapping[str, Any],
) -> None:  # fmt: skip
    """Take slots of the account's rate. Who has one now is claimed; who has a later one is planned for it."""
    real = batch.clock.real(batch.due)
    deadline = real + ledger.ANSWER_DEADLINE_MS
    slots = take_slots(connection, claimed.account, len(fresh), real)
    inserts = []
    for letter, slot in zip(fresh, slots, strict=True):
        now = slot < real + 1000
        inserts.append(
            _row(batch, sending, letter, claimed.token if now else None, deadline, None if now else slot)
        )
        if now:
            _request(batch, claimed, letter, 0)
        else:
            outcomes[letter.traveller.strand] = Again(
                batch.clock.business(slot), "waiting for its turn", counts=False
            )
    ledger.insert_messages(connection, inserts)
    ledger.claim_again(connection, [letter.key for letter in again], claimed.token, deadline)
    for letter in again:
        _request(batch, claimed, letter, rows[letter.key].attempts)


def _request(batch: Batch, claimed: _Claimed, letter: _Letter, attempt: int) -> None:
    claimed.letters.append(letter)
    claimed.requests.append(
        Outgoing(
            send_key=letter.key,
            account=claimed.account.name,
            channel=claimed.account.channel,
            address=letter.address,
            content=letter.content,
            attempt=attempt,
            at=batch.due,
            wants_report="message.delivered" in batch.plan.listens,
            behaviour=claimed.account.behaviour,
        )
    )


def _row(
    batch: Batch, sending: Sending, letter: _Letter, token: str | None, deadline: int, slot: int | None,
    state: str | None = None, reason: str | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    traveller = letter.traveller
    return (
        letter.key, traveller.strand, traveller.contact, batch.journey_id, batch.plan_id, batch.node_id,
        traveller.visit, sending.channel, letter.address, sending.account, sending.template, sending.promotion,
        state or ("planned" if token is None else "sending"), token, deadline if token is not None else None, slot,
        0 if token is None else 1, reason, batch.due,
    )  # fmt: skip


def _refuse(
    connection: Connection, batch: Batch, sending: Sending, letter: _Letter, exists: bool, reason: str
) -> None:
    if exists:
        ledger.set_state(connection, [letter.key], "suppressed", reason, batch.due)
    else:
        row = _row(batch, sending, letter, None, 0, None, "suppressed", reason)
        ledger.insert_messages(connection, [row])


# ------------------------------------------------------------------------------------------------ the results


def _settle(
    batch: Batch, claimed: _Claimed, receipts: Sequence[Receipt], outcomes: dict[int, Outcome]
) -> None:
    """Turn receipts into outcomes, and leave the ledger's results for the step's transaction."""
    real = batch.clock.real(batch.due)
    results = [(letter.key, receipt) for letter, receipt in zip(claimed.letters, receipts, strict=True)]
    for letter, receipt in zip(claimed.letters, receipts, strict=True):
        outcomes[letter.traveller.strand] = _outcome(batch, receipt, real)

    def write(connection: Connection) -> None:
        ledger.write_results(connection, claimed.token, results, business=batch.due, real=real)
        if MESSAGE_SENT in batch.heard:
            accepted = [
                letter
                for letter, receipt in zip(claimed.letters, receipts, strict=True)
                if isinstance(receipt, Accepted)
            ]
            batch.tell(connection, _sent_news(batch, claimed.account.channel, accepted))

    batch.in_commit(write)


def _sent_news(batch: Batch, channel: str, letters: Sequence[_Letter]) -> list[News]:
    said = {"journey": batch.journey_name, "node": batch.node_id, "channel": channel}
    return [
        News(
            letter.traveller.contact, MESSAGE_SENT, batch.due, said, f"{MESSAGE_SENT}:{letter.key}", letter.key,
            via(letter.traveller.trigger, batch.journey_id),
        )
        for letter in letters
    ]  # fmt: skip


def _outcome(batch: Batch, receipt: Receipt, real: int) -> Outcome:
    assert isinstance(batch.node.operation, Act)
    if isinstance(receipt, Accepted):
        return _SENT
    if isinstance(receipt, Rejected):
        return Went("rejected")
    if isinstance(receipt, NotSent):
        return Again(batch.clock.business(real + int(receipt.after * 1000)), receipt.reason)
    if isinstance(receipt, AccountBroken):
        return Stuck(receipt.code)
    return Again(batch.clock.business(real + 1000), receipt.reason)
