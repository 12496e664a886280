"""What the acceptance tests touch of Wend: its HTTP API, as marketers, shops and operators use it, the sandbox's inbox, and
the command line.

One thing is behind the API: the codes of coupons before they are sent, which nobody sees but their owners.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from sqlalchemy import select
from typer.testing import CliRunner, Result

from engine.journey.time import instant, iso
from engine.store.tables import coupon
from tests.acceptance.stack import Stack
from wend.command import app
from wend.command.screen import console

Body = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A message as its recipient sees it: where it came in, when, what it says, and the node that sent it."""

    id: str
    channel: str
    address: str
    at: int
    content: dict[str, str]
    journey: str
    node: str


@dataclass(frozen=True)
class Stand:
    """An enrolment as an operator sees it. `path` holds the steps as (node, port, instant), the earliest first, through the
    nodes that were drawn."""

    id: str
    place: str
    position: str
    reason: str | None
    result: str | None
    wake_at: int | None
    path: list[tuple[str, str, int]]


class Surface:
    """Calls of the API, each of which must succeed."""

    def __init__(self, stack: Stack, client: httpx.AsyncClient, database_url: str) -> None:
        self._stack = stack
        self._client = client
        self._database_url = database_url
        self._numbers = count(1)
        self._ids: dict[str, str] = {}

    # ------------------------------------------------------------------------------------------- marketers

    async def publish(self, document: Body) -> str:
        """Publish a document, into the journey of its name where there is one. Gives the journey's id."""
        known = await self._list("/journeys", search=document["name"])
        found = [one["id"] for one in known if one["name"] == document["name"]]
        if found:
            draft = await self._call("GET", f"/journeys/{found[0]}/draft")
            body = {"revision": draft["revision"], "document": document}
            made = await self._call("PUT", f"/journeys/{found[0]}/draft", body)
            journey, revision = found[0], made["revision"]
        else:
            made = await self._call("POST", "/journeys", {"document": document})
            journey, revision = made["id"], made["revision"]
        await self._call("POST", f"/journeys/{journey}/publish", {"revision": revision})
        return str(journey)

    async def check(self, document: Body) -> list[Body]:
        """What the checks say of a document."""
        found = await self._call("POST", "/journeys/check", {"document": document})
        diagnostics: list[Body] = found["diagnostics"]
        return diagnostics

    async def make_segment(self, name: str, people: list[str], rule: Body) -> None:
        """Make a segment of a list of people, or by a rule (`tag` or `condition`)."""
        contacts = [await self.contact(who) for who in people]
        await self._call("POST", "/segments", {"name": name, "contacts": contacts} | rule)

    async def members(self, name: str) -> list[str]:
        """Who is in a segment now, by external id."""
        number = await self._segment(name)
        return [one["external_id"] for one in await self._list(f"/segments/{number}/members")]

    async def size(self, name: str) -> int:
        """How many are in a segment now."""
        segment = await self._call("GET", f"/segments/{await self._segment(name)}")
        return int(segment["count"])

    async def segments(self) -> list[str]:
        """The names of all segments."""
        return [str(one["name"]) for one in await self._list("/segments")]

    async def _segment(self, name: str) -> str:
        return next(str(one["id"]) for one in await self._list("/segments") if one["name"] == name)

    async def launch(
        self, journey: str, segment: str, campaign: str | None = None, mode: str = "snapshot"
    ) -> str:
        """Start a campaign; the one with this id again, if it is given. Gives its id."""
        body: Body = {"journey": journey, "segment": segment, "mode": mode}
        started = await self._call("POST", "/campaigns", body | ({"id": campaign} if campaign else {}))
        return str(started["id"])

    # ------------------------------------------------------------------------------------------- shops

    async def identify(self, user: str, traits: Body, visitor: str | None = None) -> None:
        """Say who somebody is."""
        body = {"userId": user, "traits": traits, "messageId": self._message_id()}
        taken = await self._call("POST", "/identify", body | ({"anonymousId": visitor} if visitor else {}))
        assert taken["results"][0]["problems"] == []

    async def address(self, name: str, email: str) -> None:
        """Somebody signs up with an address alone; the test calls them by this name."""
        made = await self._call("POST", "/contacts", {"email": email})
        self._ids[name] = str(made["id"])

    async def identify_many(self, traits: dict[str, Body]) -> None:
        """Say of many who they are, in one call."""
        batch = [
            {"type": "identify", "userId": user, "traits": given, "messageId": self._message_id()}
            for user, given in traits.items()
        ]
        await self._batch(batch)

    async def track_many(self, users: list[str], name: str, at: int) -> None:
        """Say that all of them did something, in one call."""
        timestamp = iso(self._stack.runtime.clock.real(at))
        batch = [
            {"type": "track", "userId": user, "event": name, "messageId": self._message_id(), "timestamp": timestamp}
            for user in users
        ]  # fmt: skip
        await self._batch(batch)

    async def _batch(self, batch: list[Body]) -> None:
        taken = await self._call("POST", "/batch", {"batch": batch})
        assert taken["recorded"] == len(batch)

    async def track(
        self, user: str | None, name: str, properties: Body, at: int, *, visitor: str | None = None,
        message_id: str | None = None,
    ) -> Body:  # fmt: skip
        """Say what somebody did, at an instant of the story. Gives what was recorded and what was known."""
        body: Body = {
            "event": name, "properties": properties, "messageId": message_id or self._message_id(),
            "timestamp": iso(self._stack.runtime.clock.real(at)),
        }  # fmt: skip
        body |= {"userId": user} if user else {}
        return await self._call("POST", "/track", body | ({"anonymousId": visitor} if visitor else {}))

    def _message_id(self) -> str:
        return f"acceptance-{next(self._numbers)}"

    # ------------------------------------------------------------------------------------------- operators

    async def contact(self, who: str) -> str:
        """The id of the contact with this external id."""
        if who not in self._ids:
            found = await self._list("/contacts", search=who)
            self._ids[who] = next(str(one["id"]) for one in found if one["external_id"] == who)
        return self._ids[who]

    async def tags(self, who: str) -> list[str]:
        """The tags that somebody carries."""
        found = await self._call("GET", f"/contacts/{await self.contact(who)}")
        return [tag["name"] for tag in found["tags"]]

    async def events(self, who: str, words: str) -> list[int]:
        """When something happened to somebody, by the words of their timeline, the earliest first."""
        lines = await self._list(f"/contacts/{await self.contact(who)}/timeline")
        found = [line["at"] for line in lines if line["kind"] == "event" and line["words"].startswith(words)]
        return [instant(at) for at in reversed(found)]

    async def enrolments(self, journey: str, **wanted: str) -> list[Stand]:
        """Enrolments of a journey, the earliest first."""
        found = await self._list("/enrolments", journey=journey, **wanted)
        return [await self._stand(one) for one in reversed(found)]

    async def _stand(self, one: Body) -> Stand:
        lines = await self._list(f"/enrolments/{one['id']}/timeline")
        passed = [line for line in reversed(lines) if line["kind"] == "passed" and line["node"][0] != "~"]
        return Stand(
            one["id"], one["place"], one["node"], one["reason"], one["result"],
            instant(one["wake_at"]) if one["wake_at"] else None,
            [(line["node"], line["port"], instant(line["at"])) for line in passed],
        )  # fmt: skip

    async def numbers(self, journey: str) -> Body:
        """How many entered, where they stand, by which ports they left."""
        return await self._call("GET", f"/journeys/{journey}/numbers")

    async def incidents(self, journey: str) -> list[Body]:
        """What is parked, by cause, the largest first."""
        return await self._list("/incidents", journey=journey)

    async def retry_enrolment(self, enrolment: str) -> int:
        """Let one enrolment try its node again. Gives how many strands are on their way."""
        return int((await self._call("POST", f"/enrolments/{enrolment}/retry"))["enrolments"])

    async def retry_incident(self, incident: str) -> int:
        """Let all who are parked for a cause try their node again. Gives how many are on their way."""
        return int((await self._call("POST", f"/incidents/{incident}/retry"))["enrolments"])

    # ------------------------------------------------------------------------------------------- recipients

    async def inbox(self, **wanted: str) -> list[Seen]:
        """What the sandbox's mailbox, phone and device received, the earliest first."""
        return [
            Seen(
                one["id"], one["channel"], one["address"], instant(one["accepted_at"]), one["content"],
                one["journey"], one["node"],
            )
            for one in reversed(await self._list("/sandbox/messages", **wanted))
        ]  # fmt: skip

    async def act(self, message: str, act: str) -> None:
        """The recipient does something with a message: opened, clicked."""
        await self._call("POST", f"/sandbox/messages/{message}/acts", {"act": act})

    async def codes(self, contact: str) -> list[str]:
        """The codes that a contact was given."""

        def work() -> list[str]:
            with self._stack.database.read() as connection:
                return list(connection.scalars(select(coupon.c.code).where(coupon.c.contact == int(contact))))

        return await asyncio.to_thread(work)

    async def set_account(self, name: str, behaviour: Body) -> None:
        """Tell a sandbox account how to fail, or ({}) to work; a fault that was noted is mended."""
        await self._call("PATCH", f"/accounts/{name}", {"behaviour": behaviour, "repaired": True})

    # ------------------------------------------------------------------------------------------- the command line

    async def wend(self, *arguments: str) -> str:
        """Run a command of `wend`, and give what it printed."""
        result = await self._invoke(arguments)
        assert result.exit_code == 0, result.output or result.exception
        return str(result.output)

    async def wend_refuses(self, *arguments: str) -> str:
        """Run a command of `wend` that does not do what it is asked, and give what it says."""
        result = await self._invoke(arguments)
        assert result.exit_code == 1, result.output
        why = "" if isinstance(result.exception, SystemExit) else str(result.exception)
        return f"{result.output}{why}"

    async def _invoke(self, arguments: tuple[str, ...]) -> Result:
        environment = {"WEND_DATABASE_URL": self._database_url}
        # So wide that no text in a table is broken; the environment is read only once, by whoever prints first.
        console.width = 400
        runner = CliRunner()
        return await asyncio.to_thread(lambda: runner.invoke(app, list(arguments), env=environment))

    # ------------------------------------------------------------------------------------------- HTTP

    async def _call(
        self, method: str, address: str, body: Body | None = None, query: Mapping[str, str] | None = None
    ) -> Body:
        answer = await self._client.request(method, address, json=body, params=query)
        assert answer.is_success, f"{method} {address}: {answer.text}"
        given: Body = answer.json()
        return given

    async def _list(self, address: str, **query: str) -> list[Body]:
        """All items of a list, page by page."""
        found: list[Body] = []
        place: dict[str, str] = {}
        while True:
            page = await self._call("GET", address, query={"limit": "200", **query, **place})
            found += page["items"]
            if page["next"] is None:
                return found
            place = {"cursor": page["next"]}
