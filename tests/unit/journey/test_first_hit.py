"""Which event ends a wait, where its time alone does not say."""

from __future__ import annotations

from engine.flow.plan import Arm
from engine.journey.traveller import Happening
from engine.journey.waits import first_hit

OPENED = Arm(events=("message.opened",), message_of="email", port="yes")
VISITED = Arm(events=("landing.visited",), port="visited")
KEYS = {"email": frozenset({"key"})}


def _happening(name: str, at: int, send_key: str | None = None) -> Happening:
    return Happening(order=at, message_id=f"{name}/{at}", name=name, at=at, properties={}, send_key=send_key)


def test_a_message_may_be_opened_before_its_acceptance_was_known() -> None:
    """An opening of the enrolment's own message counts however early it was: the provider's answer may have been lost."""
    opened = _happening("message.opened", 5, "key")

    hit = first_hit((OPENED,), [opened], KEYS, since=10, since_order=-1, until=20)

    assert hit is not None
    assert hit.port == "yes"


def test_an_opening_of_another_message_does_not_count() -> None:
    """What belongs to a message is known by its send key."""
    assert first_hit((OPENED,), [_happening("message.opened", 15, "other")], KEYS, 10, -1, 20) is None


def test_an_opening_after_the_limit_does_not_count() -> None:
    """The limit of the wait holds for messages too."""
    assert first_hit((OPENED,), [_happening("message.opened", 21, "key")], KEYS, 10, -1, 20) is None


def test_any_other_event_counts_from_the_beginning_of_the_wait() -> None:
    """An event that is about no message must come after the wait's beginning, and of two at one instant by its order."""
    early, late = _happening("landing.visited", 10), _happening("landing.visited", 11)

    assert first_hit((VISITED,), [early], {}, since=10, since_order=10, until=20) is None
    assert first_hit((VISITED,), [early, late], {}, since=10, since_order=10, until=20) is not None
