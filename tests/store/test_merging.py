"""Two contacts who turn out to be one: what each was in the middle of goes on as the survivor's, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, update

from engine.audience.consent import read_consent, set_consent
from engine.audience.contacts import find_contact, upsert_contacts
from engine.audience.events import IDENTIFY
from engine.audience.profile import Profile, read_profile
from engine.audience.segments import add_members, create_segment
from engine.audience.tags import add_tag, read_tags
from engine.enrolment.campaign import create_campaign, enter_page
from engine.enrolment.ingest import Incoming, uniter
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.merge import CONTACT_MERGED
from engine.flow.plan import Draw
from engine.journey.draw import draw as drawn
from engine.store.batch import Batch
from engine.store.tables import (
    campaign,
    contact,
    enrolment,
    entry,
    event,
    identity,
    membership,
    message,
    sandbox_message,
    step,
)
from tests.store.world import DAY, HOUR, MINUTE, START, World, send
from tests.unit.journey.build import draw, enter, fork, goal, leave, merge, plan, rest, wait

VIEWED, BOUGHT = "Product Viewed", "Order Completed"
WAITING = plan(
    goals=[goal("g", BOUGHT, "converted")],
    start=enter("w"),
    w=wait("2 days", "late", seen=(VIEWED, "r")),
    r=rest("1 day", None),
    late=leave("no visit"),
)


def known(world: World, **columns: str) -> int:
    """A contact of whom this is known."""
    with world.database.write() as connection:
        return upsert_contacts(connection, [Profile(columns)], world.now)[0]


def two(world: World) -> tuple[int, int]:
    """Anna, known by her id; and somebody known by an address alone."""
    return known(world, external_id="anna", first_name="Anna"), known(
        world, email="anna@home.example", locale="it"
    )


def identify(world: World, user: str | None = "anna", **traits: str) -> Any:
    """Anna says what her address is, and so who she is."""
    said = traits or {"email": "anna@home.example"}
    return world.events(Incoming(f"i{world.now}-{user}-{sorted(said)}", IDENTIFY, user_id=user, traits=said))


def of(world: World, table: Table, who: int) -> Sequence[Any]:
    """A contact's rows of a table."""
    return world.rows(table, table.c.contact == who)


def living(world: World) -> list[int]:
    """The contacts who were not merged into another."""
    return [row.id for row in world.rows(contact, contact.c.merged_into.is_(None))]


# ------------------------------------------------------------------------------------------------ who it is


def test_an_id_and_an_address_that_are_one_person_become_one_contact(world: World) -> None:
    """The one with the external id stays; the other fills its gaps, and what it did is the survivor's."""
    anna, other = two(world)
    world.event(VIEWED, other)

    identify(world)

    (row,) = world.rows(contact, contact.c.id == anna)
    assert living(world) == [anna]
    assert (row.email, row.first_name, row.locale) == ("anna@home.example", "Anna", "it")
    assert {(one.kind, one.value) for one in of(world, identity, anna)} == {
        ("external_id", "anna"), ("email", "anna@home.example")
    }  # fmt: skip
    assert [one.name for one in of(world, event, anna)] == [VIEWED, CONTACT_MERGED, IDENTIFY]
    assert of(world, event, other) == of(world, identity, other) == []


def test_two_without_an_id_become_the_older_one(world: World) -> None:
    """An address and a number that are said together belong to one contact."""
    older, newer = known(world, phone="+393200000001"), known(world, email="anna@home.example")

    identify(world, None, email="anna@home.example", phone="+393200000001")

    assert living(world) == [older]
    assert world.rows(contact, contact.c.id == newer)[0].merged_into == older


def test_two_with_different_ids_are_never_merged(world: World) -> None:
    """The address stays with its owner, and whoever said so is told."""
    anna = known(world, external_id="anna")
    berta = known(world, external_id="berta", email="shared@example.com")

    result = identify(world, email="shared@example.com")

    assert living(world) == [anna, berta]
    assert [problem.field for _, problem in result.problems] == ["email"]
    with world.database.read() as connection:
        assert find_contact(connection, "email", "shared@example.com") == berta


def test_merges_follow_one_another(world: World) -> None:
    """A <- B <- C: events about any of them are the last survivor's; said again, nothing happens."""
    anna = known(world, external_id="anna")
    phone, email = known(world, phone="+393200000001"), known(world, email="anna@home.example")
    world.event(VIEWED, email)

    identify(world, None, email="anna@home.example", phone="+393200000001")
    identify(world, "anna", phone="+393200000001")
    identify(world, "anna", phone="+393200000001", email="anna@home.example")
    world.event(VIEWED, email)
    world.event(VIEWED, phone)

    assert living(world) == [anna]
    assert [one.name for one in of(world, event, anna)].count(VIEWED) == 3
    assert [one.name for one in of(world, event, anna)].count(CONTACT_MERGED) == 2


