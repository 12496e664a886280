"""The language of the acceptance tests: who there is, what they do, how time passes, and what is then to be seen.

    await world.people("lucia")
    await world.journey("not_opened")
    await world.launch("lucia")
    await world.after(days=1)
    await world.opens("lucia", "email")
    await world.expect.result("lucia", "opened")

The story begins at 08:59:30 on 3 March 2025, UTC. What somebody does, happens at the full second at which the story stands.
"""

from __future__ import annotations

import copy
import csv
import json
from asyncio import sleep
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from engine.journey.time import instant, iso
from tests.acceptance.stack import Stack
from tests.acceptance.surface import Seen, Stand, Surface

HOUSE = Path(__file__).resolve().parents[2]
EXAMPLES = HOUSE / "examples"
OWN = Path(__file__).parent / "journeys"
_PATIENCE_SECONDS, _LOOK_SECONDS = 60, 0.05
_UNITS = {"days": 86_400_000, "hours": 3_600_000, "minutes": 60_000, "seconds": 1_000}
Document = dict[str, Any]
Change = Callable[[Document], None]


def moment(text: str) -> int:
    """ "03-05 12:01" or "03-05 12:01:30", in the story's year, as an instant."""
    day, _, time = text.partition(" ")
    return instant(f"2025-{day}T{time or '00:00'}{':00' if time.count(':') < 2 else ''}Z")


def sample_people() -> dict[str, dict[str, Any]]:
    """The people of examples/contacts.csv, by name; what is not known of them is left out."""
    with (EXAMPLES / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: value for name, value in row.items() if value} for row in csv.DictReader(file)]
    return {row["external_id"]: row for row in rows}


