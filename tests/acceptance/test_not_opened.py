"""examples/not_opened: not opened within two days, the same promotion by SMS."""

import pytest

from tests.acceptance.world import Change, Document, World


def ending(at: str) -> Change:
    """PROMO-SPRING with a nearer end."""

    def change(document: Document) -> None:
        document["promotions"]["PROMO-SPRING"]["ends_at"] = at

    return change


async def test_the_timeline_of_somebody_who_does_not_open(world: World) -> None:
    """After two days exactly one SMS with the same discount and end as the email, and no code."""
    await world.people("lucia")
    await world.journey("not_opened")

    await world.launch("lucia")
    await world.expect.resting("lucia", "opened")
    await world.at("03-05 09:00")

    email, sms = await world.expect.messages("lucia", "email", "sms")
    for text in (email.content["text"], sms.content["text"]):
        assert "10% off until 31 March 2035" in text
        assert "code" not in text
    await world.expect.timeline(
        "lucia",
        "03-03 08:59 start.entered",
        "03-03 08:59 email.sent",
        "03-05 09:00 opened.no",
        "03-05 09:00 sms.sent",
        "03-05 09:00 sent.ended",
    )


async def test_an_open_ends_the_wait(world: World) -> None:
    """Whoever opens gets no SMS."""
    await world.people("lucia")
    await world.journey("not_opened")
    await world.launch("lucia")

    await world.at("03-04 15:00")
    await world.opens("lucia", "email")
    await world.after(days=3)

    await world.expect.messages("lucia", "email")
    await world.expect.result("lucia", "opened")


async def test_an_open_after_the_sms_is_recorded_and_no_more(world: World) -> None:
    """It comes too late to change anything, and sends nothing again."""
    await world.people("lucia")
    await world.journey("not_opened")
    await world.launch("lucia")
    await world.at("03-05 09:00")

    await world.at("03-05 18:00")
    await world.opens("lucia", "email")
    await world.after(days=3)

    await world.expect.messages("lucia", "email", "sms")
    await world.expect.result("lucia", "sms sent")
    assert await world.events("lucia", "message.opened") == ["03-05 18:00"]


async def test_without_a_phone_there_is_no_sms(world: World) -> None:
    """The port `unreachable`, whose name is the result where it is not connected."""
    await world.people("sara")
    await world.journey("not_opened")

    await world.launch("sara")
    await world.at("03-05 09:00")

    await world.expect.messages("sara", "email")
    await world.expect.path("sara", "start.entered", "email.sent", "opened.no", "sms.unreachable")
    await world.expect.result("sara", "unreachable")


async def test_a_click_counts_as_an_open(world: World) -> None:
    """Somebody whose pictures are blocked clicks without an open."""
    await world.people("lucia")
    await world.journey("not_opened")
    await world.launch("lucia")

    await world.at("03-04 15:00")
    await world.clicks("lucia", "email")
    await world.after(days=3)

    await world.expect.messages("lucia", "email")
    await world.expect.result("lucia", "opened")


async def test_an_open_of_another_message_changes_nothing(world: World) -> None:
    """Neither the email of another journey nor somebody else's email of this one counts."""
    await world.people("lucia", "mario")
    other = await world.journey("coupon")
    await world.launch("lucia")
    await world.journey("not_opened")
    await world.launch("lucia", "mario")

    await world.at("03-04 15:00")
    await world.opens("lucia", "email", journey=other)
    await world.opens("mario", "email")
    await world.at("03-05 09:00")

    await world.expect.messages("lucia", "email", "sms")
    await world.expect.messages("mario", "email")


@pytest.mark.parametrize(
    ("ends", "result"), [("2025-03-04T12:00:00Z", "expired"), ("2025-03-05T09:00:59Z", "sms sent")]
)
async def test_nothing_is_sent_of_a_promotion_that_has_ended(world: World, ends: str, result: str) -> None:
    """No SMS and the port `expired`, if the promotion ended before the wait did."""
    await world.people("lucia")
    await world.journey("not_opened", ending(ends))

    await world.launch("lucia")
    await world.at("03-05 09:00")

    await world.expect.messages("lucia", *(["email", "sms"] if result == "sms sent" else ["email"]))
    await world.expect.result("lucia", result)
