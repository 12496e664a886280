"""Sends against a provider that is late, silent, away or strict: what may have left never leaves again, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Row, delete, insert, update

from engine.audience.consent import set_consent
from engine.delivery.ledger import ANSWER_DEADLINE_MS, CONFIRMATION_WINDOW_MS
from engine.delivery.provider import NotSent, Outgoing, Receipt, Rejected
from engine.delivery.sandbox import Sandbox
from engine.delivery.send import Sending, send_batch
from engine.enrolment.control import switch_sending
from engine.enrolment.ledger_sweep import sweep_ledger
from engine.enrolment.legs import run_cohort_leg
from engine.journey.host import Outcome
from engine.journey.time import iso
from engine.store.batch import Batch
from engine.store.tables import clock, contact, message, sandbox_message
from tests.store.mailbox import MAILING, behave, fail_one_step, mailbox
from tests.store.world import MINUTE, SECOND, START, World, send
from tests.unit.journey.build import enter, leave, plan, rest
from wend.play import report


def sent_to(world: World, *names: str) -> Row[Any]:
    """The enrolment of the first one, after the journey has sent what it could now."""
    roots = world.enter(world.publish(MAILING), world.contacts(names))
    world.travel()
    return world.row(roots[0])


def one(world: World) -> Row[Any]:
    """The one message."""
    (row,) = world.rows(message)
    return row


def sweep_over(world: World, span: int) -> None:
    """Let time go by, with the sweeps that find what is overdue."""
    for _ in range(2):
        world.travel(world.now + span // 2)
        sweep_ledger(world.runtime)


# ------------------------------------------------------------------------------------------------ doubt


def test_without_recognition_nobody_is_asked_twice(world: World) -> None:
    """A lost answer is waited for, then unconfirmed; the provider hears of the key once."""
    behave(world, behaviour={"recognises_keys": False, "script": ["drop_answer"]})
    box = mailbox(world)
    stood = sent_to(world, "ada")
    before = one(world)
    sweep_over(world, 2 * CONFIRMATION_WINDOW_MS)

    assert (stood.place, stood.position, before.state) == ("resting", "mail", "unknown")
    assert one(world).state == "unconfirmed"
    assert world.places() == {"parked": 1}
    assert len(box.asked) == len(world.rows(sandbox_message)) == 1


def test_with_recognition_a_lost_answer_is_asked_for_again(world: World) -> None:
    """It arrives once; the log has both requests."""
    behave(world, behaviour={"script": ["drop_answer"]})
    stood = sent_to(world, "ada")
    world.travel(START + MINUTE)

    assert (stood.position, one(world).state, one(world).attempts) == ("mail", "accepted", 2)
    assert [row.address for row in world.rows(sandbox_message)] == ["ada@example.com", ""]
    with world.database.read() as connection:
        assert report.messages(connection) == ({"email": 1}, 0)


class Forgetful(Sandbox):
    """Says that it recognises keys, and does not: so the engine asks again, as one with a fault would."""

    def __init__(self, world: World) -> None:
        super().__init__(world.database)
        self._inner = Sandbox(world.database)

    def recognises_keys(self, behaviour: Mapping[str, Any]) -> bool:
        """So it says."""
        return True

    def send(self, requests: Sequence[Outgoing]) -> list[Receipt]:
        """Send, without recognising anything."""
        return self._inner.send(requests)


def taken_twice(world: World) -> tuple[list[str], tuple[dict[str, int], int]]:
    """What the checker and a play's report say of the sandbox's log, which is emptied: the world is to end in order."""
    found = [line for line in world.violations() if line.startswith("7")]
    with world.database.read() as connection:
        counted = report.messages(connection)
    with world.database.write() as connection:
        connection.execute(delete(sandbox_message))
    return found, counted


def test_the_proof_fails_where_a_key_is_delivered_twice(world: World) -> None:
    """The checker and the report of a run find the second delivery."""
    behave(world, behaviour={"recognises_keys": False, "script": ["drop_answer"]})
    world.runtime.services = {"providers": {"sandbox": Forgetful(world)}}
    sent_to(world, "ada")
    world.travel(START + MINUTE)

    found, counted = taken_twice(world)
    assert len(found) == 1
    assert "delivered it 2 times" in found[0]
    assert counted == ({"email": 2}, 1)


def test_the_proof_fails_where_a_claim_asks_twice(world: World) -> None:
    """Even a provider that recognises the key tells of it."""

    class Stutter(Sandbox):
        def send(self, requests: Sequence[Outgoing]) -> list[Receipt]:
            super().send(requests)
            return super().send(requests)

    world.runtime.services = {"providers": {"sandbox": Stutter(world.database)}}
    sent_to(world, "ada")

    found, counted = taken_twice(world)
    assert len(found) == 1
    assert "the ledger claimed it 1 times" in found[0]
    assert counted == ({"email": 1}, 1)


@pytest.mark.parametrize("recognises", [True, False])
def test_a_refusal_does_not_unsay_what_may_have_been_sent(world: World, recognises: bool) -> None:
    """Consent is withdrawn while the answer is missing: nothing more leaves, and the ledger does not say `suppressed`."""
    behave(world, behaviour={"recognises_keys": recognises, "script": ["drop_answer"]})
    box = mailbox(world)
    stood = sent_to(world, "ada")
    with world.database.write() as connection:
        set_consent(connection, {(stood.contact, "email"): "refused"}, at=world.now, source="form")
    world.travel(START + MINUTE)
    between = one(world).state
    sweep_over(world, 2 * CONFIRMATION_WINDOW_MS)

    assert (between, one(world).state, len(box.asked)) == ("unknown", "unconfirmed", 1)
    assert world.places() == {"parked": 1}


def test_a_refusal_calls_off_what_has_not_left(world: World) -> None:
    """A message that waits to be tried again is suppressed by the contact's word."""
    mailbox(world, lambda _: NotSent("connection refused"))
    stood = sent_to(world, "ada")
    with world.database.write() as connection:
        set_consent(connection, {(stood.contact, "email"): "refused"}, at=world.now, source="form")
    world.travel(START + MINUTE)

    assert (one(world).state, one(world).reason) == ("suppressed", "no consent")
    assert world.row(stood.id).result == "refused"