def test_a_merge_within_one_page_of_events(world: World) -> None:
    """Contacts who are made and found to be one by events that come in together."""
    world.events(
        Incoming("m1", IDENTIFY, user_id="anna", traits={}),
        Incoming("m2", IDENTIFY, traits={"email": "anna@home.example", "locale": "it"}),
        Incoming("m3", VIEWED, traits={"email": "anna@home.example"}),
        Incoming("m4", IDENTIFY, user_id="anna", traits={"email": "anna@home.example"}),
    )

    (anna,) = living(world)
    assert len(of(world, event, anna)) == 5
    with world.database.read() as connection:
        assert find_contact(connection, "email", "anna@home.example") == anna


def test_both_devices_are_the_survivors(world: World) -> None:
    """Each tells its owner; one on which somebody else signs in later tells that one alone."""
    with world.database.write() as connection:
        tablet, _ = read_profile({"email": "anna@home.example", "push_token": "tablet"})
        upsert_contacts(connection, [tablet], world.now)
    world.now += MINUTE
    identify(world, "anna", push_token="phone")

    identify(world)
    (anna,) = world.rows(contact, contact.c.merged_into.is_(None))
    identify(world, "berta", push_token="tablet")

    assert (anna.attributes, anna.created_at) == ({"push_token": "phone", "push_tokens": ["tablet"]}, START)
    assert world.rows(contact, contact.c.id == anna.id)[0].attributes["push_tokens"] == []


def test_words_tags_and_lists_of_both(world: World) -> None:
    """A refusal of either holds; tags and places in lists add up."""
    anna, other = two(world)
    with world.database.write() as connection:
        set_consent(
            connection, {(other, "email"): "refused", (other, "sms"): "allowed"}, at=START, source="x"
        )
        set_consent(
            connection, {(anna, "email"): "allowed", (anna, "push"): "refused"}, at=START + 5, source="x"
        )
        add_tag(connection, [other], "VIP", START)
        add_tag(connection, [anna, other], "both", START)
        add_members(connection, create_segment(connection, "List", now=START), [other], START)
    world.now += MINUTE

    identify(world)

    with world.database.read() as connection:
        assert read_consent(connection, anna) == {"email": "refused", "sms": "allowed", "push": "refused"}
        assert read_tags(connection, [anna]) == {anna: {"VIP", "both"}}
    assert len(of(world, membership, anna)) == 1


# ------------------------------------------------------------------------------------------------ what they are in


def test_an_enrolment_goes_on_where_it_stands(world: World) -> None:
    """It is the survivor's, rests on, and ends by what the survivor does."""
    published = world.publish(WAITING)
    anna, other = two(world)
    (root,) = world.enter(published, [other])
    world.travel()
    before = world.row(root)

    identify(world)
    after = world.row(root)

    assert (after.contact, after.origin) == (anna, other)
    assert (after.place, after.step, after.cohort) == (before.place, before.step, before.cohort)
    world.event(VIEWED, anna)
    world.travel()
    assert world.path(root) == ["start.entered", "w.seen"]


def test_what_the_other_did_ends_a_wait(world: World) -> None:
    """Then look: an event of one contact belongs to the wait of the other."""
    published = world.publish(WAITING)
    anna, other = two(world)
    (root,) = world.enter(published, [other])
    world.travel()
    world.now += HOUR
    world.event(VIEWED, anna)

    identify(world)
    world.travel()

    assert world.path(root) == ["start.entered", "w.seen"]


def test_what_the_other_did_reaches_a_goal(world: World) -> None:
    """The survivor's own enrolment hears of what the other one bought."""
    published = world.publish(WAITING)
    anna, other = two(world)
    (root,) = world.enter(published, [anna])
    world.now += HOUR
    world.event(BOUGHT, other)

    identify(world)

    assert (world.row(root).place, world.row(root).result) == ("ended", "converted")


def test_of_two_enrolments_that_the_rule_forbids_the_later_one_ends(world: World) -> None:
    """Both are counted as entries; the later one ends as merged, with its strands."""
    both = plan(
        start=enter("f"),
        f=fork("m", a="x", b="y"),
        x=rest("2 days", "m"),
        y=rest("3 days", "m"),
        m=merge("f", "all", "end"),
        end=leave("done"),
    )
    published = world.publish(both)
    anna, other = two(world)
    (first,) = world.enter(published, [other])
    world.travel()
    world.now += HOUR
    (second,) = world.enter(published, [anna], cause="api:2")
    world.travel()
    assert len(world.rows(enrolment, enrolment.c.root.is_not(None))) == 4

    identify(world)

    assert (world.row(second).place, world.row(second).result) == ("ended", "merged")
    assert world.rows(enrolment, enrolment.c.root == second, enrolment.c.place != "ended") == []
    assert [row.contact for row in world.rows(enrolment)] == [anna] * 6
    assert [(row.contact, row._mapping["count"]) for row in world.rows(entry)] == [(anna, 2)]
    world.travel(START + 4 * DAY)
    assert (world.row(first).place, world.row(first).result) == ("ended", "done")


