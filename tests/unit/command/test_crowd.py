"""The crowd of `wend play`: how often its people act."""

from __future__ import annotations

import pytest

from engine.flow.plan import Plan
from tests.unit.journey.build import act, enter, plan, wait
from wend.play.crowd import Chances, Crowd

PEOPLE = 4_000
DAY = 86_400_000


@pytest.fixture
def mail() -> Plan:
    """An email that is waited on for two days."""
    return plan(
        start=enter("email"),
        email=act(sent="seen"),
        seen=wait("2 days", timeout=None, opened=("message.opened", None, "email")),
    )


def acts(mail: Plan, chances: Chances, channel: str = "email") -> dict[str, dict[int, int]]:
    """When each of many people does what, by the name of the event and the person."""
    crowd = Crowd(mail, chances, seed=7)
    for who in range(PEOPLE):
        crowd.receive(f"key{who}", channel, 0, "email", who, f"person-{who}")
    found: dict[str, dict[int, int]] = {}
    for one in crowd.due(10 * DAY, most=PEOPLE * 4):
        assert one.contact is not None
        assert one.at is not None
        found.setdefault(one.name, {})[one.contact] = one.at
    return found


def test_an_email_is_opened_as_often_as_was_asked(mail: Plan) -> None:
    """Clicks are a part of the opens: together they are no more, and nobody clicks before they open."""
    done = acts(mail, Chances(0.3, 0.1, 0, 0))
    opened, clicked = done["message.opened"], done["message.clicked"]

    assert len(opened) / PEOPLE == pytest.approx(0.3, abs=0.03)
    assert len(clicked) / PEOPLE == pytest.approx(0.1, abs=0.02)
    assert clicked.keys() <= opened.keys()
    assert all(opened[who] <= at <= 2 * DAY for who, at in clicked.items())


def test_an_email_that_nobody_opens_is_clicked_by_nobody(mail: Plan) -> None:
    """With no opens at all everybody leaves by the timeout."""
    assert acts(mail, Chances(0, 1, 0, 0)) == {}


def test_an_sms_is_clicked_without_an_open(mail: Plan) -> None:
    """Nobody hears of a text being read."""
    done = acts(mail, Chances(0.3, 0.1, 0, 0), "sms")

    assert done.keys() == {"message.clicked"}
    assert len(done["message.clicked"]) / PEOPLE == pytest.approx(0.1, abs=0.02)


def test_visits_and_buys_are_the_persons_own(mail: Plan) -> None:
    """Each as often as was asked, and whoever buys need not have visited."""
    done = acts(mail, Chances(0, 0, 0.5, 0.2))
    visited, bought = done["landing.visited"], done["Order Completed"]

    assert len(visited) / PEOPLE == pytest.approx(0.5, abs=0.03)
    assert len(bought) / PEOPLE == pytest.approx(0.2, abs=0.03)
    assert bought.keys() - visited.keys()
