"""A small language for flowcharts: `draw("in: campaign -> mail -> out", mail=("send_email", {...}))`."""

import re
from typing import Any

from engine.flow.compile import check, compile_flowchart
from engine.flow.diagnostic import Diagnostic
from engine.flow.document import Promotion, Template
from engine.flow.plan import Plan
from engine.flow.world import World
from tests.unit.flow.manifests import CATALOG

TEMPLATES = {
    "launch": {"channel": "email", "subject": "New", "text": "Look, {{ contact.first_name }}"},
    "reminder": {"channel": "sms", "text": "Still there"},
}
PROMOTIONS = {"spring": {"name": "Spring", "discount_percent": 10}}

# What a node of a type needs at least.
SMALLEST: dict[str, dict[str, Any]] = {
    "event": {"event": "Product Viewed"},
    "segment": {"segment": "vip"},
    "tag": {"tag": "ATTIVO"},
    "date": {"attribute": "birthday"},
    "engagement": {"message": "mail"},
    "wait_for": {"events": [{"event": "landing.visited", "port": "visited"}], "within": "2 days"},
    "has_tag": {"tag": "ATTIVO"},
    "in_segment": {"segment": "vip"},
    "condition": {"condition": {"op": "tagged", "tag": "ATTIVO"}},
    "attribute": {"field": "contact.city", "op": "is", "value": "Rome"},
    "delay": {"for": "2 days"},
    "wait_until": {"at": "09:00"},
    "split": {"branches": [{"port": "vip", "condition": {"op": "tagged", "tag": "ATTIVO"}}]},
    "random_split": {"arms": [{"port": "a"}, {"port": "b"}]},
    "parallel": {"branches": [{"port": "a"}, {"port": "b"}]},
    "goal": {"events": [{"event": "Order Completed"}], "result": "converted"},
    "exit": {"result": "done"},
    "send_email": {"template": "launch"},
    "send_sms": {"template": "reminder"},
    "give_coupon": {"promotion": "spring"},
    "add_tag": {"tag": "ATTIVO"},
}
_ARROW = re.compile(r"-(?:(\w+)-)?>")
FIRST_PORT = {
    "engagement": "yes", "condition": "yes", "has_tag": "yes", "in_segment": "yes", "attribute": "yes",
    "bought": "bought", "wait_for": "visited", "split": "vip", "repeat": "again", "goal": "reached",
    "send_email": "sent", "send_sms": "sent", "send_push": "sent", "give_coupon": "given", "acme.score": "high",
    "random_split": "a", "parallel": "a",
}  # fmt: skip


def draw(paths: str, settings: dict[str, Any] | None = None, **configs: dict[str, Any]) -> dict[str, Any]:
    """A document from paths: one a line, `id:type -> id:type -port-> id`. A plain arrow takes the first port.

    A type stands once; after that the id is enough. A config adds to the smallest one of its type.
    """
    nodes: dict[str, Any] = {}
    edges: dict[str, Any] = {}
    for line in filter(None, map(str.strip, paths.splitlines())):
        parts = _ARROW.split(line)
        ids = [_node(nodes, word.strip(), configs) for word in parts[::2]]
        for source, port, target in zip(ids, parts[1::2], ids[1:], strict=False):
            kind = nodes[source]["type"]
            chosen = port or FIRST_PORT.get(kind) or ("entered" if kind in TRIGGERS else "done")
            edges[f"e{len(edges) + 1}"] = {"from": source, "port": chosen, "to": target}
    document: dict[str, Any] = {
        "schema": 1,
        "name": "Test",
        "nodes": nodes,
        "edges": edges,
        "templates": {name: dict(part) for name, part in TEMPLATES.items()},
        "promotions": {name: dict(part) for name, part in PROMOTIONS.items()},
    }
    return document if settings is None else {**document, "settings": settings}


TRIGGERS = {"event", "segment", "tag", "campaign", "api_call", "date"}


def _node(nodes: dict[str, Any], word: str, configs: dict[str, dict[str, Any]]) -> str:
    name, _, kind = word.partition(":")
    if name not in nodes:
        config = {**SMALLEST.get(kind, {}), **configs.get(name, {})}
        nodes[name] = {"type": kind, "config": config}
    return name


def a_world(**changes: Any) -> World:
    """A world in which what the drawings name exists."""
    given: dict[str, Any] = {
        "segments": {"vip": 3, "nobody": 0, "spenders": 5},
        "condition_segments": {"spenders"},
        "channels": {"email", "sms"},
        "accounts": {"mailer": "email", "texter": "sms"},
        "tags": {"ATTIVO"},
        "variables": {"contact.first_name", "coupon.code", "event.*", "promotion.name"},
    }
    return World(**{**given, **changes})


def found(document: Any, world: World | None = None) -> list[Diagnostic]:
    """What the checks say of a drawing."""
    return check(document, CATALOG, world or a_world())


def codes(document: Any, world: World | None = None) -> list[str]:
    """The codes of what the checks say."""
    return [diagnostic.code for diagnostic in found(document, world)]


def plan_of(document: Any, world: World | None = None) -> Plan:
    """The plan of a drawing without errors."""
    return compile_flowchart(document, CATALOG, world or a_world())


def library(**contents: Template | Promotion) -> dict[str, Template | Promotion]:
    """Named contents."""
    return contents
