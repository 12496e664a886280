"""A copy of a plan with changes is a plan of its own."""

from __future__ import annotations

from engine.flow.document import Settings
from tests.unit.journey.build import enter, plan


def test_a_changed_copy_has_an_address_of_its_own() -> None:
    """What was derived from the one is not kept for the other, even if it was asked for before."""
    original = plan(start=enter(None))
    address = original.digest

    copied = original.model_copy(update={"settings": Settings(timezone="Europe/Rome")})

    assert copied.digest != address
    assert '"Europe/Rome"' in copied.canonical
    assert original.digest == address
