"""`compile`: checking and compiling a flowchart of 500 nodes."""

import random
import time
from statistics import median, quantiles
from typing import Any

from engine.content.messages import VARIABLES
from engine.enrolment.world import template_problems, template_variables
from engine.flow.compile import check, compile_flowchart
from engine.flow.manifest import Catalog
from engine.flow.world import World
from nodes.registry import load_registry
from tests.bench.figure import Figure, Target
from tests.bench.rows import Bench

NODES = 500
_TIMES = 40
_STAGE = ("email", "opened", "coupon", "sms", "wait")


def measure_compile(bench: Bench) -> list[Figure]:
    """The time from a document as plain JSON values to every diagnostic and the plan: `check`, then `compile`."""
    bench.say(f"compiling {NODES} nodes")
    document, around = flowchart(NODES), world()
    catalog = Catalog(load_registry().manifests())
    checked, compiled, busy = [], [], []
    for _ in range(_TIMES):
        began = time.perf_counter()
        check(document, catalog, around)
        checked.append((time.perf_counter() - began) * 1000)
        began, used = time.perf_counter(), time.process_time()
        compile_flowchart(document, catalog, around)
        busy.append((time.process_time() - used) * 1000)
        compiled.append((time.perf_counter() - began) * 1000)
    spread = quantiles(compiled)
    return [
        Figure(
            "compile", median(compiled), "ms", targets=(Target("value", "<=", 100),),
            note=f"read, resolve, check, lower and fuse {len(document['nodes'])} nodes; median of {_TIMES}, the middle"
            f" half {spread[0]:.1f} to {spread[2]:.1f} ms; {median(busy):.1f} ms of processor time;"
            f" checking alone, as the designer does: {median(checked):.1f} ms",
        )
    ]  # fmt: skip


def world() -> World:
    """An installation with the sandbox's accounts for email and SMS, and the real checks of templates."""
    return World(
        channels={"email", "sms"},
        accounts={"sandbox-email": "email", "sandbox-sms": "sms"},
        variables=VARIABLES,
        template_problems=template_problems,
        template_variables=template_variables,
    )


def flowchart(count: int) -> dict[str, Any]:
    """A journey of `count` nodes: stage after stage of email, wait for an open, coupon, SMS and delay; whoever opens skips
    the coupon, and now and then the way splits."""
    dice = random.Random(count)
    nodes: dict[str, Any] = {
        "start": {"type": "campaign"},
        "end": {"type": "exit", "config": {"result": "done"}},
    }
    edges: list[tuple[str, str, str]] = []
    previous = ("start", "entered")
    stages = (count - 2) // len(_STAGE)
    for stage in range(stages):
        ids = {name: f"{name}{stage}" for name in _STAGE}
        nodes |= {
            ids["email"]: {"type": "send_email", "config": {"template": f"letter{stage % 20}"}},
            ids["opened"]: {
                "type": "engagement", "config": {"what": "opened", "message": ids["email"], "within": "2 days"},
            },
            ids["coupon"]: {"type": "give_coupon", "config": {"promotion": f"offer{stage % 5}"}},
            ids["sms"]: {"type": "send_sms", "config": {"template": f"code{stage % 20}"}},
            ids["wait"]: {"type": "delay", "config": {"for": f"{dice.randint(1, 9)} days"}},
        }  # fmt: skip
        edges += [
            (*previous, ids["email"]),
            (ids["email"], "sent", ids["opened"]),
            (ids["opened"], "yes", ids["wait"]),
            (ids["opened"], "no", ids["coupon"]),
            (ids["coupon"], "given", ids["sms"]),
            (ids["sms"], "sent", ids["wait"]),
        ]
        previous = (ids["wait"], "done")
    previous = _filled(nodes, edges, previous, count)
    edges.append((*previous, "end"))
    return {
        "schema": 1,
        "name": f"{count} nodes",
        "nodes": nodes,
        "edges": {f"e{n}": {"from": a, "port": port, "to": b} for n, (a, port, b) in enumerate(edges)},
        "templates": _templates(),
        "promotions": {f"offer{n}": {"name": f"Offer {n}", "discount_percent": 10 + n} for n in range(5)},
    }


def _filled(
    nodes: dict[str, Any], edges: list[tuple[str, str, str]], previous: tuple[str, str], count: int
) -> tuple[str, str]:
    """Delays for the nodes that are missing to the count."""
    for number in range(count - len(nodes)):
        rest = f"rest{number}"
        nodes[rest] = {"type": "delay", "config": {"for": "1 day"}}
        edges.append((*previous, rest))
        previous = (rest, "done")
    return previous


def _templates() -> dict[str, Any]:
    name = '{{ contact.first_name|default("friend") }}'
    letters = {
        f"letter{n}": {
            "channel": "email", "subject": f"{name}, letter {n}",
            "html": f"<p>Dear {name},</p><p>{{% if contact.last_name %}}letter {n}{{% endif %}}</p>",
            "text": f"Dear {name}, letter {n}",
        }
        for n in range(20)
    }  # fmt: skip
    codes = {
        f"code{n}": {"channel": "sms", "text": f"{name}, your code {{{{ coupon.code }}}}, {n}"}
        for n in range(20)
    }
    return letters | codes
