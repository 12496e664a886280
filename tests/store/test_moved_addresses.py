"""A contact's address changes while a message to the old one may be on its way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row

from engine.audience.contacts import upsert_contacts
from engine.audience.profile import Profile
from engine.delivery.ledger import CONFIRMATION_WINDOW_MS
from engine.delivery.provider import Outgoing
from engine.enrolment.ledger_sweep import sweep_ledger
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.replay import replay_one
from engine.enrolment.replay_how import How
from engine.store.tables import message, sandbox_message
from tests.store.mailbox import MAILING, behave, fail_one_step, mailbox
from tests.store.world import MINUTE, SECOND, START, World

NEW = "ada@new.example"


def move(world: World) -> None:
    """Ada has another address from now on."""
    with world.database.write() as connection:
        upsert_contacts(connection, [Profile.of(external_id="ada", email=NEW)], world.now)


def to_whom(world: World) -> list[str]:
    """The addresses of the requests, as they leave."""
    asked: list[str] = []

    def note(request: Outgoing) -> None:
        asked.append(request.address)

    mailbox(world, note)
    return asked


def mailed(world: World) -> Row[Any]:
    """Ada's enrolment, after its first try."""
    (root,) = world.enter(world.publish(MAILING), world.contacts(["ada"]))
    world.travel()
    return world.row(root)


def test_what_may_have_arrived_is_not_sent_to_the_new_address(world: World) -> None:
    """The answer was lost, and the address changes: the visit's message is the one to the old address, whatever is tried."""
    behave(world, behaviour={"recognises_keys": False, "script": ["drop_answer"]})
    asked = to_whom(world)
    ada = mailed(world)
    world.now += SECOND
    move(world)
    world.travel(START + MINUTE)
    for _ in range(3):
        world.travel(world.now + CONFIRMATION_WINDOW_MS)
        sweep_ledger(world.runtime)
    assert world.places() == {"parked": 1}

    replay_one(world.database, ada.id, now=world.now, who="anna")
    world.travel(world.now + MINUTE)

    assert world.places() == {"parked": 1}
    assert asked == ["ada@example.com"]
    assert [row.state for row in world.rows(message)] == ["unconfirmed"]

    replay_one(world.database, ada.id, now=world.now, who="anna", how=How(action="send again"))
    world.travel(world.now + MINUTE)

    assert asked == ["ada@example.com", NEW]
    assert world.places() == {"resting": 1}


@pytest.mark.parametrize("recognises", [True, False])
def test_what_did_not_leave_goes_to_the_new_address(world: World, recognises: bool) -> None:
    """No connection was made: nothing went to the old address, so that the new one gets the message, and gets it once."""
    behave(world, behaviour={"recognises_keys": recognises, "script": ["refuse"]})
    mailed(world)
    world.now += SECOND
    move(world)
    world.travel(START + MINUTE)
    sweep_ledger(world.runtime)

    assert [row.address for row in world.rows(sandbox_message)] == [NEW]
    states = {row.address: row.state for row in world.rows(message)}
    assert states == {"ada@example.com": "cancelled", NEW: "accepted"}
    assert world.places() == {"resting": 1}


def test_a_step_that_is_written_later_sends_no_second_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message was accepted, the step could not be written, and the address changes before it is tried again."""
    asked = to_whom(world)
    fail_one_step(monkeypatch, asked)
    (root,) = world.enter(world.publish(MAILING), world.contacts(["ada"]))
    world.drain()
    with pytest.raises(ValueError, match="disk"):
        run_cohort_leg(world.runtime, world.row(root).cohort, world.now)
    world.now += SECOND
    move(world)
    world.travel(START + MINUTE)

    assert asked == ["ada@example.com"]
    assert world.path(root) == ["start.entered", "mail.sent"]
