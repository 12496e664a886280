"""examples/welcome: a form, a welcome, a day later within working hours a question."""

import pytest

from tests.acceptance.world import World, minute


async def signs_up(world: World, when: str, form: str = "newsletter") -> None:
    """Mario, in Rome, submits a form."""
    await world.people("mario")
    await world.journey("welcome")
    await world.at(when)
    await world.does("mario", "landing.visited")
    await world.does("mario", "form.submitted", form=form)


async def test_the_timeline_of_somebody_who_clicks(world: World) -> None:
    """A welcome at once, the question a day later, a tag for the click."""
    await signs_up(world, "03-03 10:00")
    await world.expect.messages("mario", "email")
    await world.at("03-04 10:01")
    welcome, question = await world.expect.messages("mario", "email", "email")
    assert welcome.content["subject"] == "Welcome, Mario!"
    assert question.content["subject"] == "What do you like best?"

    await world.at("03-06 20:00")
    await world.clicks("mario", "interests")

    await world.expect.timeline(
        "mario",
        "03-03 10:00 start.entered",
        "03-03 10:00 hello.sent",
        "03-04 10:01 pause.done",
        "03-04 10:01 office_hours.done",
        "03-04 10:01 interests.sent",
        "03-06 20:00 clicked.yes",
        "03-06 20:00 tag.done",
        "03-06 20:00 engaged.ended",
    )
    assert await world.surface.tags("mario") == ["engaged"]


async def test_somebody_who_only_opens_stays_quiet(world: World) -> None:
    """An open is no click."""
    await signs_up(world, "03-03 10:00")
    await world.at("03-04 12:00")
    await world.opens("mario", "interests")

    await world.after(days=4)

    await world.expect.result("mario", "quiet")


@pytest.mark.parametrize(
    ("signed_up", "asked"),
    [
        ("03-04 06:30", "03-05 08:00"),  # 07:30 in Rome: the window opens at 09:00
        ("03-04 18:00", "03-06 08:00"),  # 19:00 in Rome is too late for that day and the next
        ("03-06 18:00", "03-10 08:00"),  # Friday evening: Monday
    ],
)
async def test_the_question_comes_in_working_hours(world: World, signed_up: str, asked: str) -> None:
    """Within 09:00 and 18:00 of the contact's own zone, from Monday to Friday."""
    await signs_up(world, signed_up)

    await world.after(days=5)

    _, question = await world.expect.messages("mario", "email", "email")
    assert minute(question.at) == asked


async def test_another_form_starts_nothing(world: World) -> None:
    """The trigger has a condition on the event."""
    await signs_up(world, "03-03 10:00", form="contest")

    await world.expect.not_entered("mario")


async def test_signing_up_twice_enters_once(world: World) -> None:
    """Once ever is the rule, however often the form is submitted."""
    await signs_up(world, "03-03 10:00")

    await world.does("mario", "form.submitted", form="newsletter")
    await world.after(days=10)
    await world.does("mario", "form.submitted", form="newsletter")

    assert len(await world.enrolments("mario")) == 1
