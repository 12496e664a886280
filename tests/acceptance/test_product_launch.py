"""examples/product_launch: TheToy to the right customers, on the channels that each has."""

import json
from typing import Any

from tests.acceptance.world import EXAMPLES, World

RIGHT = json.loads((EXAMPLES / "product_launch" / "segment.json").read_text(encoding="utf-8"))
ROBOT: dict[str, Any] = {"category": "robots", "product_id": "TOY-01"}


async def shop(world: World) -> None:
    """The people of the scenarios with what they did before the story, and the segment RIGHT."""
    await world.people("mario", "lucia", "paolo", "sara", "nico")
    for day in ("02-20", "02-25", "03-01"):
        await world.does("mario", "Product Viewed", at=f"{day} 10:00", **ROBOT)
    for day in ("02-26", "02-27"):
        await world.does("lucia", "Product Viewed", at=f"{day} 10:00", category="coffee", product_id="COF-01")
        await world.does("sara", "Product Viewed", at=f"{day} 10:00", **ROBOT)
    order: dict[str, Any] = {"order_id": "o-1", "total": 50.0, "channel": "online", "category": "robots"}
    await world.does("paolo", "Order Completed", at="02-20 12:00", **order)
    await world.does("paolo", "Product Viewed", at="02-28 10:00", **ROBOT)
    await world.segment("RIGHT", condition=RIGHT)


async def test_the_segment_of_the_right_customers(world: World) -> None:
    """Bought a robot or looked at robots twice in 30 days, and no open case: mario and paolo."""
    await shop(world)

    assert await world.surface.size("RIGHT") == 2
    assert sorted(await world.surface.members("RIGHT")) == ["mario", "paolo"]


async def test_the_timeline_of_the_launch(world: World) -> None:
    """Mario by email and in the app, paolo by SMS, all with one promotion, and nobody else anything."""
    await shop(world)
    await world.journey("product_launch")

    await world.launch(segment="RIGHT")

    email, push = await world.expect.messages("mario", "email", "push")
    (sms,) = await world.expect.messages("paolo", "sms")
    assert (push.address, sms.address) == ("P1", "+393200000003")
    for seen in (email, push, sms):
        assert "10% off" in seen.content["text"]
        assert "https://shop.example.com/products/TOY-01" in json.dumps(seen.content)
    for somebody in ("lucia", "sara", "nico"):
        await world.expect.not_entered(somebody)
    await world.expect.timeline(
        "paolo", "03-03 08:59 start.entered", "03-03 08:59 email.unreachable", "03-03 08:59 sms.sent"
    )
    await world.after(days=14, minutes=2)
    await world.expect.result("mario", "told")
    await world.expect.result("paolo", "told")


async def test_accepted_on_the_telephone(world: World) -> None:
    """The agent's answer ends the enrolment, another answer does not."""
    await shop(world)
    await world.journey("product_launch")
    await world.launch(segment="RIGHT")

    await world.at("03-03 11:00")
    await world.does("paolo", "agent.answered", answer="accepted")
    await world.does("mario", "agent.answered", answer="called back later")

    await world.expect.result("paolo", "accepted")
    await world.expect.resting("mario", "told")
    await world.expect.messages("paolo", "sms")


async def test_launching_twice_reaches_nobody_twice(world: World) -> None:
    """Neither the same campaign started again nor a second one sends a second message."""
    await shop(world)
    await world.journey("product_launch")
    campaign = await world.launch(segment="RIGHT")

    await world.launch(segment="RIGHT", again=campaign)
    await world.launch(segment="RIGHT")

    await world.expect.messages("mario", "email", "push")
    await world.expect.messages("paolo", "sms")
    assert (await world.surface.numbers(world.current))["entered"] == 2


async def test_who_comes_into_the_segment_later_is_not_told(world: World) -> None:
    """A snapshot campaign takes who is in the segment as it starts."""
    await shop(world)
    await world.journey("product_launch")
    await world.launch(segment="RIGHT")

    await world.at("03-04 09:00")
    await world.person("sara", open_case="no")
    await world.after(minutes=5)

    assert await world.surface.size("RIGHT") == 3
    await world.expect.not_entered("sara")


async def test_a_live_campaign_tells_those_who_come_later(world: World) -> None:
    """Sara's case is closed, she comes into the segment, and is told within a minute."""
    await shop(world)
    await world.journey("product_launch")
    await world.launch(segment="RIGHT", live=True)
    await world.within(5, lambda: world.expect.messages("mario", "email", "push"))
    await world.expect.not_entered("sara")

    await world.person("sara", open_case="no")

    await world.within(60, lambda: world.expect.messages("sara", "email", "push"))
    await world.expect.messages("mario", "email", "push")


async def test_only_the_app(world: World) -> None:
    """Somebody with neither address is told in the app; somebody without anything ends as unreachable."""
    await world.person("app", push_token="P7")
    await world.person("nobody", favourite="robots")
    await world.journey("product_launch")

    await world.launch("app", "nobody")
    await world.after(days=14, minutes=2)

    await world.expect.messages("app", "push")
    await world.expect.messages("nobody")
    await world.expect.result("nobody", "unreachable")