class World:
    """A story on a running installation. Names are those of people; nodes are named by their ids."""

    def __init__(self, stack: Stack, surface: Surface) -> None:
        self.stack = stack
        self.surface = surface
        self.expect = Expect(self)
        self._journey: str | None = None
        self._document: Document = {}
        self._launches = 0

    @property
    def current(self) -> str:
        """The journey that the story is about."""
        assert self._journey is not None, "The story has no journey yet. Begin with world.journey(...)."
        return self._journey

    # ------------------------------------------------------------------------------------------- given

    async def people(self, *names: str) -> None:
        """These people of the examples are known."""
        for name in names:
            await self.person(name, **sample_people()[name])

    async def person(self, name: str, /, *, visitor: str | None = None, **traits: Any) -> None:
        """Somebody is known, with these traits; perhaps recognised as the one who was a visitor."""
        given = {key: value for key, value in traits.items() if value is not None and key != "external_id"}
        await self.surface.identify(name, given, visitor)
        await self.stack.settle()

    async def forgets(self, name: str, trait: str) -> None:
        """A trait of somebody's is taken away."""
        await self.surface.identify(name, {trait: None})

    async def crowd(self, size: int, /, **traits: Any) -> list[str]:
        """So many people with an email address and a phone, who fit the segment "crowd". Gives their names."""
        people = [f"person-{number:04}" for number in range(size)]
        await self.surface.identify_many(
            {
                name: {
                    "email": f"{name}@example.com",
                    "phone": f"+39320100{number:04}",
                    "crowd": "yes",
                    **traits,
                }
                for number, name in enumerate(people)
            }
        )
        await self.segment("crowd", condition={"op": "is", "field": "contact.crowd", "value": "yes"})
        return people

    async def journey(self, source: str | Document, *changes: Change) -> str:
        """An example, a journey of these tests (by its file's name) or a document is published, changed first."""
        document = _read(source) if isinstance(source, str) else copy.deepcopy(source)
        for change in changes:
            change(document)
        self._document = document
        self._journey = await self.surface.publish(document)
        return self._journey

    async def mend(self, *changes: Change) -> None:
        """The journey is changed and published again."""
        await self.journey(self._document, *changes)

    async def segment(self, name: str, *people: str, **rule: Any) -> None:
        """A segment of these people, or of whoever carries `tag` or fits `condition`."""
        await self.surface.make_segment(name, list(people), rule)

    # ------------------------------------------------------------------------------------------- what happens

    async def launch(
        self, *people: str, segment: str | None = None, again: str | None = None, live: bool = False
    ) -> str:
        """A campaign starts, for these people or for a segment; or the one of this id is started again. Gives its id.
        `live` takes those too who come into the segment later."""
        self._launches += 1
        if segment is None:
            segment = f"launch {self._launches}"
            await self.segment(segment, *people)
        campaign = await self.surface.launch(self.current, segment, again, "live" if live else "snapshot")
        await self.stack.settle()
        return campaign

    async def does(
        self, who: str | None, event: str, /, *, at: str | None = None, visitor: str | None = None,
        message_id: str | None = None, **properties: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Somebody, or a visitor, does something: now, or at an earlier time of which we hear now."""
        when = self.stack.moment if at is None else moment(at)
        given = await self.surface.track(who, event, properties, when, visitor=visitor, message_id=message_id)
        await self.stack.settle()
        return given

    async def all_do(self, people: list[str], event: str) -> None:
        """All of them do something, now."""
        await self.surface.track_many(people, event, self.stack.moment)
        await self.stack.settle()

    async def buys(
        self, who: str, *, channel: str | None = "online", at: str | None = None, total: float = 64.0
    ) -> None:
        """Somebody completes an order."""
        order: dict[str, Any] = {"order_id": f"{who}-{self.stack.moment}", "total": total, "currency": "EUR"}
        order |= {"channel": channel} if channel else {}
        await self.does(who, "Order Completed", at=at, **order)

    async def opens(self, who: str, node: str, journey: str | None = None) -> None:
        """Somebody opens the latest message of a node."""
        await self._engages("opened", who, node, journey)

    async def clicks(self, who: str, node: str, journey: str | None = None) -> None:
        """Somebody clicks in the latest message of a node."""
        await self._engages("clicked", who, node, journey)

    async def _engages(self, act: str, who: str, node: str, journey: str | None) -> None:
        messages = [seen for seen in await self.inbox(who, journey) if seen.node == node]
        assert messages, f"{who} has no message of {node}"
        await self.surface.act(messages[-1].id, act)
        await self.stack.settle()

    async def providers_do(self, account: str, **behaviour: Any) -> None:
        """A sandbox account fails as told: script=["refuse", "auth"] for the first attempts of every message."""
        await self.surface.set_account(account, behaviour)

    async def providers_work(self, account: str) -> None:
        """The account works, and what was wrong with it is mended."""
        await self.surface.set_account(account, {})

    async def retries(self, who: str) -> None:
        """An operator lets somebody's enrolment try its node again."""
        assert await self.surface.retry_enrolment((await self.enrolment(who)).id) == 1
        await self.stack.settle()

    async def after(self, **lengths: int) -> None:
        """Time passes: after(days=2, hours=1)."""
        length = sum(_UNITS[unit] * amount for unit, amount in lengths.items())
        await self.stack.advance(self.stack.moment + length)

    async def within(self, seconds: int, seen: Callable[[], Awaitable[object]]) -> None:
        """Something is to be seen within so many seconds of the story: for what looks now and then, and rests nowhere."""
        end = self.stack.moment + 1_000 * seconds
        deadline = monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                await seen()
            except AssertionError:
                if monotonic() > deadline:
                    raise
                await self.stack.advance(min(end, self.stack.moment + 5_000))
                await sleep(_LOOK_SECONDS)
            else:
                return

    async def at(self, text: str) -> None:
        """Time passes until "03-05 12:01"."""
        await self.stack.advance(moment(text))

    @asynccontextmanager
    async def without_workers(self) -> AsyncIterator[None]:
        """A block in which no worker runs."""
        async with self.stack.without_workers():
            yield

    async def idle_until(self, text: str) -> None:
        """Time passes while nobody works."""
        await self.stack.idle(moment(text))

    # ------------------------------------------------------------------------------------------- what is there

    async def inbox(self, who: str, journey: str | None = None) -> list[Seen]:
        """What somebody has received from the journey, in order."""
        seen = await self.surface.inbox(contact=await self.surface.contact(who))
        return [one for one in seen if one.journey == (journey or self.current)]

    async def code(self, who: str) -> str:
        """The code that somebody was given."""
        (code,) = await self.surface.codes(await self.surface.contact(who))
        return code

    async def events(self, who: str, name: str) -> list[str]:
        """When something happened to somebody, as their timeline has it: "03-05 18:00"."""
        return [minute(at) for at in await self.surface.events(who, name)]

    async def enrolment(self, who: str) -> Stand:
        """The one enrolment of somebody in the journey."""
        found = await self.enrolments(who)
        assert len(found) == 1, f"{who} has {len(found)} enrolments"
        return found[0]

    async def enrolments(self, who: str) -> list[Stand]:
        """All enrolments of somebody in the journey."""
        return await self.surface.enrolments(self.current, contact=await self.surface.contact(who))


class Expect:
    """What is to be seen. Each fails with what was seen instead."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def messages(self, who: str, *channels: str) -> list[Seen]:
        """Somebody has received messages on these channels, in this order, and no others."""
        seen = await self._world.inbox(who)
        assert [one.channel for one in seen] == list(channels)
        return seen

    async def result(self, who: str, result: str) -> None:
        """Somebody's enrolment has ended with this result."""
        stand = await self._world.enrolment(who)
        assert (stand.place, stand.result) == ("ended", result)

    async def resting(self, who: str, node: str) -> None:
        """Somebody rests at this node."""
        stand = await self._world.enrolment(who)
        assert (stand.place, stand.position) == ("resting", node)

    async def parked(self, who: str, node: str, cause: str) -> None:
        """Somebody is parked at this node, for this cause."""
        stand = await self._world.enrolment(who)
        assert (stand.place, stand.position, stand.reason) == ("parked", node, cause)

    async def path(self, who: str, *steps: str) -> None:
        """Somebody has passed these nodes by these ports, in this order: "email.sent"."""
        stand = await self._world.enrolment(who)
        assert [f"{node}.{port}" for node, port, _ in stand.path] == list(steps)

    async def timeline(self, who: str, *lines: str) -> None:
        """The same with times, to the minute: "03-05 09:00 sms.sent"."""
        stand = await self._world.enrolment(who)
        assert [f"{minute(at)} {node}.{port}" for node, port, at in stand.path] == list(lines)

    async def everybody(self, **counts: Any) -> None:
        """Of all who entered, so many are in these places, and ended with these results."""
        numbers = await self._world.surface.numbers(self._world.current)
        assert {name: numbers[name] for name in counts} == counts

    async def not_entered(self, who: str) -> None:
        """Somebody has no enrolment in the journey."""
        assert await self._world.enrolments(who) == []


def minute(at: int) -> str:
    """An instant as the stories write it: "03-05 12:01"."""
    return iso(at)[5:16].replace("T", " ")


def _read(name: str) -> Document:
    example = EXAMPLES / name / "journey.json"
    file = example if example.exists() else OWN / f"{name}.json"
    document: Document = json.loads(file.read_text(encoding="utf-8"))
    return document
