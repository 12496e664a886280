"""Sending to a batch: render, claim, one request each, results.

Nothing is asked of a provider before the claim is committed, and the claim reads last of all whatever forbids the send.
Results are written with the step's own transaction, for the message alone. Deadlines, slots and pauses are real time, read
when they are needed: the leg may have been due long before.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select

from engine.delivery import ledger
from engine.delivery.accounts import AccountState, UnknownAccount, read_account, take_slots
from engine.delivery.letters import Letter, Sending, letters_of
from engine.delivery.outcomes import SENT, Doubtful, Outcomes
from engine.delivery.pace import NEAR_MS, pause_before, plan_slots
from engine.delivery.provider import (
    Accepted,
    AccountBroken,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    Provider,
    Receipt,
    Rejected,
)
from engine.journey.host import Again, Gone, Outcome, Stuck, Went
from engine.store.batch import Batch, News, via
from engine.store.sets import lock_contacts, lock_journeys, lock_living
from engine.store.tables import journey

__all__ = ["Sending", "send_batch"]

KILL_SWITCH_PAUSE_MS = 60_000
MESSAGE_SENT = "message.sent"
HELD_PAUSE_MS = 1_000
"""Real time until a claim in a journey that has just been held is tried again: the leg then rests until it is resumed."""


_HELD = select(journey.c.state, journey.c.sending).where(journey.c.id == bindparam("journey"))


class _Means(NamedTuple):
    """By what a batch is sent."""

    account: AccountState
    provider: Provider


@dataclass
class _Claimed:
    """What a claim has committed. `doubtful` are the keys that the provider may have accepted before."""

    token: str
    deadline: int
    means: _Means | None
    requests: list[Outgoing] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Look:
    """All that a claim has read before it decides. `missing` says what there is instead of means to send by."""

    batch: Batch
    sending: Sending
    known: ledger.Known
    means: _Means | None
    missing: str
    state: str
    switched_on: bool
    real: int


def send_batch(batch: Batch, sending: Sending) -> list[Outcome]:
    """Send one message to everyone in the batch. Ports: sent, unreachable, refused, rejected, expired, unknown."""
    outcomes = Outcomes()
    letters = letters_of(batch, sending, outcomes)
    if letters:
        with batch.database.write("claim") as connection:
            claimed = _claim(connection, batch, sending, letters, outcomes)
        if claimed.requests:
            with batch.turn.elsewhere():
                receipts = _ask(batch, claimed)
            _settle(batch, claimed, receipts, outcomes)
    return [outcomes[traveller.strand] for traveller in batch.travellers]


def _ask(batch: Batch, claimed: _Claimed) -> Sequence[Receipt]:
    """One request each; none once the claim has run out, since others go by its silence from then on."""
    if batch.now() >= claimed.deadline:
        return [NotSent("the claim had run out before the request left")] * len(claimed.requests)
    assert claimed.means is not None
    return claimed.means.provider.send(claimed.requests)


# ------------------------------------------------------------------------------------------------ the claim


def _claim(
    connection: Connection, batch: Batch, sending: Sending, letters: Sequence[Letter], outcomes: Outcomes
) -> _Claimed:
    """Commit `sending` for everyone who may be written to now. The others get an outcome."""
    look = _look(connection, batch, sending, letters)
    claimed = _Claimed(secrets.token_hex(8), look.real + ledger.ANSWER_DEADLINE_MS, look.means)
    fresh: list[Letter] = []
    again: list[Letter] = []
    refused: dict[str, list[Letter]] = {}
    plain = _is_plain(look)
    for letter in letters:
        if plain and letter.traveller.strand in look.known.fenced:
            fresh.append(letter)
            continue
        row = look.known.rows.get(letter.key)
        outcome = _standing(look, letter, row)
        if outcome is not None:
            outcomes.add(letter.traveller.strand, outcome)
        elif (why := _forbidden(look, letter)) is not None:
            refused.setdefault(why, []).append(letter)
            outcomes.add(letter.traveller.strand, Went("refused"))
        elif row is None:
            fresh.append(letter)
        else:
            again.append(letter)
    for why, forbidden in refused.items():
        _refuse(connection, look, forbidden, why)
    if look.means is not None:
        _take(connection, look, claimed, fresh, again, outcomes)
    return claimed


def _look(connection: Connection, batch: Batch, sending: Sending, letters: Sequence[Letter]) -> _Look:
    """Lock, then look."""
    lock_journeys(connection, [batch.journey_id])
    lock_contacts(connection, [letter.traveller.contact for letter in letters])
    known = ledger.read_known(
        connection,
        sending.channel,
        [letter.key for letter in letters],
        {one.traveller.strand: (one.traveller.fence, one.traveller.contact) for one in letters},
        {letter.traveller.contact for letter in letters},
        sorted({letter.address for letter in letters}),
    )
    means, missing = _means(connection, batch, sending)
    held = connection.execute(_HELD, {"journey": batch.journey_id}).one()
    return _Look(batch, sending, known, means, missing, held.state, held.sending, batch.now())


def _means(connection: Connection, batch: Batch, sending: Sending) -> tuple[_Means | None, str]:
    """By what is sent, or the code of what is missing, with the step to take."""
    try:
        state = read_account(connection, sending.account, lock=True)
    except UnknownAccount as error:
        return None, f"account_missing: {error} Then replay."
    providers: Mapping[str, Provider] = batch.services["providers"]
    provider = providers.get(state.provider)
    if provider is None:
        return None, (
            f'provider_missing: The account "{state.name}" sends by the provider "{state.provider}", which is not '
            "installed beside the workers. Install it and start them again, or choose another account; then replay."
        )
    return _Means(state, provider), ""


def _standing(look: _Look, letter: Letter, row: Row[Any] | None) -> Outcome | None:
    """What stands against a claim, other than the contact's own word; None where nothing does."""
    if letter.traveller.strand not in look.known.fenced:
        return Gone()
    asked_again = row is not None and _may_be_asked_again(look, letter)
    if row is not None and row.state in ledger.FINAL and not (row.state == "unconfirmed" and asked_again):
        return _after(row.state, look.sending, row.reason)
    if look.means is None:
        return Stuck(look.missing)
    if look.state != "running":
        return Again(look.batch.later(HELD_PAUSE_MS), f"the journey is {look.state}", counts=False)
    if not look.switched_on or look.means.account.stopped:
        return Again(look.batch.later(KILL_SWITCH_PAUSE_MS), "sending is switched off", counts=False)
    if look.means.account.broken is not None:
        return Stuck(look.means.account.broken)
    if row is None or (row.state in ledger.WAITING and _forbidden(look, letter) is not None):
        return None
    return _found(look, row, asked_again)


