"""examples/cart_recovery: four hours without a change, a push; a day later an email; an order ends it."""

from typing import Any

from tests.acceptance.world import World

ESPRESSO: dict[str, Any] = {"product_id": "COF-01", "name": "Espresso machine", "price": 200.0, "quantity": 1}
GRINDER: dict[str, Any] = {"product_id": "COF-02", "name": "Coffee grinder", "price": 60.0, "quantity": 1}


async def shop(world: World, **traits: Any) -> None:
    """Giulia, who has the app, puts an espresso machine into her cart at 10:00."""
    known: dict[str, Any] = {"email": "giulia@example.com", "push_token": "P9"}
    await world.person("giulia", **known | traits)
    await world.journey("cart_recovery")
    await world.at("03-03 10:00")
    await world.does("giulia", "Product Added", **ESPRESSO)


async def test_the_timeline_of_a_cart_that_is_left(world: World) -> None:
    """Nothing at once, a push with the product after four hours, an email with it a day later."""
    await shop(world)
    await world.expect.messages("giulia")

    await world.at("03-03 13:59")
    await world.expect.messages("giulia")
    await world.at("03-03 14:00")
    await world.expect.messages("giulia", "push")
    await world.at("03-04 14:01")

    push, email = await world.expect.messages("giulia", "push", "email")
    assert push.content["text"] == "Espresso machine is waiting for you."
    assert email.content["subject"] == "Espresso machine is still in your cart"
    assert "200.00" in email.content["html"]
    await world.after(days=4)
    await world.expect.timeline(
        "giulia",
        "03-03 10:00 start.entered",
        "03-03 14:00 left.timeout",
        "03-03 14:00 push.sent",
        "03-04 14:01 next_day.done",
        "03-04 14:01 email.sent",
        "03-07 14:02 reminded.ended",
    )
    await world.expect.result("giulia", "reminded")


async def test_a_change_begins_the_four_hours_anew(world: World) -> None:
    """Changed at 12:00, reminded at 16:00, of the cart as one."""
    await shop(world)

    await world.at("03-03 12:00")
    await world.does("giulia", "Product Added", **GRINDER)
    await world.at("03-03 15:59")
    await world.expect.messages("giulia")
    await world.at("03-03 16:00")

    await world.expect.messages("giulia", "push")
    await world.expect.path("giulia", "start.entered", "left.changed", "left.timeout", "push.sent")


async def test_an_order_before_the_four_hours(world: World) -> None:
    """Ordered at 13:30, never reminded."""
    await shop(world)

    await world.at("03-03 13:30")
    await world.buys("giulia")
    await world.after(days=5)

    await world.expect.messages("giulia")
    await world.expect.result("giulia", "bought")


async def test_an_order_after_the_push(world: World) -> None:
    """The enrolment ends, and no email follows."""
    await shop(world)
    await world.at("03-03 14:00")

    await world.at("03-03 20:00")
    await world.buys("giulia")
    await world.after(days=5)

    await world.expect.messages("giulia", "push")
    await world.expect.result("giulia", "bought")


async def test_without_the_app_the_first_message_is_an_email(world: World) -> None:
    """A contact without a device gets the email at once, and only one."""
    await shop(world, push_token=None)

    await world.at("03-03 14:00")
    await world.after(days=2)

    await world.expect.messages("giulia", "email")
    await world.expect.resting("giulia", "reminded")


async def test_an_anonymous_cart(world: World) -> None:
    """A visitor's cart brings no message; one who is recognised in time has one enrolment."""
    await world.journey("cart_recovery")
    await world.at("03-03 10:00")
    await world.does(None, "Product Added", visitor="v-77", **ESPRESSO)

    await world.at("03-03 11:00")
    await world.person("elena", email="elena@example.com", visitor="v-77")
    await world.at("03-03 14:00")

    assert len(await world.enrolments("elena")) == 1
    await world.expect.messages("elena", "email")


async def test_the_next_cart_enters_anew(world: World) -> None:
    """After the end another cart begins another enrolment; while it lasts, a further product does not."""
    await shop(world)
    await world.does("giulia", "Product Added", **GRINDER)
    assert len(await world.enrolments("giulia")) == 1
    await world.buys("giulia")

    await world.at("03-10 10:00")
    await world.does("giulia", "Product Added", **GRINDER)

    first, second = await world.enrolments("giulia")
    assert (first.place, first.result) == ("ended", "bought")
    assert (second.place, second.position) == ("resting", "left")