def test_a_claim_whose_worker_died_is_asked_for_hours_later(world: World) -> None:
    """Between claim and request nobody came back for hours: a provider that recognises keys is asked, nobody is parked."""

    def die(_: Outgoing) -> Receipt:
        raise KeyboardInterrupt

    mailbox(world, die)
    (root,) = world.enter(world.publish(MAILING), [world.contact("ada")])
    world.drain()
    with pytest.raises(KeyboardInterrupt):
        run_cohort_leg(world.runtime, world.row(root).cohort, world.now)
    for span in (2 * ANSWER_DEADLINE_MS, 2 * CONFIRMATION_WINDOW_MS):
        world.now += span
        sweep_ledger(world.runtime)
    before = one(world).state
    mailbox(world)
    world.travel()

    assert (before, one(world).state) == ("unconfirmed", "accepted")
    assert world.row(root).position == "r"


def test_a_failed_repeat_proves_nothing_of_the_first_request(world: World) -> None:
    """After a lost answer a refused connection leaves the message unknown, not free to be called off."""
    behave(world, behaviour={"script": ["drop_answer"]})
    sent_to(world, "ada")
    mailbox(world, lambda _: NotSent("connection refused"))
    world.travel(START + 10 * SECOND)

    assert (one(world).state, one(world).attempts > 1) == ("unknown", True)


# ------------------------------------------------------------------------------------------------ time


def test_a_leg_that_waited_for_its_turn_claims_from_now_on(world: World) -> None:
    """Two minutes after it was due its claims are not overdue: a rejection is written, not lost to the sweep."""
    box = mailbox(world, lambda _: Rejected("no such address"))
    swept = []
    box.late = lambda: swept.append(sweep_ledger(world.runtime).unknown)
    (root,) = world.enter(world.publish(MAILING), [world.contact("ada")])
    world.drain()
    scheduled = world.now
    world.now += 2 * MINUTE
    run_cohort_leg(world.runtime, world.row(root).cohort, scheduled)

    assert swept == [0]
    assert (one(world).state, one(world).reason) == ("rejected", "no such address")
    assert world.row(root).result == "rejected"


