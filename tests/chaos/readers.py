"""`python -m tests.chaos.readers`: seeded people who read, visit and buy, as a process that can be killed like any other.

Started again, it lives through its whole past once more and tells everything twice: message ids make that harmless. What
belongs to messages it brings in itself, as a webhook would; everything else goes through the API.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import exists, select

from api.house import runtime_of
from engine.audience.events import Incoming
from engine.enrolment.ingest import ingest
from engine.enrolment.runtime import Runtime
from engine.journey.time import iso
from engine.store.database import Database
from engine.store.sets import among
from engine.store.settings import Settings
from engine.store.tables import contact, membership, plan
from wend.play.crowd import Chances, Crowd

_LOOK_SECONDS = 0.1
_JOIN = 10
_AGAIN = 0.1
"""How likely a batch is told twice."""


class Readers:
    """The crowd's events, each told until it was taken."""

    def __init__(self, runtime: Runtime, chances: Chances, seed: int, api: int) -> None:
        self._runtime = runtime
        self._dice = random.Random(seed)
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{api}/v1", timeout=10) if api else None
        self._untold: list[Incoming] = []
        with runtime.database.read() as connection:
            published = runtime.plans.get(connection, connection.scalars(select(plan.c.id)).one())
        self._crowd = Crowd(published.plan, chances, seed)

    def join(self, event: str) -> None:
        """Let everybody who is in no segment do this, some at a time."""
        with self._runtime.database.read() as connection:
            alone = connection.scalars(
                select(contact.c.id)
                .where(~exists().where(membership.c.contact == contact.c.id))
                .order_by(contact.c.id)
            ).all()
        for start in range(0, len(alone), _JOIN):
            page = alone[start : start + _JOIN]
            joined = [Incoming(message_id=f"{who}/joined", name=event, contact=who) for who in page]
            ingest(self._runtime, joined, self._runtime.now())

    def turn(self) -> bool:
        """Look, act, tell. Whether anything happened."""
        runtime = self._runtime
        with runtime.database.read() as connection:
            noticed = self._crowd.notice(connection)
        acts = self._crowd.due(runtime.business_now())
        words = [one for one in acts if one.name.startswith("message.") or self._client is None]
        self._untold += [one for one in acts if not (one.name.startswith("message.") or self._client is None)]
        for _ in range(self._times()):
            if words:
                ingest(runtime, words, runtime.now())
            if self._untold and self._tell(self._untold):
                self._untold = []
        return noticed > 0 or len(acts) > 0

    def _times(self) -> int:
        return 2 if self._dice.random() < _AGAIN else 1

    def _tell(self, acts: Sequence[Incoming]) -> bool:
        assert self._client is not None
        try:
            answer = self._client.post("/batch", json={"batch": self._calls(acts)})
        except httpx.TransportError:
            return False  # the API is down, or died with the answer: it is told again
        if answer.status_code >= 500:
            return False
        answer.raise_for_status()
        assert answer.json()["success"], answer.text
        return True

    def _calls(self, acts: Sequence[Incoming]) -> list[dict[str, Any]]:
        with self._runtime.database.read() as connection:
            who = {row.id: row.external_id for row in connection.execute(
                select(contact.c.id, contact.c.external_id).where(among(contact.c.id, {one.contact or 0 for one in acts}))
            )}  # fmt: skip
        return [
            {
                "type": "track", "event": one.name, "userId": who[one.contact or 0], "messageId": one.message_id,
                "timestamp": iso(self._runtime.clock.real(one.at or 0)), "properties": dict(one.properties),
            }
            for one in acts
        ]  # fmt: skip


def main() -> None:
    """Read and act until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--opens", type=float, required=True)
    parser.add_argument("--buys", type=float, default=0.0)
    parser.add_argument("--api", type=int, default=0, help="the port of the API; 0 for none")
    parser.add_argument("--join", default="", help="the event by which whoever is in no segment enters")
    asked = parser.parse_args()
    runtime = runtime_of(Database(Settings.from_environment().database_url))
    readers = Readers(runtime, Chances(asked.opens, 0.0, asked.buys, asked.buys), asked.seed, asked.api)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if asked.join:
        readers.join(asked.join)
    idle = threading.Event()
    while True:
        if not readers.turn():
            idle.wait(_LOOK_SECONDS)


if __name__ == "__main__":
    main()
