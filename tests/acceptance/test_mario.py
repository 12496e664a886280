"""examples/mario: visited, not bought online within two days, a coupon by SMS."""

import pytest

from tests.acceptance.world import Document, World


async def begun(world: World, *people: str) -> None:
    """The journey is launched for mario, or for these people."""
    names = people or ("mario",)
    await world.people(*names)
    await world.journey("mario")
    await world.launch(*names)


async def visited(world: World) -> None:
    """Mario has opened the email at 12:00 and visits the landing page at 12:01."""
    await begun(world)
    await world.at("03-03 12:00")
    await world.opens("mario", "email")
    await world.at("03-03 12:01")
    await world.clicks("mario", "email")
    await world.does("mario", "landing.visited")


async def test_the_timeline_of_mario(world: World) -> None:
    """An email, a visit; 48 hours later and not a second earlier one code and one SMS; he buys, and has converted."""
    await visited(world)
    (email,) = await world.expect.messages("mario", "email")
    assert email.content["subject"] == "10% off robots"

    await world.at("03-05 12:00:59")
    await world.expect.messages("mario", "email")
    await world.at("03-05 12:01:00")
    _, sms = await world.expect.messages("mario", "email", "sms")
    assert sms.address == "+393200000001"
    assert "20% off with the code " in sms.content["text"]
    assert "https://shop.example.com/products/TOY-01?coupon=" in sms.content["text"]

    await world.at("03-05 13:00")
    await world.buys("mario")
    await world.after(days=8)

    await world.expect.messages("mario", "email", "sms")
    await world.expect.result("mario", "converted")
    await world.expect.timeline(
        "mario",
        "03-03 08:59 start.entered",
        "03-03 08:59 email.sent",
        "03-03 12:01 visited.visited",
        "03-05 12:01 two_days.timeout",
        "03-05 12:01 bought.not_bought",
        "03-05 12:01 coupon.given",
        "03-05 12:01 sms.sent",
        "03-05 13:00 order.reached",
        "03-05 13:00 in_time.bought",
        "03-05 13:00 converted.ended",
    )


async def test_an_order_within_the_two_days(world: World) -> None:
    """No coupon and no SMS; the enrolment ends as converted, at the order."""
    await visited(world)

    await world.at("03-04 10:00")
    await world.buys("mario")
    await world.expect.result("mario", "converted")
    await world.after(days=10)

    await world.expect.messages("mario", "email")
    await world.expect.timeline(
        "mario",
        "03-03 08:59 start.entered",
        "03-03 08:59 email.sent",
        "03-03 12:01 visited.visited",
        "03-04 10:00 order.reached",
        "03-04 10:00 in_time.bought",
        "03-04 10:00 converted.ended",
    )


async def test_never_visited(world: World) -> None:
    """Opened, but not visited: never a coupon, and the end `no visit` after seven days."""
    await begun(world)
    await world.at("03-03 12:00")
    await world.opens("mario", "email")

    await world.at("03-10 08:59")
    await world.expect.resting("mario", "visited")
    await world.at("03-10 09:00")

    await world.expect.messages("mario", "email")
    await world.expect.result("mario", "no visit")


def _any_purchase(document: Document) -> None:
    nodes = document["nodes"]
    del nodes["two_days"]["config"]["events"][0]["where"]
    del nodes["order"]["config"]["events"][0]["where"]
    nodes["bought"]["config"]["channel"] = nodes["in_time"]["config"]["channel"] = "any"


@pytest.mark.parametrize("setting", ["online", "any"])
async def test_a_purchase_in_the_shop(world: World, setting: str) -> None:
    """It does not stop the coupon ("not bought online"), unless the journey asks for any purchase."""
    await world.people("mario")
    await world.journey("mario", *([_any_purchase] if setting == "any" else []))
    await world.launch("mario")
    await world.at("03-03 12:01")
    await world.does("mario", "landing.visited")

    await world.at("03-04 10:00")
    await world.buys("mario", channel="offline")
    await world.at("03-05 12:01")

    await world.expect.messages("mario", *(["email", "sms"] if setting == "online" else ["email"]))