def test_who_has_been_through_a_journey_once_does_not_go_on_in_it(world: World) -> None:
    """A journey that lets everybody in once: the later enrolment ends, though the earlier one has ended before."""
    published = world.publish(WAITING)
    anna, other = two(world)
    (first,) = world.enter(published, [other])
    world.event(BOUGHT, other)
    world.now += HOUR
    (second,) = world.enter(published, [anna])

    identify(world)

    assert [world.row(one).result for one in (first, second)] == ["converted", "merged"]


def test_two_who_entered_by_one_campaign(world: World) -> None:
    """One cause lets a contact in once: the second one's is told apart."""
    published = world.publish(plan(reentry="every_event", start=enter("r"), r=rest("1 day", None)))
    anna, other = two(world)
    roots = world.enter(published, [anna, other], cause="campaign:1")
    world.travel()

    identify(world)

    rows = [world.row(one) for one in roots]
    assert sorted(str(row.result) for row in rows) == ["None", "merged"]
    assert {row.contact for row in rows} == {anna}


def test_a_random_split_keeps_its_arm(world: World) -> None:
    """Whoever entered as another contact draws as that one: a loop through the split never changes its arm."""
    split = draw("salt", a="ra", b="rb")
    published = world.publish(
        plan(start=enter("r"), r=rest("1 day", "s"), s=split, ra=rest("1 day", None), rb=rest("1 day", None))
    )
    assert isinstance(split.operation, Draw)
    anna, other = two(world)
    number = 0
    while drawn(split.operation, anna) == drawn(split.operation, other):
        number += 1
        other = known(world, email=f"{number}@home.example")
    (root,) = world.enter(published, [other])
    world.travel()

    identify(world, "anna", email="anna@home.example" if number == 0 else f"{number}@home.example")
    world.travel(START + DAY)

    assert world.row(root).contact == anna
    assert world.path(root)[-1] == f"s.{drawn(split.operation, other)}"


def test_a_campaign_that_has_passed_the_survivor_takes_the_other_one(world: World) -> None:
    """Contacts are taken in the order of their ids: who was still to come is not left out for having become another."""
    published = world.publish(WAITING)
    anna, other = two(world)
    with world.database.write() as connection:
        create_segment(connection, "List", now=START, contacts=[other])
        add_members(connection, create_segment(connection, "First", now=START), [anna], START)
        number = create_campaign(connection, published.journey, "List", now=START)
        connection.execute(update(campaign).values(state="running", starts_at=START, cursor=anna))
    world.now += MINUTE
    identify(world)

    page = enter_page(world.runtime, number, 10)

    assert (page.entered, page.done) == (1, True)
    assert [row.contact for row in world.rows(enrolment)] == [anna]


# ------------------------------------------------------------------------------------------------ messages


def test_a_message_is_sent_once_though_its_sender_turns_out_to_be_another(world: World) -> None:
    """The leg that sent it loses its step to the merge; the next one finds the message by its visit, at the old address."""
    published = world.publish(plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    anna = known(world, external_id="anna", email="anna@work.example")
    other = known(world, phone="+393200000001", email="anna@home.example")
    (root,) = world.enter(published, [other])
    world.drain()
    usual = world.acts.code["send_email"]

    def meanwhile(batch: Batch) -> Any:
        outcomes = usual(batch)
        world.acts.code["send_email"] = usual
        identify(world, "anna", phone="+393200000001")
        return outcomes

    world.acts.code["send_email"] = meanwhile
    run_cohort_leg(world.another(), world.row(root).cohort, world.now)
    assert world.path(root) == []
    world.travel()

    assert [row.address for row in world.rows(sandbox_message)] == ["anna@home.example"]
    assert [(row.contact, row.state) for row in world.rows(message)] == [(anna, "accepted")]
    assert world.path(root) == ["start.entered", "mail.sent"]


def test_importing_a_file_merges_too(world: World) -> None:
    """Every way to say who somebody is: a row of a file as well."""
    anna, _ = two(world)
    with world.database.write() as connection:
        rows = [Profile.of(external_id="anna", email="anna@home.example"), Profile.of(email="x@example.com")]
        found = upsert_contacts(connection, rows, world.now, uniter(world.runtime))

    assert found[0] == anna
    assert len(living(world)) == 2
    assert len(world.rows(step)) == 0
