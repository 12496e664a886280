"""SC24, steps 1 to 3, W31: nothing is lost when workers stop; what failed is listed with its cause, and can be replayed."""

from tests.acceptance.world import Document, World

CROWD = 1_000


async def test_a_thousand_of_mario_through_three_stops(world: World) -> None:
    """SC24.1: workers stopped three times on the way: 1,000 ends, no message twice, none lost."""
    people = await world.crowd(CROWD)
    await world.journey("mario")

    async with world.without_workers():
        await world.launch(*people, still=False)
    await world.expect.everybody(resting=CROWD)
    await world.at("03-03 12:01")
    async with world.without_workers():
        await world.all_do(people, "landing.visited")
    async with world.without_workers():
        await world.idle_until("03-05 12:01:01")
    await world.after(days=8)

    await world.expect.everybody(ended=CROWD, results={"coupon sent": CROWD})
    seen = await world.surface.inbox()
    assert {channel: sum(one.channel == channel for one in seen) for channel in ("email", "sms")} == {
        "email": CROWD,
        "sms": CROWD,
    }
    assert len({(one.channel, one.address) for one in seen}) == 2 * CROWD


def _greets_by_size(document: Document) -> None:
    document["templates"]["code"]["text"] = "Size {{ contact.attributes.size }}: {{ coupon.code }}"


async def test_what_failed_by_a_template_is_listed_and_replayed(world: World) -> None:
    """SC24.2 and 3: 20 of 50 lack what the SMS names: parked with the cause, mended, replayed; no email goes out again."""
    people = await world.crowd(50, size="M")
    without = people[:20]
    for who in without:
        await world.person(who, size=None)
    await world.journey("coupon", _greets_by_size)
    await world.launch(*people)
    await world.at("03-05 09:00")