def test_a_leg_that_waited_for_its_turn_sends_nothing_that_has_ended(world: World) -> None:
    """It was valid when the leg was due, and is not any more."""

    def until(batch: Batch) -> list[Outcome]:
        return send_batch(batch, Sending("email", "t", "sandbox-email", valid_until=iso(START + MINUTE)))

    world.acts.code["send_email"] = until
    (root,) = world.enter(world.publish(MAILING), [world.contact("ada")])
    world.drain()
    scheduled = world.now
    world.now += 2 * MINUTE
    run_cohort_leg(world.runtime, world.row(root).cohort, scheduled)

    assert world.row(root).result == "expired"
    assert world.rows(message) == []


def test_what_left_before_its_offer_ended_has_not_expired(world: World) -> None:
    """The provider took it, the step was not committed, and the offer ends before the leg is run again."""
    calls: list[list[Outcome]] = []

    def until(batch: Batch) -> list[Outcome]:
        calls.append(
            send_batch(batch, Sending("email", "t", "sandbox-email", valid_until=iso(START + MINUTE)))
        )
        if len(calls) == 1:
            raise RuntimeError("the worker is gone")
        return calls[-1]

    world.acts.code["send_email"] = until
    (root,) = world.enter(world.publish(MAILING), [world.contact("ada")])
    world.drain()
    number = world.row(root).cohort
    assert number is not None
    with pytest.raises(RuntimeError):
        run_cohort_leg(world.runtime, number, world.now)
    world.now += 5 * MINUTE
    run_cohort_leg(world.runtime, number, world.now)

    assert (world.row(root).place, one(world).state) == ("resting", "accepted")
    assert len(calls) == 2


@pytest.mark.parametrize("sweeps", [1, 2])
@pytest.mark.parametrize(
    ("answer", "state"), [(None, "accepted"), (Rejected("no"), "rejected"), (NotSent("busy"), "retry_at")]
)
def test_a_certain_answer_counts_however_late(
    world: World, answer: Receipt | None, state: str, sweeps: int
) -> None:
    """The sweep has called the claim unknown, then unconfirmed, while the request was under way."""
    box = mailbox(world, lambda _: answer)

    def late() -> None:
        for span in (ANSWER_DEADLINE_MS, CONFIRMATION_WINDOW_MS)[:sweeps]:
            world.now += span
            sweep_ledger(world.runtime)

    box.late = late
    sent_to(world, "ada")

    assert one(world).state == state


def test_no_request_leaves_once_its_claim_has_run_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that stood still between claim and request does not ask; it tries again with a new claim."""
    box = mailbox(world)
    elsewhere = world.runtime.turn.elsewhere

    def still(*_: Any) -> Any:
        world.now += 2 * ANSWER_DEADLINE_MS
        monkeypatch.undo()
        return elsewhere()

    monkeypatch.setattr(world.runtime.turn, "elsewhere", still)
    (root,) = world.enter(world.publish(MAILING), [world.contact("ada")])
    world.drain()
    run_cohort_leg(world.runtime, world.row(root).cohort, world.now)
    before = one(world).state, len(box.asked)
    world.travel(world.now + MINUTE)

    assert before == ("retry_at", 0)
    assert (one(world).state, len(box.asked)) == ("accepted", 1)


def test_the_kill_switch_rests_in_real_time(world: World) -> None:
    """With a clock that goes a thousand times as fast, a leg still comes back after a minute on the wall."""
    with world.database.write() as connection:
        connection.execute(insert(clock).values(id=1, origin_real=START, origin_business=START, speed=1000.0))
    world.runtime.hear_clock()
    published = world.publish(MAILING)
    (root,) = world.enter(published, [world.contact("ada")])
    world.drain()
    switch_sending(world.database, published.journey, on=False, now=world.now, who="ops")
    run_cohort_leg(world.runtime, world.row(root).cohort, world.now)

    assert world.row(root).wake_at >= START + 1000 * MINUTE
    with world.database.write() as connection:
        connection.execute(delete(clock))


# ------------------------------------------------------------------------------------------------ what fails


def test_answers_are_kept_when_the_steps_cannot_be_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction that was to write both fails: the ledger has the answers, and nobody is asked again."""
    box = mailbox(world)
    fail_one_step(monkeypatch, box.asked)
    roots = world.enter(world.publish(MAILING), world.contacts(["ada", "bob"]))
    world.drain()
    with pytest.raises(ValueError, match="disk"):
        run_cohort_leg(world.runtime, world.row(roots[0]).cohort, world.now)
    between = [(row.state, row.attempts) for row in world.rows(message)]
    world.travel()

    assert between == [("accepted", 1), ("accepted", 1)]
    assert [world.path(root) for root in roots] == [["start.entered", "mail.sent"]] * 2
    assert len(box.asked) == 2


