"""The static segment ATTIVO, filled by the rule that tags whoever opens an email."""

from tests.acceptance.world import Document, World

ACTIVE: Document = {
    "schema": 1,
    "name": "For the active",
    "nodes": {
        "start": {"type": "segment", "config": {"segment": "ATTIVO", "when": "entered"}},
        "email": {"type": "send_email", "config": {"template": "thanks"}},
        "done": {"type": "exit", "config": {"result": "thanked"}},
    },
    "edges": {
        "e1": {"from": "start", "port": "entered", "to": "email"},
        "e2": {"from": "email", "port": "sent", "to": "done"},
    },
    "templates": {"thanks": {"channel": "email", "subject": "Thank you", "text": "Thank you for reading."}},
}


async def newsletter(world: World) -> str:
    """Lucia and paolo get a campaign; a journey waits for who enters ATTIVO. Gives the campaign's journey."""
    await world.people("lucia", "paolo")
    sent = await world.journey("not_opened")
    await world.launch("lucia", "paolo")
    await world.journey(ACTIVE)
    return sent


async def test_before_any_open_nobody_is_in_it(world: World) -> None:
    """A message alone makes nobody active."""
    await newsletter(world)

    assert await world.surface.members("ATTIVO") == []
    await world.expect.not_entered("lucia")


async def test_one_open_tags_once_and_starts_once(world: World) -> None:
    """One open, ten more opens: one tag, one membership, one enrolment."""
    sent = await newsletter(world)

    await world.at("03-03 12:00")
    for _ in range(11):
        await world.opens("lucia", "email", journey=sent)
        await world.after(minutes=1)

    assert await world.surface.tags("lucia") == ["ATTIVO"]
    assert await world.surface.members("ATTIVO") == ["lucia"]
    assert len(await world.events("lucia", "segment.entered")) == 1
    await world.expect.messages("lucia", "email")
    await world.expect.result("lucia", "thanked")


async def test_a_repeated_event_has_no_second_effect(world: World) -> None:
    """An event that is delivered again is known by its message id."""
    await world.people("lucia")
    await world.journey("welcome")
    await world.after(minutes=1)

    first = await world.does("lucia", "form.submitted", message_id="form-1", form="newsletter")
    second = await world.does("lucia", "form.submitted", message_id="form-1", form="newsletter")

    assert (first["recorded"], second["recorded"], second["repeated"]) == (1, 0, 1)
    await world.expect.messages("lucia", "email")


async def test_without_an_email_never_in_it(world: World) -> None:
    """Paolo has no email, so that he cannot open one."""
    await newsletter(world)

    await world.after(days=3)

    assert await world.surface.tags("paolo") == []
    await world.expect.not_entered("paolo")