def _is_plain(look: _Look) -> bool:
    """Whether nothing stands against any of the letters, and none was begun before: the common case, without a look at each."""
    known, means = look.known, look.means
    return (
        not (known.rows or known.refused or known.suppressed)
        and look.state == "running"
        and look.switched_on
        and means is not None
        and not means.account.stopped
        and means.account.broken is None
    )


def _may_be_asked_again(look: _Look, letter: Letter) -> bool:
    """Whether the provider recognises what it has accepted; nobody is asked for a letter that may not leave any more."""
    if look.means is None or _forbidden(look, letter) is not None:
        return False
    return look.means.provider.recognises_keys(look.means.account.behaviour)


def _forbidden(look: _Look, letter: Letter) -> str | None:
    """The contact's own word against the letter, or their address's."""
    if letter.traveller.contact in look.known.refused:
        return "no consent"
    return "suppressed" if letter.address in look.known.suppressed else None


def _found(look: _Look, row: Row[Any], asked_again: bool) -> Outcome | None:
    """What follows from a ledger row that is not final; None when it may be claimed, or refused, now."""
    clock = look.batch.clock
    if row.state in ledger.WAITING:
        if row.retry_at is None or row.retry_at < look.real + 1000:
            return None
        return Again(clock.business(row.retry_at), "waiting for its turn", counts=False, exact=True)
    deadline = row.deadline or 0
    if row.state == "sending" and deadline > look.real:
        # Another attempt may be about to ask. Nobody does so beside it, not even where the key would be recognised.
        return Doubtful(clock.business(deadline), "waiting for an earlier attempt", counts=False)
    if asked_again:
        return None
    silent_until = deadline + (ledger.CONFIRMATION_WINDOW_MS if row.state == "sending" else 0)
    if silent_until > look.real:
        return Doubtful(clock.business(silent_until), "waiting for the provider's word", counts=False)
    return _after("unconfirmed", look.sending, row.reason)


def _after(state: str, sending: Sending, reason: str | None) -> Outcome:
    if state == "accepted":
        return SENT
    if state == "rejected":
        return Went("rejected")
    if state == "suppressed":
        return Went("refused")
    if state == "cancelled":
        return Stuck(f"cancelled: {reason}")
    return Went("unknown") if sending.on_unknown == "go_on" else Stuck("unconfirmed")


def _take(
    connection: Connection, look: _Look, claimed: _Claimed, fresh: Sequence[Letter], again: Sequence[Letter],
    outcomes: Outcomes,
) -> None:  # fmt: skip
    """Claim as many as the account's rate lets leave now, those first who have waited. The others rest for a slot."""
    means, rows, batch = look.means, look.known.rows, look.batch
    assert means is not None
    leaving, free = take_slots(connection, means.account, len(again) + len(fresh), look.real)
    first, returned = again[:leaving], again[leaving:]
    room = leaving - len(first)
    new, later = fresh[:room], fresh[room:]
    slots: list[int] = []
    if means.account.rate is not None and (returned or later):
        idle = look.real - means.account.next_free_at > NEAR_MS
        slots = plan_slots(
            batch.queues, means.account.name, means.account.rate, free, len(returned) + len(later), idle=idle
        )
    for letter, slot in zip([*returned, *later], slots, strict=True):
        at = batch.clock.business(slot)
        outcomes.add(letter.traveller.strand, Again(at, "waiting for its turn", counts=False, exact=True))
    planned = zip(later, slots[len(returned) :], strict=True)
    inserts = [_row(look, letter, "sending", claimed=claimed) for letter in new]
    inserts += [_row(look, letter, "planned", slot=slot) for letter, slot in planned]
    ledger.insert_messages(connection, inserts)
    ledger.claim_again(connection, [letter.key for letter in first], claimed.token, claimed.deadline)
    claimed.doubtful = {letter.key for letter in first if rows[letter.key].state not in ledger.WAITING}
    claimed.letters = [*first, *new]
    attempts = [*(rows[letter.key].attempts for letter in first), *([0] * len(new))]
    claimed.requests = _requests(look, means, claimed.letters, attempts)