@pytest.mark.parametrize("order", [{"payment_status": "pending"}, {"channel": "phone"}])
async def test_an_order_that_is_no_purchase_online(world: World, order: dict[str, str]) -> None:
    """An order that is not paid, or came by phone, is not the goal: the coupon is sent all the same."""
    await visited(world)

    await world.at("03-04 10:00")
    await world.does("mario", "Order Completed", order_id="o1", total=64.0, **order)
    await world.at("03-05 12:01")
    await world.expect.messages("mario", "email", "sms")
    await world.does("mario", "Order Completed", order_id="o2", total=64.0, **order)
    await world.after(days=8)

    await world.expect.result("mario", "coupon sent")


async def test_workers_stopped_as_the_two_days_end(world: World) -> None:
    """Exactly one SMS after they run again."""
    await visited(world)
    await world.at("03-05 11:00")

    async with world.without_workers():
        await world.idle_until("03-05 12:01:01")
    await world.expect.messages("mario", "email", "sms")
    await world.after(hours=2)

    await world.expect.messages("mario", "email", "sms")


async def test_a_provider_that_refuses_twice(world: World) -> None:
    """Twice surely not sent (429, connection refused), then sent: one SMS, and the code of the first try."""
    await visited(world)
    await world.providers_do("sandbox-sms", script=["rate_limit", "refuse"])

    await world.at("03-05 12:01")
    await world.expect.messages("mario", "email")
    code = await world.code("mario")
    await world.after(minutes=1)

    _, sms = await world.expect.messages("mario", "email", "sms")
    assert code in sms.content["text"]
    assert await world.code("mario") == code


async def test_an_account_that_is_refused(world: World) -> None:
    """Parked at the SMS with the cause; after the repair a retry sends one SMS with the same code, and no email."""
    await visited(world)
    await world.providers_do("sandbox-sms", script=["auth"])

    await world.at("03-05 12:01")
    await world.expect.parked("mario", "sms", "provider_auth")
    code = await world.code("mario")
    (incident,) = await world.surface.incidents(world.current)
    assert (incident["node"], incident["reason"], incident["count"]) == ("sms", "provider_auth", 1)

    await world.at("03-05 15:00")
    await world.providers_work("sandbox-sms")
    await world.retries("mario")

    _, sms = await world.expect.messages("mario", "email", "sms")
    assert code in sms.content["text"]
    stand = await world.enrolment("mario")
    assert [node for node, _, _ in stand.path].count("email") == 1


async def test_an_order_at_the_very_limit(world: World) -> None:
    """An order at the due time, committed before the leg looks, counts as bought."""
    await visited(world)
    await world.at("03-05 11:30")

    async with world.without_workers():
        await world.idle_until("03-05 12:01:01")
        await world.buys("mario", at="03-05 12:01:00")

    await world.expect.messages("mario", "email")
    await world.expect.result("mario", "converted")


async def test_an_order_that_comes_late(world: World) -> None:
    """Made before the two days were over, told five minutes after: the SMS is out, and the end is its own."""
    await visited(world)
    await world.at("03-05 12:06")

    await world.buys("mario", at="03-05 11:50")

    await world.expect.messages("mario", "email", "sms")
    await world.expect.result("mario", "converted late")
    assert await world.events("mario", "Order Completed") == ["03-05 11:50"]


def _from_the_email(document: Document) -> None:
    document["nodes"]["two_days"]["config"]["since"] = "email"


async def test_two_days_from_the_email(world: World) -> None:
    """The timer's anchor is a setting: counted from the email, they are over at 09:00."""
    await world.people("mario")
    await world.journey("mario", _from_the_email)
    await world.launch("mario")
    await world.at("03-03 12:01")
    await world.does("mario", "landing.visited")

    await world.at("03-05 08:59:59")
    await world.expect.messages("mario", "email")
    await world.at("03-05 09:00:00")

    await world.expect.messages("mario", "email", "sms")


@pytest.mark.parametrize(
    ("visits", "buys", "results"),
    [
        (True, False, ["email", "sms"]),
        (True, True, ["email"]),
        (False, True, ["email"]),
        (False, False, ["email"]),
    ],
)
async def test_only_visited_and_not_bought_gets_the_coupon(
    world: World, visits: bool, buys: bool, results: list[str]
) -> None:
    """Of the four combinations one takes the way to the coupon."""
    await begun(world)
    await world.at("03-03 12:01")
    if visits:
        await world.does("mario", "landing.visited")
    if buys:
        await world.buys("mario")

    await world.after(days=9)

    await world.expect.messages("mario", *results)
