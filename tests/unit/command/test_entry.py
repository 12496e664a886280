"""How a file of contacts enters a journey that is played."""

from __future__ import annotations

from typing import Any

import pytest

from engine.enrolment.plans import Published
from engine.flow.plan import Trigger
from tests.unit.journey.build import enter, plan
from wend.play.entry import Beginning, NobodyCanEnter, beginning


def begun_by(*triggers: tuple[str, dict[str, Any]]) -> Published:
    """A journey that begins with these triggers."""
    drawn = [
        Trigger.model_validate({"node": "start", "kind": kind, "params": params}) for kind, params in triggers
    ]
    body = plan(start=enter(None)).model_copy(update={"triggers": tuple(drawn)})
    return Published(1, 1, "Begun", 1, body)


def test_a_campaign_comes_first() -> None:
    """Where a campaign can enter, nobody has to do anything for it."""
    assert beginning(begun_by(("event", {"event": "Signed Up"}), ("campaign", {}))) is None


@pytest.mark.parametrize(
    ("where", "properties"),
    [
        (None, {}),
        ({"op": "is", "field": "event.form", "value": "newsletter"}, {"form": "newsletter"}),
        ({"op": "more", "field": "event.cart.total", "value": 50}, {"cart": {"total": 51}}),
        ({"op": "one_of", "field": "event.size", "value": ["M", "S"]}, {"size": "M"}),
        ({"op": "is_not", "field": "event.size", "value": "S"}, {}),
        (
            {"op": "all", "of": [
                {"op": "exists", "field": "event.coupon"},
                {"op": "any", "of": [
                    {"op": "starts_with", "field": "event.path", "value": "/toys"},
                    {"op": "tagged", "tag": "vip"},
                ]},
            ]},
            {"coupon": "something", "path": "/toys"},
        ),
    ],
)  # fmt: skip
def test_everyone_does_what_the_trigger_asks_for(
    where: dict[str, Any] | None, properties: dict[str, Any]
) -> None:
    """The event has the properties with which its condition holds."""
    published = begun_by(("event", {"event": "Happened", "where": where}))

    assert beginning(published) == Beginning("Happened", properties)


@pytest.mark.parametrize(
    "trigger",
    [
        ("date", {}),
        ("segment", {"event": "segment.entered"}),
        ("event", {"event": "X", "where": {"op": "not", "of": {"op": "missing", "field": "event.a"}}}),
    ],
    ids=["date", "segment", "unlikely"],
)
def test_what_a_crowd_cannot_bring_about_is_refused(trigger: tuple[str, dict[str, Any]]) -> None:
    """The words say which trigger to draw."""
    with pytest.raises(NobodyCanEnter, match='Draw a trigger of the type "campaign"'):
        beginning(begun_by(trigger))
