"""Somebody who is known by an address, and somebody who is known to the shop, turn out to be one person in mid-journey."""

from tests.acceptance.world import World


async def test_a_journey_that_began_with_an_address_goes_on_with_the_person(world: World) -> None:
    """The email went to the address; the SMS goes to the phone of the person whose address it is. Each is sent once."""
    await world.surface.address("home", "mario@home.example")
    await world.person("mario", phone="+393200000001", timezone="Europe/Rome")
    await world.journey("not_opened")
    await world.launch("home", "mario")
    await world.expect.messages("home", "email")
    await world.at("03-04 09:00")

    await world.person("mario", email="mario@home.example")
    await world.at("03-05 09:00")

    email, sms = await world.expect.messages("mario", "email", "sms")
    assert (email.address, sms.address) == ("mario@home.example", "+393200000001")
    assert await world.inbox("home") == []
    assert {one.result for one in await world.enrolments("mario")} == {"sms sent", "unreachable"}


async def test_what_the_person_does_counts_for_the_address(world: World) -> None:
    """An open by the person, known by the address until then, ends the wait: no SMS follows."""
    await world.surface.address("home", "mario@home.example")
    await world.journey("not_opened")
    await world.launch("home")
    await world.at("03-04 09:00")

    await world.person("mario", email="mario@home.example", phone="+393200000001")
    await world.opens("mario", "email")
    await world.at("03-06 09:00")

    await world.expect.messages("mario", "email")
