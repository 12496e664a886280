"""A journey that is not a line: parallel paths, the first of several events, a merge, a bounded loop."""

import copy
import json

import pytest

from tests.acceptance.world import OWN, Document, World

REMINDERS: Document = json.loads((OWN / "reminders.json").read_text(encoding="utf-8"))
ROUND = ("rounds.again", "both.mail", "both.app", "email.sent", "push.sent", "joined.done", "answer.timeout")


async def begun(world: World) -> None:
    """Mario, who has an email address and the app, is in the journey."""
    await world.people("mario")
    await world.journey("reminders")
    await world.launch("mario")


async def test_at_most_three_reminders(world: World) -> None:
    """Both channels in each round, three rounds, then the end."""
    await begun(world)
    await world.after(days=7)

    messages = await world.expect.messages("mario", *["email", "push"] * 3)
    assert len({seen.id for seen in messages}) == 6
    await world.expect.result("mario", "no answer")
    stand = await world.enrolment("mario")
    passed = [f"{node}.{port}" for node, port, _ in stand.path]
    assert {step: passed.count(step) for step in ROUND} == dict.fromkeys(ROUND, 3)
    assert passed[-2:] == ["rounds.done", "silent.ended"]


async def test_the_first_of_several_events_decides(world: World) -> None:
    """A purchase in the second round ends it; the click after it changes nothing."""
    await begun(world)
    await world.at("03-06 10:00")

    await world.buys("mario")
    await world.clicks("mario", "email")
    await world.after(days=5)

    await world.expect.messages("mario", "email", "push", "email", "push")
    await world.expect.result("mario", "bought")


async def test_a_click_ends_it(world: World) -> None:
    """The other of the events."""
    await begun(world)
    await world.at("03-03 10:00")

    await world.clicks("mario", "push")

    await world.expect.result("mario", "clicked")


@pytest.mark.parametrize(
    ("target", "code"), [("rounds", "repeat-without-rest"), ("both", "loop-without-rest")]
)
async def test_a_loop_without_a_wait_is_refused(world: World, target: str, code: str) -> None:
    """Bounded or not, it is named by the checks, with what to do, and cannot be published."""
    document = copy.deepcopy(REMINDERS)
    del document["nodes"]["answer"], document["nodes"]["clicked"], document["nodes"]["bought"]
    for edge in ("e9", "e10", "e11"):
        del document["edges"][edge]
    document["edges"]["e8"]["to"] = target

    found = {one["code"]: one for one in await world.surface.check(document)}

    assert found[code]["severity"] == "error"
    assert "Put a delay" in found[code]["fix"]["text"]
    with pytest.raises(AssertionError, match=code):
        await world.journey(document)