def _requests(
    look: _Look, means: _Means, letters: Sequence[Letter], attempts: Sequence[int]
) -> list[Outgoing]:
    batch, account = look.batch, means.account
    at = max(batch.due, batch.clock.business(look.real))
    wants_report = "message.delivered" in batch.plan.listens
    return [
        Outgoing(
            letter.key, account.name, account.channel, letter.address, letter.content, attempt, at, wants_report,
            account.behaviour,
        )
        for letter, attempt in zip(letters, attempts, strict=True)
    ]  # fmt: skip


def _row(
    look: _Look, letter: Letter, state: str, *, claimed: _Claimed | None = None, slot: int | None = None,
    reason: str | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    batch, sending, traveller = look.batch, look.sending, letter.traveller
    return (
        letter.key, traveller.strand, traveller.contact, batch.journey_id, batch.plan_id, batch.node_id,
        traveller.visit, sending.channel, letter.address, sending.account, sending.template, sending.promotion, state,
        claimed.token if claimed else None, claimed.deadline if claimed else None, slot, 1 if claimed else 0, reason,
        batch.due,
    )  # fmt: skip


def _refuse(connection: Connection, look: _Look, letters: Sequence[Letter], why: str) -> None:
    """Call off what has not left."""
    new = [letter for letter in letters if letter.key not in look.known.rows]
    ledger.insert_messages(connection, [_row(look, letter, "suppressed", reason=why) for letter in new])
    waiting = [letter.key for letter in letters if letter.key in look.known.rows]
    ledger.call_off(connection, waiting, why, look.batch.due)


# ------------------------------------------------------------------------------------------------ the results


def _settle(batch: Batch, claimed: _Claimed, receipts: Sequence[Receipt], outcomes: Outcomes) -> None:
    """Turn receipts into outcomes, and leave the ledger's results for the step's transaction."""
    real = batch.now()
    results = []
    for letter, request, receipt in zip(claimed.letters, claimed.requests, receipts, strict=True):
        if isinstance(receipt, Accepted):
            outcomes.add(letter.traveller.strand, SENT)
            results.append(ledger.Result(letter.key, receipt, real))
            continue
        wish = receipt.after if isinstance(receipt, NotSent) else 0.0
        pause = pause_before(letter.key, request.attempt, wish)
        outcomes.add(letter.traveller.strand, _outcome(batch, receipt, real + pause))
        results.append(ledger.Result(letter.key, receipt, real + pause, letter.key in claimed.doubtful))

    assert claimed.means is not None
    channel = claimed.means.account.channel

    def write(connection: Connection) -> None:
        ledger.write_results(connection, claimed.token, results, business=batch.due, real=real)
        if MESSAGE_SENT in batch.heard:
            accepted = [
                letter
                for letter, receipt in zip(claimed.letters, receipts, strict=True)
                if isinstance(receipt, Accepted)
            ]
            living = lock_living(connection, {letter.traveller.contact for letter in accepted})
            batch.tell(connection, _sent_news(batch, channel, accepted, living))

    batch.as_result(write)


def _sent_news(
    batch: Batch, channel: str, letters: Sequence[Letter], living: Mapping[int, int]
) -> list[News]:
    """That the letters were sent, to whoever their contacts are by now."""
    said = {"journey": batch.journey_name, "node": batch.node_id, "channel": channel}
    return [
        News(
            living[letter.traveller.contact], MESSAGE_SENT, batch.due, said, f"{MESSAGE_SENT}:{letter.key}", letter.key,
            via(letter.traveller.trigger, batch.journey_id),
        )
        for letter in letters
    ]  # fmt: skip


def _outcome(
    batch: Batch, receipt: Rejected | NotSent | AccountBroken | OutcomeUnknown, retry_at: int
) -> Outcome:
    """What follows where a message was not accepted."""
    if isinstance(receipt, Rejected):
        return Went("rejected")
    if isinstance(receipt, NotSent):
        return Again(batch.clock.business(retry_at), receipt.reason)
    if isinstance(receipt, AccountBroken):
        return Stuck(receipt.code)
    return Doubtful(batch.clock.business(retry_at), receipt.reason)
