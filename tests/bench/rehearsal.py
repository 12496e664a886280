"""`rehearsal`: a crowd goes through a journey of twelve nodes in virtual time."""

import random
import time
from typing import Any

from engine.flow.compile import compile_flowchart
from engine.flow.manifest import Catalog
from engine.flow.plan import Plan, PlanNode, Wait
from engine.journey.contact import Contact
from engine.journey.crowd import Usual, rehearse
from nodes.registry import load_registry
from tests.bench.compile import world
from tests.bench.figure import Figure, Target
from tests.bench.rows import Bench

_DAYS = 30
_START = 1_772_438_400_000
_ZONES = ("Europe/Rome", "America/New_York", "Asia/Tokyo")
_CHANCE = 0.3
_DAY_MS = 86_400_000


class Readers(Usual):
    """A seeded crowd: some answer each wait, at a random moment of its first two days."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def wait(self, node_id: str, node: PlanNode, contact: int) -> tuple[str, int] | None:
        """Its first port, for some."""
        assert isinstance(node.operation, Wait)
        if self._dice.random() >= _CHANCE:
            return None
        return node.operation.arms[0].port, round(self._dice.uniform(0, 2 * _DAY_MS))


def measure_rehearsal(bench: Bench) -> list[Figure]:
    """Seconds for everyone to enter at once and travel for 30 days."""
    count = bench.sizes.contacts
    bench.say(f"a rehearsal with {count:,} contacts")
    plan = _plan()
    contacts = [
        Contact(number, {"first_name": "Mario"}, _ZONES[number % len(_ZONES)])
        for number in range(1, count + 1)
    ]
    began, busy = time.perf_counter(), time.process_time()
    forecast = rehearse(plan, contacts, _START, _DAYS, Readers(1))
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    steps = sum(forecast.edges.values())
    return [
        Figure(
            "rehearsal", seconds, "s", targets=(Target("value", "<=", 10),),
            note=f"{count:,} contacts, {len(plan.nodes)} nodes, {_DAYS} days, {steps:,} steps,"
            f" {sum(forecast.results.values()):,} ended; one run, {busy:.1f} s of processor time",
        )
    ]  # fmt: skip


def _plan() -> Plan:
    return compile_flowchart(_JOURNEY, Catalog(load_registry().manifests()), world())


_TEMPLATES = {
    "letter": {"channel": "email", "subject": "News", "text": "Dear {{ contact.first_name }}, news."},
    "code": {"channel": "sms", "text": "{{ contact.first_name }}, your code: {{ coupon.code }}"},
}
_JOURNEY: dict[str, Any] = {
    "schema": 1,
    "name": "Twelve nodes",
    "nodes": {
        "start": {"type": "campaign"},
        "hello": {"type": "send_email", "config": {"template": "letter"}},
        "opened": {
            "type": "engagement",
            "config": {"what": "opened", "message": "hello", "within": "3 days"},
        },
        "thanks": {"type": "send_email", "config": {"template": "letter"}},
        "rest": {"type": "delay", "config": {"for": "2 days"}},
        "hours": {
            "type": "wait_until",
            "config": {"opens": "09:00", "closes": "18:00", "weekdays": [0, 1, 2, 3, 4]},
        },
        "again": {"type": "send_email", "config": {"template": "letter"}},
        "clicked": {
            "type": "engagement",
            "config": {"what": "clicked", "message": "again", "within": "5 days"},
        },
        "coupon": {"type": "give_coupon", "config": {"promotion": "offer"}},
        "sms": {"type": "send_sms", "config": {"template": "code"}},
        "won": {"type": "exit", "config": {"result": "clicked"}},
        "told": {"type": "exit", "config": {"result": "coupon sent"}},
    },
    "edges": {
        f"e{number}": {"from": source, "port": port, "to": target}
        for number, (source, port, target) in enumerate(
            [
                ("start", "entered", "hello"),
                ("hello", "sent", "opened"),
                ("opened", "yes", "thanks"),
                ("opened", "no", "rest"),
                ("thanks", "sent", "rest"),
                ("rest", "done", "hours"),
                ("hours", "done", "again"),
                ("again", "sent", "clicked"),
                ("clicked", "yes", "won"),
                ("clicked", "no", "coupon"),
                ("coupon", "given", "sms"),
                ("sms", "sent", "told"),
            ]
        )
    },
    "templates": _TEMPLATES,
    "promotions": {"offer": {"name": "Offer", "discount_percent": 10}},
}
