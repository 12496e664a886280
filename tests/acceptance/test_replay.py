"""Nothing is lost when workers stop; what failed is listed with its cause, and can be replayed."""

from collections import Counter

from tests.acceptance.world import Document, World

CROWD = 1_000


async def test_a_thousand_of_mario_through_three_stops(world: World) -> None:
    """All workers stopped three times on the way: 1,000 ends, no message twice, none lost."""
    people = await world.crowd(CROWD)
    await world.journey("mario")

    async with world.without_workers():
        await world.launch(segment="crowd")
    await world.expect.everybody(entered=CROWD, resting=CROWD)
    await world.at("03-03 12:01")
    async with world.without_workers():
        await world.all_do(people, "landing.visited")
    await world.at("03-05 12:00")
    async with world.without_workers():
        await world.idle_until("03-05 12:01:01")
    await world.after(days=8)

    await world.expect.everybody(ended=CROWD, results={"coupon sent": CROWD})
    seen = await world.surface.inbox()
    assert Counter(one.channel for one in seen) == {"email": CROWD, "sms": CROWD}
    assert len({(one.channel, one.address) for one in seen}) == 2 * CROWD


def _names_a_size(document: Document) -> None:
    document["templates"]["code"]["text"] = "Size {{ contact.attributes.size }}: {{ coupon.code }}"


def _names_a_size_if_there_is_one(document: Document) -> None:
    document["templates"]["code"]["text"] = (
        'Size {{ contact.attributes.size|default("any") }}: {{ coupon.code }}'
    )


async def failed_by_a_template(world: World) -> None:
    """Of 50 people 20 have no size, which the SMS names: the email went out to all, the SMS to 30."""
    people = await world.crowd(50, size="M")
    for who in people[:20]:
        await world.forgets(who, "size")
    await world.journey("coupon", _names_a_size)
    await world.launch(segment="crowd")
    await world.at("03-05 09:00")


async def test_what_a_template_parked_is_listed_with_its_cause(world: World) -> None:
    """20 are parked at the SMS, as one cause that names the journey, the node and what is wrong."""
    await failed_by_a_template(world)

    await world.expect.everybody(parked=20, ended=30)
    (incident,) = await world.surface.incidents(world.current)
    assert (incident["node"], incident["count"]) == ("sms", 20)
    assert incident["reason"].startswith("template:")
    listed = await world.surface.wend("replay")
    assert "Send the code" in listed
    assert "There is no value for contact.attributes.size." in incident["words"]
    assert incident["words"] in listed


async def test_a_template_that_is_mended_and_replayed(world: World) -> None:
    """Published anew and replayed on it, all 20 complete; no email goes out again, and no code is another."""
    await failed_by_a_template(world)
    codes = {who: await world.code(who) for who in ("person-0000", "person-0019")}

    await world.mend(_names_a_size_if_there_is_one)
    (incident,) = await world.surface.incidents(world.current)
    assert incident["short"] in await world.surface.wend("replay")
    said = await world.surface.wend("replay", "--cause", incident["short"], "--newest")
    await world.stack.settle()

    assert "20 enrolments" in said
    await world.expect.everybody(parked=0, ended=50, results={"coupon sent": 50})
    for who, code in codes.items():
        _, sms = await world.expect.messages(who, "email", "sms")
        assert sms.content["text"] == f"Size any: {code}"
    assert Counter(one.channel for one in await world.surface.inbox()) == {"email": 50, "sms": 50}


async def test_a_contact_that_is_mended_and_replayed(world: World) -> None:
    """Where the data was at fault, they are replayed on their own version, by the API; a second replay finds nobody."""
    await failed_by_a_template(world)
    (incident,) = await world.surface.incidents(world.current)
    for number in range(20):
        await world.person(f"person-{number:04}", size="S")

    assert await world.surface.retry_incident(incident["id"]) == 20
    await world.stack.settle()

    await world.expect.everybody(parked=0, ended=50)
    _, sms = await world.expect.messages("person-0007", "email", "sms")
    assert sms.content["text"] == f"Size S: {await world.code('person-0007')}"
    assert await world.surface.incidents(world.current) == []


async def test_a_replay_without_a_repair_parks_again(world: World) -> None:
    """Who still fails is parked again for the same cause, and nothing was sent."""
    await failed_by_a_template(world)
    (incident,) = await world.surface.incidents(world.current)

    await world.surface.retry_incident(incident["id"])
    await world.stack.settle()

    (again,) = await world.surface.incidents(world.current)
    assert (again["reason"], again["count"]) == (incident["reason"], 20)
    await world.expect.messages("person-0007", "email")
