"""Random lives of people who are known by several names, and of whom it comes out who they are: the invariants hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from engine.audience.events import IDENTIFY
from engine.enrolment.control import pause_journey, resume_journey
from engine.enrolment.ingest import Incoming
from engine.store.database import Database
from engine.store.tables import contact, enrolment, message, sandbox_message
from tests.store.world import DAY, HOUR, MINUTE, World, send
from tests.unit.journey.build import draw, enter, fork, goal, leave, merge, plan, rest, wait

VIEWED, BOUGHT = "Product Viewed", "Order Completed"
PEOPLE = 4
PLANS = {
    "once": plan(
        goals=[goal("g", BOUGHT, "converted")],
        start=enter("mail"),
        mail=send(sent="w"),
        w=wait("2 days", "late", seen=(VIEWED, "r")),
        r=rest("1 day", "more"),
        more=send(sent=None),
        late=leave("no visit"),
    ),
    "after_end": plan(
        reentry="after_end",
        start=enter("f"),
        f=fork("m", a="x", b="y"),
        x=wait("1 day", "m", seen=(VIEWED, "m")),
        y=rest("5 hours", "s"),
        s=draw("salt", a="mail", b="m"),
        mail=send(sent="m"),
        m=merge("f", "all", None),
    ),
    "every_event": plan(
        reentry="every_event",
        goals=[goal("g", BOUGHT, "x", "thanks")],
        start=enter("w"),
        w=wait(None, seen=(VIEWED, "r")),
        r=rest("1 hour", None),
        thanks=send(sent=None),
    ),
}


class Story:
    """What happens, drawn by one seed."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.drawn = random.Random(seed)
        self.number = 0
        self.journeys = [world.publish(drawn, name) for name, drawn in PLANS.items()]

    @staticmethod
    def all_names(person: int) -> dict[str, str]:
        """All names of somebody."""
        return {
            "external_id": f"u{person}", "email": f"p{person}@example.com", "phone": f"+39320000000{person}"
        }  # fmt: skip

    def names(self, person: int) -> dict[str, Any]:
        """One or two of the names of somebody: an id, an address, a phone number."""
        known = self.all_names(person)
        kinds = self.drawn.sample(sorted(known), self.drawn.choice([1, 1, 2]))
        return {kind: known[kind] for kind in kinds}

    def say(self, name: str) -> None:
        """Somebody does something, or says who they are."""
        self.number += 1
        named = self.names(self.drawn.randrange(PEOPLE))
        user = named.pop("external_id", None)
        back = self.drawn.choice([0, 0, MINUTE, 10 * HOUR])
        self.world.events(
            Incoming(f"m{self.number}", name, self.world.now - back, user_id=user, traits=named or None)
        )

    def come(self) -> None:
        """Contacts enter a journey by one cause."""
        self.number += 1
        some = [row.id for row in self.world.rows(contact) if self.drawn.random() < 0.5]
        self.world.enter(self.drawn.choice(self.journeys), some, cause=f"campaign:{self.drawn.randrange(3)}")

    def pause(self) -> None:
        """A journey is held for a while."""
        journey = self.drawn.choice(self.journeys).journey
        pause_journey(self.world.database, journey, now=self.world.now, who="test")
        self.world.travel(self.world.now + HOUR)
        self.say(IDENTIFY)
        resume_journey(self.world.database, journey, now=self.world.now, who="test")

    def go_on(self) -> None:
        """Time passes."""
        self.world.travel(self.world.now + self.drawn.choice([MINUTE, HOUR, 7 * HOUR, DAY]))

    def tell(self, length: int) -> None:
        """So many things happen; then it comes out of everybody who they are, and time goes by."""
        acts: list[Callable[[], None]] = [
            lambda: self.say(IDENTIFY), lambda: self.say(IDENTIFY), lambda: self.say(VIEWED),
            lambda: self.say(BOUGHT), self.come, self.come, self.go_on, self.go_on, self.pause,
        ]  # fmt: skip
        for _ in range(length):
            self.drawn.choice(acts)()
            assert self.world.violations() == []
        for person in range(PEOPLE):
            traits = self.all_names(person)
            user = traits.pop("external_id")
            self.world.events(Incoming(f"end{person}", IDENTIFY, self.world.now, user_id=user, traits=traits))
            assert self.world.violations() == []
        self.world.travel(self.world.now + 9 * DAY)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_and_nobody_is_written_to_twice(sqlite: Database, seed: int) -> None:
    """Whoever turns out to be whom, and when: the checker is content at every moment."""
    world = World(sqlite)

    Story(world, seed).tell(20)

    assert world.violations() == []
    assert len(world.rows(sandbox_message)) == len(world.rows(message, message.c.state == "accepted"))
    assert len(world.rows(contact, contact.c.merged_into.is_(None))) == PEOPLE
    assert len(world.rows(contact)) > PEOPLE
    assert {row.place for row in world.rows(enrolment)} <= {"ended", "resting"}
