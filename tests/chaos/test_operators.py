"""What operators do, broken off half-way and begun again: everybody goes on once, and no node before theirs runs again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from api.house import runtime_of
from engine.delivery.accounts import SANDBOX
from engine.enrolment.control import pause_journey
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.runtime import real_now
from engine.store.tables import account, enrolment, message, sandbox_message
from tests.chaos.arena import Arena
from tests.chaos.journeys import storm_scenery
from tests.chaos.stack import Place, wait_for
from tests.chaos.verdict import verdict

DAY_SECONDS = 0.5
SLOW_DAY_SECONDS = 100.0
SECONDS = 120.0
PEOPLE = 30


@pytest.mark.together
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_replay_that_is_broken_off_is_begun_again(side: str, arena: Arena) -> None:
    """A parked strand tries its node again once, however often its replay is begun; its coupon is the one it had."""
    with arena.place(arena.scenery("storm", storm_scenery), DAY_SECONDS, f"{side} replay page") as place:
        place.expected = PEOPLE
        _break_account(place, "sms", "provider_auth")
        place.add_worker("worker", "all")
        place.start_all()
        place.campaign("first")
        wait_for("everyone's text message", lambda: _parked(place) == PEOPLE, SECONDS, place.path)
        _break_account(place, "sms", None)

        place.work_twice("replay", f"{side} replay page:1")
        place.live_on(SECONDS)

        assert verdict(place) == []
        assert _sent(place) == {"email": 2 * PEOPLE, "sms": PEOPLE}


@pytest.mark.together
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_resume_that_is_broken_off_is_begun_again(side: str, arena: Arena) -> None:
    """Whom a pause holds goes on once, however often the resume is begun."""
    with arena.place(arena.scenery("storm", storm_scenery), SLOW_DAY_SECONDS, f"{side} change page") as place:
        place.expected = PEOPLE
        place.add_worker("worker", "all")
        place.start_all()
        place.campaign("first")
        wait_for("everyone's email", lambda: _waiting(place) == PEOPLE, SECONDS, place.path)
        pause_journey(place.database, place.scenery.journey, now=place.now(), who="chaos")
        _open_all(place)
        held = [enrolment.c.place == "resting", enrolment.c.reason == "paused"]
        wait_for("everyone held", lambda: place.count(*held) == PEOPLE, SECONDS, place.path)

        place.work_twice("resume", f"{side} change page:1")
        place.live_on(SECONDS)

        assert verdict(place) == []
        assert _sent(place) == {"email": PEOPLE, "push": PEOPLE}


def _waiting(place: Place) -> int:
    return place.count(enrolment.c.place == "resting", enrolment.c.position == "opened")


def _open_all(place: Place) -> None:
    with place.database.read() as connection:
        keys = connection.scalars(select(message.c.send_key)).all()
    opened = [Incoming(message_id=f"{key}/opened", name="message.opened", send_key=key) for key in keys]
    ingest(runtime_of(place.database), opened, real_now())


def _break_account(place: Place, channel: str, broken: str | None) -> None:
    with place.database.write() as connection:
        connection.execute(update(account).where(account.c.name == SANDBOX[channel]).values(broken=broken))


def _parked(place: Place) -> int:
    return place.count(enrolment.c.place == "parked")


def _sent(place: Place) -> dict[str, int]:
    with place.database.read() as connection:
        rows = connection.execute(
            select(sandbox_message.c.channel, func.count()).group_by(sandbox_message.c.channel)
        )
        return {row[0]: row[1] for row in rows}
