"""examples/coupon: not opened within two days, a coupon by SMS."""

from tests.acceptance.world import Document, World


async def test_the_timeline_of_somebody_who_does_not_open(world: World) -> None:
    """Two days after the email, and not a minute before, one SMS with a code of their own."""
    await world.people("lucia")
    await world.journey("coupon")

    await world.launch("lucia")
    await world.expect.messages("lucia", "email")
    await world.at("03-05 08:59:59")
    await world.expect.messages("lucia", "email")
    await world.at("03-05 09:00")

    _, sms = await world.expect.messages("lucia", "email", "sms")
    assert sms.content["text"].startswith("Lucia, 20% off for you alone with the code ")
    assert "until 12 March" in sms.content["text"]
    await world.expect.timeline(
        "lucia",
        "03-03 08:59 start.entered",
        "03-03 08:59 email.sent",
        "03-05 09:00 opened.no",
        "03-05 09:00 coupon.given",
        "03-05 09:00 sms.sent",
        "03-05 09:00 sent.ended",
    )
    await world.expect.result("lucia", "coupon sent")


async def test_the_timeline_of_somebody_who_opens(world: World) -> None:
    """An open ends the journey at once, and nothing more is sent."""
    await world.people("lucia")
    await world.journey("coupon")
    await world.launch("lucia")

    await world.at("03-04 10:00")
    await world.opens("lucia", "email")
    await world.after(days=5)

    await world.expect.messages("lucia", "email")
    await world.expect.timeline(
        "lucia",
        "03-03 08:59 start.entered",
        "03-03 08:59 email.sent",
        "03-04 10:00 opened.yes",
        "03-04 10:00 done.ended",
    )


async def test_everybody_gets_a_code_of_their_own(world: World) -> None:
    """Codes are unique, and somebody without a name or favourite gets a whole sentence, too."""
    await world.people("mario", "lucia")
    await world.person("nico", email="nico@example.com", phone="+39 320 000 0005")
    await world.journey("coupon")

    await world.launch("mario", "lucia", "nico")
    await world.after(days=2, minutes=1)

    sent = {who: await world.expect.messages(who, "email", "sms") for who in ("mario", "lucia", "nico")}
    texts = {who: sms.content["text"] for who, (_, sms) in sent.items()}
    assert len({text.partition("the code ")[2][:14] for text in texts.values()}) == 3
    assert texts["nico"].startswith("Hello, 20% off")


async def test_two_days_that_end_while_no_worker_runs(world: World) -> None:
    """The timer fires while all workers are stopped; once they run again there is one SMS, and it stays at one."""
    await world.people("lucia")
    await world.journey("coupon")
    await world.launch("lucia")
    await world.at("03-05 07:00")

    async with world.without_workers():
        await world.idle_until("03-05 09:00:01")
        await world.expect.messages("lucia", "email")

    await world.expect.messages("lucia", "email", "sms")
    await world.after(days=1)
    await world.expect.messages("lucia", "email", "sms")


def _without_email(document: Document) -> None:
    document["edges"]["e1"]["to"] = "coupon"
    for node in ("email", "opened", "done"):
        del document["nodes"][node]
    for edge in ("e2", "e3", "e4"):
        del document["edges"][edge]


async def test_a_journey_needs_no_email(world: World) -> None:
    """Email is one channel among others: a journey without it is published and runs to its end."""
    await world.people("paolo")
    await world.journey("coupon", _without_email)

    await world.launch("paolo")

    await world.expect.messages("paolo", "sms")
    await world.expect.result("paolo", "coupon sent")
