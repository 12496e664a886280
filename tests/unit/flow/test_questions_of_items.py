"""Questions into lists are checked as those about fields are."""

from __future__ import annotations

from tests.unit.flow.drawing import codes, draw


def test_a_list_of_an_event_that_is_not_at_hand_is_told_of() -> None:
    """A split has no event; a list of the contact's own is asked about everywhere."""
    where = {"op": "is", "field": "item.category", "value": "shoes"}

    def told(field: str) -> list[str]:
        asked = {"op": "any_item", "field": field, "where": where}
        drawn = "in:campaign -> s:split -> out:exit\ns -else-> out"
        return codes(draw(drawn, s={"branches": [{"port": "vip", "condition": asked}]}))

    assert "asks-about-event" in told("event.products")
    assert "asks-about-event" not in told("contact.products")
