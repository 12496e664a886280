"""What is settled by the way, broken off half-way and begun again: the ledger's loose ends, kept reports, firings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, delete, func, insert, select, update

from api.house import runtime_of
from engine.delivery.accounts import SANDBOX
from engine.enrolment.campaign import How, create_campaign
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.runtime import real_now
from engine.store.tables import account, campaign, enrolment, event, message
from tests.chaos.arena import Arena
from tests.chaos.journeys import storm_scenery
from tests.chaos.stack import Place, wait_for
from tests.chaos.verdict import verdict

SECONDS = 120.0
PEOPLE = 30
SLOW = 100.0
"""Seconds of a day in which nobody's wait ends."""


@pytest.mark.together
@pytest.mark.parametrize("side", ["before", "after"])
def test_messages_of_those_who_went_on_are_cancelled(side: str, arena: Arena) -> None:
    """A message planned for later is cancelled once its contact has reached the goal, whoever dies over it."""
    with arena.place(arena.scenery("storm", storm_scenery), SLOW, f"{side} ledger sweep") as place:
        with place.database.write() as connection:
            connection.execute(update(account).where(account.c.name == SANDBOX["email"]).values(rate=0.5))
        _run_until(place, "everyone's message planned", lambda: _messages(place) == PEOPLE)
        _tell_all(place, "Order Completed")

        place.work_twice("sweep", f"{side} ledger sweep:1")

        assert _messages(place, message.c.state == "planned") == 0
        assert _messages(place, message.c.state == "cancelled") > 0
        assert verdict(place) == []


@pytest.mark.together
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_report_that_was_kept_finds_its_message_once(side: str, arena: Arena) -> None:
    """An opening that came before its message was known ends the wait when it is, whoever dies over it."""
    with arena.place(arena.scenery("storm", storm_scenery), SLOW, f"{side} adopt") as place:
        waiting = (enrolment.c.place == "resting", enrolment.c.position == "opened")
        _run_until(place, "everyone waiting", lambda: place.count(*waiting) == PEOPLE)
        _report_one_early(place)

        place.work_twice("sweep", f"{side} adopt:1")

        assert place.count(*waiting) == PEOPLE - 1
        assert place.count(enrolment.c.place == "admitted", enrolment.c.position == "tag") == 1
        assert _messages(place, message.c.opened_at.is_not(None)) == 1


@pytest.mark.together
@pytest.mark.parametrize("side", ["before", "after"])
def test_one_firing_of_a_schedule_opens_one_run(side: str, arena: Arena) -> None:
    """A firing that is begun again opens no second run of its campaign."""
    with arena.place(arena.scenery("storm", storm_scenery), SLOW, f"{side} campaign run") as place:
        with place.database.write() as connection:
            number = create_campaign(
                connection, place.scenery.journey, "first", now=place.now(), how=How(schedule="0 9 * * 1")
            )

        place.work_twice("fire", f"{side} campaign run:1")

        with place.database.read() as connection:
            assert connection.scalar(select(func.count()).where(campaign.c.parent == number)) == 1


def _run_until(place: Place, what: str, ready: Callable[[], bool]) -> None:
    """Let a worker run until it is so, and end it."""
    place.expected = PEOPLE
    place.add_worker("worker", "all")
    place.start_all()
    place.campaign("first")
    wait_for(what, ready, SECONDS, place.path)
    place.strike("worker")
    del place.processes["worker"]


def _tell_all(place: Place, name: str) -> None:
    with place.database.read() as connection:
        inside = connection.scalars(select(enrolment.c.contact)).all()
    happened = [Incoming(message_id=f"{who}/{name}", name=name, contact=who) for who in inside]
    ingest(runtime_of(place.database), happened, real_now())


def _report_one_early(place: Place) -> None:
    """As if a message had been opened before the ledger knew of it."""
    with place.database.write() as connection:
        row = connection.execute(select(message).limit(1)).one()
        connection.execute(delete(message).where(message.c.send_key == row.send_key))
    opened = Incoming(message_id="early", name="message.opened", send_key=row.send_key)
    ingest(runtime_of(place.database), [opened], real_now())
    with place.database.write() as connection:
        connection.execute(insert(message).values(**row._mapping))
        assert connection.scalar(select(event.c.contact).where(event.c.message_id == "early")) is None


def _messages(place: Place, *tests: ColumnElement[bool]) -> int:
    with place.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(message).where(*tests)) or 0
