"""`overlay`: what numbers that change over a drawing of 100 nodes cost the browser, against the same page at rest."""

from __future__ import annotations

from contextlib import closing

from playwright.sync_api import CDPSession, Page

from engine.enrolment.runtime import Published
from engine.enrolment.tally import Changes, left, stands, write_changes
from tests.bench.canvas import drawing
from tests.bench.figure import Figure
from tests.bench.rows import Bench
from tests.bench.window import Desk, desk

_NODES = 100
_UPDATES = 10
_SETTLED_SECONDS = 3
_NUMBERS = "() => [...document.querySelectorAll('.react-flow__node')].map((one) => one.innerText)"


def measure_overlay(bench: Bench) -> list[Figure]:
    """Milliseconds of scripting for one set of new numbers, each of which is drawn in one frame."""
    with desk(bench, "overlay") as here, closing(here.window()) as page:
        published = here.place.publish(drawing(_NODES))
        page.goto(f"{here.address}/#/journeys/{published.journey}/watch")
        page.locator(".react-flow__node").first.wait_for()
        meter = page.context.new_cdp_session(page)
        meter.send("Performance.enable")
        page.wait_for_timeout(1000 * _SETTLED_SECONDS)
        bench.say("overlay: at rest")
        rest, _ = _spent(here, page, meter, None)
        bench.say("overlay: all numbers change once a second")
        busy, changed = _spent(here, page, meter, published)
    cost = (busy - rest) / _UPDATES
    return [
        Figure(
            "overlay", cost, "ms",
            note=f"scripting for each of {_UPDATES} changes of {changed} nodes' numbers, a second apart;"
            f" the page at rest has {rest:.1f} ms in as long, and {busy:.1f} ms with them",
        )
    ]  # fmt: skip


def _spent(here: Desk, page: Page, meter: CDPSession, published: Published | None) -> tuple[float, int]:
    """Milliseconds of scripting while numbers change (or do not), and on how many nodes they have."""
    before = page.evaluate(_NUMBERS)
    began = _scripting(meter)
    for _ in range(_UPDATES):
        if published is not None:
            _count(here, published)
        page.wait_for_timeout(1000)
    spent = _scripting(meter) - began
    changed = sum(one != other for one, other in zip(before, page.evaluate(_NUMBERS), strict=True))
    if published is not None and changed == 0:
        raise RuntimeError(f"No number has changed on {page.url}: there is nothing to measure.")
    return spent, changed


def _count(here: Desk, published: Published) -> None:
    """One more stands at every node, and one more has left it by each port."""
    changes = Changes()
    now = here.place.runtime.business_now()
    for key, node in published.plan.nodes.items():
        standing = stands(True, key, "resting", None)
        if standing is not None:
            changes[standing] += 1
        for port in node.ports:
            changes[left(key, port, now)] += 1
    with here.place.database.write() as connection:
        write_changes(connection, published.id, changes)


def _scripting(meter: CDPSession) -> float:
    metrics = meter.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "ScriptDuration")
