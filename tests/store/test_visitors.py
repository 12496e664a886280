"""What visitors say of themselves before anybody knows them."""

from __future__ import annotations

from typing import Any

from engine.audience.events import IDENTIFY
from engine.enrolment.ingest import Incoming, IngestResult
from engine.store.tables import contact
from tests.store.world import World


def says(
    world: World, number: str, user: str | None = None, visitor: str | None = "v", **traits: Any
) -> IngestResult:
    """An identify call."""
    return world.events(
        Incoming(number, IDENTIFY, world.now, user_id=user, anonymous_id=visitor, traits=traits)
    )


def test_what_a_visitor_said_fills_gaps_once_the_visitor_is_known(world: World) -> None:
    """The visitor's last word counts, and the contact's own word before it."""
    says(world, "m1", first_name="Ann", city="Rome", size=3)
    world.now += 1
    says(world, "m2", city="Milan")

    says(world, "m3", "u1", first_name="Anna", timezone="Europe/Rome")

    (anna,) = world.rows(contact)
    assert (anna.first_name, anna.timezone, anna.attributes) == (
        "Anna",
        "Europe/Rome",
        {"city": "Milan", "size": 3},
    )


def test_what_a_known_visitor_says_fills_gaps_at_once(world: World) -> None:
    """On a device that a contact uses, without the contact's id: nothing that is known is overwritten."""
    says(world, "m1", "u1", first_name="Anna")

    says(world, "m2", firstName="Somebody", city="Rome")

    (anna,) = world.rows(contact)
    assert (anna.first_name, anna.attributes) == ("Anna", {"city": "Rome"})


def test_all_in_one_page(world: World) -> None:
    """The visitor speaks, and is recognised, by events that come in together."""
    world.events(
        Incoming("m1", IDENTIFY, world.now, anonymous_id="v", traits={"city": "Rome", "lastName": "Rossi"}),
        Incoming("m2", IDENTIFY, world.now, anonymous_id="v", user_id="u1", traits={"city": "Milan"}),
    )

    (anna,) = world.rows(contact)
    assert (anna.last_name, anna.attributes) == ("Rossi", {"city": "Milan"})


def test_a_trait_that_is_wrong_is_told_of_at_once(world: World) -> None:
    """A visitor's, too."""
    result = says(world, "m1", timezone="Europe/Roma", city="Rome")

    assert [problem.field for _, problem in result.problems] == ["timezone"]
    says(world, "m2", "u1")
    assert world.rows(contact)[0].attributes == {"city": "Rome"}
