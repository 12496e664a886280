"""What the acceptance tests touch of Wend: its HTTP API, as a shop and a marketer would, and the providers' side.

The sandbox stands for providers: its log is what people find in their inboxes, and what they do there comes back as a
provider's webhook would bring it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from sqlalchemy import select, update

from engine.audience.contacts import find_contact
from engine.audience.segments import add_members, create_segment, ensure_list, members
from engine.enrolment.campaign import create_campaign
from engine.enrolment.ingest import Incoming, ingest
from engine.journey.time import iso
from engine.store.tables import account, enrolment, event, message, sandbox_message, step
from tests.acceptance.stack import Stack


@dataclass(frozen=True)
class Seen:
    """A message as its recipient sees it: where it came in, when, what it says, and the key that names it."""

    channel: str
    address: str
    at: int
    content: dict[str, str]
    send_key: str
    node: str


@dataclass(frozen=True)
class Stand:
    """An enrolment as an operator sees it. `path` holds the steps as (node, port, instant)."""

    id: str
    place: str
    position: str
    reason: str | None
    result: str | None
    path: list[tuple[str, str, int]]


class Surface:
    """Calls of the API, each of which must succeed."""

    def __init__(self, stack: Stack, client: httpx.AsyncClient) -> None:
        self._stack = stack
        self._client = client
        self._numbers = count(1)

    # ------------------------------------------------------------------------------------------- marketers

    async def publish(self, document: dict[str, Any]) -> str:
        """Publish a document, into the journey of its name where there is one. Gives the journey's id."""
        known = await self._get("/journeys", search=document["name"])
        found = [one["id"] for one in known["items"] if one["name"] == document["name"]]
        if found:
            draft = await self._get(f"/journeys/{found[0]}/draft")
            body = {"revision": draft["revision"], "document": document}
            made = await self._send("PUT", f"/journeys/{found[0]}/draft", body)
            journey, revision = found[0], made["revision"]
        else:
            made = await self._send("POST", "/journeys", {"document": document})
            journey, revision = made["id"], made["revision"]
        await self._send("POST", f"/journeys/{journey}/publish", {"revision": revision})
        return str(journey)

    async def check(self, document: dict[str, Any]) -> list[dict[str, Any]]:
        """What the checks say of a document."""
        found = await self._send("POST", "/journeys/check", {"document": document})
        diagnostics: list[dict[str, Any]] = found["diagnostics"]
        return diagnostics

    # ------------------------------------------------------------------------------------------- shops

    async def identify(self, user: str, traits: dict[str, Any], visitor: str | None = None) -> None:
        """Say who somebody is."""
        body = {"userId": user, "traits": traits, "messageId": self._message_id()}
        taken = await self._send("POST", "/identify", body | ({"anonymousId": visitor} if visitor else {}))
        assert taken["results"][0]["problems"] == []

    async def track(
        self, user: str | None, name: str, properties: dict[str, Any], at: int, *,
        visitor: str | None = None, message_id: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Say what somebody did, at an instant of the story."""
        body: dict[str, Any] = {
            "event": name, "properties": properties, "messageId": message_id or self._message_id(),
            "timestamp": iso(self._stack.runtime.clock.real(at)),
        }  # fmt: skip
        body |= {"userId": user} if user else {}
        return await self._send("POST", "/track", body | ({"anonymousId": visitor} if visitor else {}))

    def _message_id(self) -> str:
        return f"acceptance-{next(self._numbers)}"

    # ------------------------------------------------------------------------------------------- campaigns

    async def make_segment(
        self, name: str, users: list[str], condition: dict[str, Any] | None = None
    ) -> None:
        """Make a segment of a list, or of whoever fits a condition."""

        def work() -> None:
            with self._stack.database.write() as connection:
                now = self._stack.runtime.business_now()
                if condition is not None:
                    create_segment(connection, name, now=now, condition=condition)
                    return
                number = ensure_list(connection, name, now)
                found = [find_contact(connection, "external_id", user) for user in users]
                add_members(connection, number, [one for one in found if one is not None], now)

        await asyncio.to_thread(work)

    async def members(self, name: str) -> list[str]:
        """Who is in a segment now, by external id."""

        def work() -> list[str]:
            with self._stack.database.read() as connection:
                now = self._stack.runtime.business_now()
                found = members(connection, name, now=now)
                return [person.external_id or "" for person in found]

        return await asyncio.to_thread(work)

    async def launch(self, journey: str, segment: str, mode: str = "snapshot") -> str:
        """Start a campaign. Gives its id."""

        def work() -> str:
            with self._stack.database.write() as connection:
                now = self._stack.runtime.business_now()
                return str(create_campaign(connection, int(journey), segment, now=now))

        return await asyncio.to_thread(work)

    # ------------------------------------------------------------------------------------------- operators

    async def enrolments(self, journey: str, user: str | None = None) -> list[Stand]:
        """The enrolments of a journey, oldest first."""

        def work() -> list[Stand]:
            with self._stack.database.read() as connection:
                statement = select(enrolment).where(
                    enrolment.c.journey == int(journey), enrolment.c.root.is_(None)
                )
                if user is not None:
                    statement = statement.where(
                        enrolment.c.contact == find_contact(connection, "external_id", user)
                    )
                found = []
                for row in connection.execute(statement.order_by(enrolment.c.id)):
                    strands = select(enrolment.c.id).where(
                        (enrolment.c.id == row.id) | (enrolment.c.root == row.id)
                    )
                    steps = connection.execute(
                        select(step.c.node, step.c.port, step.c.at)
                        .where(step.c.strand.in_(strands))
                        .order_by(step.c.at, step.c.strand, step.c.no)
                    )
                    path = [(node, port, at) for node, port, at in steps]
                    found.append(Stand(str(row.id), row.place, row.position, row.reason, row.result, path))
                return found

        return await asyncio.to_thread(work)

    async def events(self, user: str, name: str) -> list[int]:
        """When somebody did something, as recorded."""

        def work() -> list[int]:
            with self._stack.database.read() as connection:
                who = find_contact(connection, "external_id", user)
                return list(
                    connection.scalars(
                        select(event.c.at)
                        .where(event.c.contact == who, event.c.name == name)
                        .order_by(event.c.at)
                    )
                )

        return await asyncio.to_thread(work)

    # ------------------------------------------------------------------------------------------- providers

    async def inbox(self, journey: str) -> list[Seen]:
        """All that the sandbox has accepted from a journey, in order."""

        def work() -> list[Seen]:
            log = sandbox_message.c
            statement = (
                select(log.channel, log.address, log.accepted_at, log.content, log.send_key, message.c.node)
                .join(message, message.c.send_key == log.send_key)
                .where(message.c.journey == int(journey))
                .order_by(log.id)
            )
            with self._stack.database.read() as connection:
                return [Seen(*row) for row in connection.execute(statement)]

        return await asyncio.to_thread(work)

    async def webhook(self, name: str, send_key: str, at: int) -> None:
        """A provider's word on a message."""
        incoming = Incoming(self._message_id(), name, at, send_key=send_key)
        await asyncio.to_thread(ingest, self._stack.runtime, [incoming], self._stack.now())

    async def set_account(self, name: str, behaviour: dict[str, Any]) -> None:
        """Tell a sandbox account how to fail, or ({}) to work; a fault that was noted is mended."""

        def work() -> None:
            with self._stack.database.write() as connection:
                connection.execute(
                    update(account).where(account.c.name == name).values(behaviour=behaviour, broken=None)
                )

        await asyncio.to_thread(work)

    # ------------------------------------------------------------------------------------------- HTTP

    async def _get(self, address: str, **query: Any) -> dict[str, Any]:
        answer = await self._client.get(address, params=query)
        assert answer.is_success, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def _send(self, method: str, address: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._client.request(method, address, json=body)
        assert answer.is_success, answer.text
        given: dict[str, Any] = answer.json()
        return given
