"""What a start would do, counted in the database: the same rules as entering and sending."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine.audience.consent import set_consent, suppress
from engine.audience.segments import create_segment
from engine.enrolment.campaign import campaign_pages, create_campaign, read_campaign
from engine.enrolment.campaign_check import Prospect, Reach, check_campaign
from engine.enrolment.plans import Published
from engine.flow.document import Reentry, Settings
from engine.flow.manifest import Catalog, Manifest, Port
from engine.store.tables import contact
from tests.store.world import DAY, HOUR, World, send
from tests.unit.journey.build import enter, plan, rest

SENT = Port(key="sent", label="sent")
CATALOG = Catalog(
    Manifest(key=f"send_{one}", label=one, family="act", operation="act", sends=one, ports=(SENT,))
    for one in ("email", "sms", "push")
)


def told(world: World, published: Published, segment: str = "S") -> Prospect:
    """What the check says of a segment."""
    with world.database.read() as connection:
        return check_campaign(connection, published, CATALOG, now=world.now, segment=segment)


def listed(world: World, names: list[str], segment: str = "S") -> list[int]:
    """A list of contacts."""
    people = world.contacts(names)
    with world.database.write() as connection:
        create_segment(connection, segment, now=world.now, contacts=people)
    return people


def started(world: World, published: Published, segment: str = "S") -> tuple[int, int]:
    """Start a campaign and run it to its end: how many entered, how many were kept out."""
    with world.database.write() as connection:
        number = create_campaign(connection, published.journey, segment, now=world.now)
    campaign_pages(world.runtime, number, world.now)
    with world.database.read() as connection:
        stand = read_campaign(connection, number)
    return stand.entered, stand.skipped


@pytest.mark.parametrize(
    ("reentry", "later", "kept_out"),
    [
        ({"rule": "once"}, 2 * HOUR, (3, 0)),
        ({"rule": "once"}, 2 * DAY, (0, 3)),
        ({"rule": "after_end"}, 2 * HOUR, (3, 0)),
        ({"rule": "after_end"}, 2 * DAY, (0, 0)),
        ({"rule": "after_time", "after": "3 days"}, 2 * DAY, (0, 3)),
        ({"rule": "after_time", "after": "3 days"}, 3 * DAY, (0, 0)),
        ({"rule": "after_time", "after": "1 month"}, 30 * DAY, (0, 3)),
        ({"rule": "after_time", "after": "1 month"}, 31 * DAY, (0, 0)),
        ({"rule": "every_event"}, 2 * HOUR, (0, 0)),
    ],
)
def test_the_check_follows_the_reentry_rule(
    world: World, reentry: dict[str, str], later: int, kept_out: tuple[int, int]
) -> None:
    """Whom the rule will keep out is foretold exactly, and for which reason."""
    rule = Settings(reentry=Reentry.model_validate(reentry))
    published = world.publish(plan(settings=rule, start=enter("r"), r=rest("1 day", None)))
    listed(world, ["a", "b", "c"])
    listed(world, ["a", "b", "c", "d"], "more")
    assert started(world, published) == (3, 0)

    world.travel(world.now + later)

    found = told(world, published, "more")
    assert (found.inside, found.before) == kept_out
    assert started(world, published, "more") == (found.enter, found.inside + found.before)


def test_who_cannot_be_written_to_is_counted_once_for_each_channel(world: World) -> None:
    """No address comes before a refusal, a refusal before a suppressed address; whoever is left is reachable."""
    drawn = plan(
        start=enter("mail"), mail=send("email", sent="push"), push=send("push", sent="again"),
        again=send("email", sent=None),
    )  # fmt: skip
    published = world.publish(drawn)
    people = listed(world, ["a", "b", "c", "d"])
    with world.database.write() as connection:
        connection.execute(update(contact).where(contact.c.id == people[0]).values(email=None))
        set_consent(connection, {(people[0], "email"): "refused"}, at=world.now, source="test")
        set_consent(connection, {(people[1], "email"): "refused"}, at=world.now, source="test")
        suppress(
            connection,
            {("email", "b@example.com"): "bounced", ("email", "c@example.com"): "bounced"},
            world.now,
        )
        connection.execute(
            update(contact).where(contact.c.id == people[2]).values(attributes={"push_token": "token"})
        )
        connection.execute(
            update(contact).where(contact.c.id == people[3]).values(attributes={"push_token": 7})
        )
        connection.execute(
            update(contact).where(contact.c.id == people[1]).values(attributes={"push_tokens": ["a", "b"]})
        )

    assert told(world, published).channels == (
        Reach("email", ("mail", "again"), no_address=1, refused=1, suppressed=1, reachable=1),
        Reach("push", ("push",), no_address=2, refused=0, suppressed=0, reachable=2),
    )


def test_who_is_kept_out_is_not_asked_for_an_address(world: World) -> None:
    """Reach is counted of those who would enter."""
    published = world.publish(plan(start=enter("r"), r=rest("1 day", "mail"), mail=send("email", sent=None)))
    listed(world, ["a", "b"])
    listed(world, ["a", "b", "c"], "more")
    started(world, published)

    found = told(world, published, "more")

    assert (found.enter, found.channels[0].reachable) == (1, 1)