def test_an_account_that_is_missing_parks_with_the_step_to_take(world: World) -> None:
    """So does an account whose provider is not installed; nobody else in the batch is held up by an error."""

    def nowhere(batch: Batch) -> list[Outcome]:
        return send_batch(batch, Sending("email", "t", "lost-and-found"))

    usual, world.acts.code["send_email"] = world.acts.code["send_email"], nowhere
    first = sent_to(world, "ada")
    world.acts.code["send_email"] = usual
    world.runtime.services = {"providers": {}}
    published = world.publish(MAILING, "Other")
    (root,) = world.enter(published, [world.contact("bob")])
    world.travel()

    assert first.place == "parked"
    assert first.reason.startswith("account_missing: There is no account 'lost-and-found'. Add it,")
    assert world.row(root).reason.startswith('provider_missing: The account "sandbox-email"')
    assert world.rows(message) == []


# ------------------------------------------------------------------------------------------------ devices


def test_each_device_is_a_message_and_one_that_accepts_is_enough(world: World) -> None:
    """Three devices, one of them gone: three keys, two accepted, and the traveller has been written to."""
    box = mailbox(world, lambda request: Rejected("unregistered") if request.address == "t2" else None)
    (who,) = world.contacts(["ada"])
    with world.database.write() as connection:
        connection.execute(
            update(contact)
            .where(contact.c.id == who)
            .values(attributes={"push_token": "t1", "push_tokens": ["t2", "t1", "t3", "", 7]})
        )
    pushing = plan(
        start=enter("push"), push=send("push", sent="r", rejected="no"), r=rest("1 day", None), no=leave("no")
    )
    (root,) = world.enter(world.publish(pushing), [who])
    world.travel()

    rows = sorted((row.address, row.state) for row in world.rows(message))
    assert rows == [("t1", "accepted"), ("t2", "rejected"), ("t3", "accepted")]
    assert len({key for _, key in box.asked}) == 3
    assert world.row(root).position == "r"


def test_a_device_that_is_tried_again_holds_its_traveller(world: World) -> None:
    """The others are not asked again, and the traveller goes on once all have their answer."""
    away = [True]

    def answer(request: Outgoing) -> Receipt | None:
        return NotSent("busy") if request.address == "t2" and away[0] else None

    box = mailbox(world, answer)
    (who,) = world.contacts(["ada"])
    with world.database.write() as connection:
        connection.execute(
            update(contact).where(contact.c.id == who).values(attributes={"push_tokens": ["t1", "t2"]})
        )
    pushing = plan(start=enter("push"), push=send("push", sent="r"), r=rest("1 day", None))
    (root,) = world.enter(world.publish(pushing), [who])
    world.travel()
    before = world.row(root).position
    away[0] = False
    world.travel(START + MINUTE)

    assert (before, world.row(root).position) == ("push", "r")
    assert [row.attempts for row in sorted(world.rows(message), key=lambda row: row.address)] == [1, 2]
    assert len(box.asked) == 3
