"""The crowd: seeded people who open, click, visit and buy in the sandbox.

Whether and when somebody acts on a message depends on the seed, the person and the node that sent it, on nothing else:
so a run can be repeated. They act at a random moment before the journey stops waiting for them.

Whoever clicks in an email has opened it before, so that clicks are a part of the opens: of emails, no more than the chance
of an open are opened or clicked at all. Visits and buys are a person's own: who buys need not have come by the page.
"""

import heapq
import random
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.delivery.sandbox import RECOGNISED
from engine.enrolment.ingest import Incoming
from engine.flow.plan import Plan, Wait
from engine.journey.time import after, zone
from engine.store.tables import contact, message, sandbox_message

_PAGE = 5_000
_PATIENCE_MS = 2 * 86_400_000
_EARLIEST, _LATEST = 0.02, 0.95


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely each act is, from 0 to 1, for each message (opens, clicks) or person (visits, buys). Of an email's clicks
    none is without an open: those beyond `opens` do not happen."""

    opens: float = 0.3
    clicks: float = 0.1
    visits: float = 0.1
    buys: float = 0.02


class Crowd:
    """Everyone's inbox watchers. `due` gives the events whose moment has come."""

    def __init__(self, plan: Plan, chances: Chances, seed: int) -> None:
        self._plan = plan
        self._chances = chances
        self._seed = seed
        self._seen = 0
        self._calendar: list[tuple[int, int, Incoming]] = []
        self._count = 0
        self._met: set[int] = set()
        self._windows = {node: _patience(plan, node) for node in plan.nodes}

    @property
    def waiting(self) -> int:
        """How many acts are still to come."""
        return len(self._calendar)

    def notice(self, connection: Connection) -> int:
        """Look at what the sandbox has accepted since the last look, and decide what its readers will do."""
        rows = connection.execute(
            select(
                sandbox_message.c.id, sandbox_message.c.send_key, sandbox_message.c.channel,
                sandbox_message.c.accepted_at, message.c.node, message.c.contact, contact.c.external_id,
            )
            .join(message, message.c.send_key == sandbox_message.c.send_key)
            .join(contact, contact.c.id == message.c.contact)
            .where(sandbox_message.c.id > self._seen, sandbox_message.c.address != RECOGNISED)
            .order_by(sandbox_message.c.id)
            .limit(_PAGE)
        ).all()  # fmt: skip
        for row in rows:
            self.receive(row.send_key, row.channel, row.accepted_at, row.node, row.contact, row.external_id)
            self._seen = row.id
        return len(rows)

    def receive(self, key: str, channel: str, at: int, node: str, who: int, name: str | None) -> None:
        """Decide what `who`, whose external id is `name`, does with a message that `node` sent and that came in `at`."""
        dice = random.Random(f"{self._seed}/{name or who}/{node}")
        window = self._windows[node]

        def moment(earliest: int = at + round(window * _EARLIEST)) -> int:
            return round(dice.uniform(earliest, at + window * _LATEST))

        drawn = dice.random()
        opens = channel == "email" and drawn < self._chances.opens
        clicks = drawn < self._chances.clicks and (opens or channel != "email")
        opened_at = moment()
        clicked_at = moment(opened_at) if opens else moment()
        if opens:
            self._plan_act(opened_at, "message.opened", who, f"{key}/opened", key)
        if clicks:
            self._plan_act(clicked_at, "message.clicked", who, f"{key}/clicked", key)
        if who in self._met:
            return
        self._met.add(who)
        dice = random.Random(f"{self._seed}/{name or who}")
        visits, buys = dice.random() < self._chances.visits, dice.random() < self._chances.buys
        visited_at, bought_at = moment(), moment()
        if visits:
            self._plan_act(visited_at, "landing.visited", who, f"{who}/visited")
        if buys:
            order = {"order_id": f"play-{who}", "channel": "online", "total": 10}
            self._plan_act(bought_at, "Order Completed", who, f"{who}/bought", properties=order)

    def _plan_act(
        self, at: int, name: str, who: int, message_id: str, key: str | None = None,
        properties: dict[str, object] | None = None,
    ) -> None:  # fmt: skip
        self._count += 1
        event = Incoming(
            message_id=message_id, name=name, at=at, contact=who, send_key=key, properties=properties or {}
        )
        heapq.heappush(self._calendar, (at, self._count, event))

    def due(self, now: int, most: int = 500) -> list[Incoming]:
        """The acts whose moment has come by the business instant `now`, in order."""
        acts: list[Incoming] = []
        while self._calendar and self._calendar[0][0] <= now and len(acts) < most:
            acts.append(heapq.heappop(self._calendar)[2])
        return acts


def _patience(plan: Plan, node: str) -> int:
    """How long the journey waits for something after `node`: the shortest wait that it can come to, in milliseconds."""
    seen = {node}
    level = [target for target in plan.nodes[node].ports.values() if target is not None]
    while level:
        waits = [plan.nodes[at].operation for at in level]
        limits = [
            after(0, wait.within, zone(None, "UTC"))
            for wait in waits
            if isinstance(wait, Wait) and wait.within is not None
        ]
        if limits:
            return min(limits)
        seen.update(level)
        level = [
            target
            for at in level
            for target in plan.nodes[at].ports.values()
            if target is not None and target not in seen
        ]
    return _PATIENCE_MS
