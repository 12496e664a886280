"""The journeys that chaos runs: the coupon example, and a stormy one that comes by every crash point."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.chaos.stack import JOINED, Scenery, make_scenery

COUPON: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "examples/coupon/journey.json").read_text()
)

STORM: dict[str, Any] = {
    "schema": 1,
    "name": "Storm",
    "nodes": {
        "start": {"type": "campaign"},
        "joined": {"type": "event", "config": {"event": JOINED}},
        "email": {"type": "send_email", "config": {"template": "offer"}},
        "opened": {
            "type": "engagement",
            "config": {"what": "opened", "message": "email", "within": "2 days"},
        },
        "tag": {"type": "add_tag", "config": {"tag": "reader"}},
        "push": {"type": "send_push", "config": {"template": "thanks"}},
        "read": {"type": "exit", "config": {"result": "read"}},
        "both": {
            "type": "parallel",
            "config": {"branches": [{"port": "by_sms"}, {"port": "by_email"}]},
        },
        "coupon": {"type": "give_coupon", "config": {"promotion": "SPECIAL-20"}},
        "sms": {"type": "send_sms", "config": {"template": "code"}},
        "night": {"type": "delay", "config": {"for": "1 day"}},
        "again": {"type": "send_email", "config": {"template": "reminder"}},
        "together": {"type": "merge", "config": {"mode": "all"}},
        "told": {"type": "exit", "config": {"result": "told"}},
        "order": {"type": "goal", "config": {"events": [{"event": "Order Completed"}], "result": "bought"}},
    },
    "edges": {
        "e1": {"from": "start", "port": "entered", "to": "email"},
        "e2": {"from": "joined", "port": "entered", "to": "email"},
        "e3": {"from": "email", "port": "sent", "to": "opened"},
        "e4": {"from": "opened", "port": "yes", "to": "tag"},
        "e5": {"from": "tag", "port": "done", "to": "push"},
        "e6": {"from": "push", "port": "sent", "to": "read"},
        "e7": {"from": "opened", "port": "no", "to": "both"},
        "e8": {"from": "both", "port": "by_sms", "to": "coupon"},
        "e9": {"from": "coupon", "port": "given", "to": "sms"},
        "e10": {"from": "sms", "port": "sent", "to": "together"},
        "e11": {"from": "both", "port": "by_email", "to": "night"},
        "e12": {"from": "night", "port": "done", "to": "again"},
        "e13": {"from": "again", "port": "sent", "to": "together"},
        "e14": {"from": "together", "port": "done", "to": "told"},
    },
    "templates": {
        "offer": {
            "channel": "email",
            "subject": "News",
            "text": "Dear {{ contact.first_name }}, we have news.",
        },
        "reminder": {
            "channel": "email",
            "subject": "Still there",
            "text": "Your code waits: {{ coupon.code|default('soon') }}.",
        },
        "thanks": {"channel": "push", "title": "Thank you", "text": "You have read it."},
        "code": {"channel": "sms", "text": "{{ coupon.discount_percent }} off with {{ coupon.code }}"},
    },
    "promotions": {
        "SPECIAL-20": {"name": "Twenty per cent", "discount_percent": 20, "coupon_valid_for": "7 days"}
    },
}


def storm_scenery(url: str, *, recognises: bool = True) -> Scenery:
    """The stormy journey, two segments, some people who are in none, and devices some of which are gone. `recognises`:
    whether the providers recognise a key that they have accepted."""
    keys = {} if recognises else {"recognises_keys": False}
    behaviour: dict[str, dict[str, Any]] = {
        "email": keys,
        "sms": keys,
        "push": {"share": {"bounce": 0.4}, **keys},
    }
    return make_scenery(url, STORM, {"first": 30, "second": 30}, more=20, behaviour=behaviour)


def coupon_scenery(url: str, parts: Mapping[str, int], *, recognises: bool = True) -> Scenery:
    """The coupon journey, and segments of so many contacts each."""
    keys = {} if recognises else {"recognises_keys": False}
    return make_scenery(url, COUPON, parts, behaviour={"email": keys, "sms": keys})
