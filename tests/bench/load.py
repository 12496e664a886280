"""`bundle` and `first_paint`: what a browser that was never here must load, and how long until it shows something."""

from __future__ import annotations

import gzip
from contextlib import closing
from pathlib import Path
from statistics import median
from urllib.parse import urlparse

from playwright.sync_api import Page

from tests.bench.figure import Figure, Target
from tests.bench.rows import Bench
from tests.bench.stack import example
from tests.bench.window import Desk, desk

DIST = Path(__file__).resolve().parents[2] / "designer" / "dist"
_KILOBYTE = 1000
_CODE = (".js", ".css")
_TIMES = 7


def measure_bundle(bench: Bench) -> list[Figure]:
    """The scripts and style sheets that the list of journeys and a first editor load, each gzipped."""
    bench.say("bundle: what the first pages load")
    with desk(bench, "bundle") as here:
        return [_bundle(here, name, place) for name, place in _places(here).items()]


def _bundle(here: Desk, name: str, place: str) -> Figure:
    with closing(here.window()) as page:
        _visit(page, here, place)
        loaded: list[str] = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    files = {file for address in loaded if (file := Path(urlparse(address).path)).suffix in _CODE}
    sizes = {file.name: len(gzip.compress(_built(file).read_bytes())) for file in files}
    largest = max(sizes, key=sizes.__getitem__)
    return Figure(
        f"bundle.{name}", sum(sizes.values()) / _KILOBYTE, "kB", targets=(Target("value", "<=", 400),),
        note=f"{len(sizes)} files, gzip; the largest is {largest} with {sizes[largest] / _KILOBYTE:.0f} kB",
    )  # fmt: skip


def _built(file: Path) -> Path:
    return DIST / file.relative_to("/")


def measure_first_paint(bench: Bench) -> list[Figure]:
    """From the navigation to the first content, as the browser itself notes it; an empty cache each time."""
    bench.say("first_paint: opening pages")
    with desk(bench, "first-paint") as here:
        return [_first_paint(here, name, place) for name, place in _places(here).items()]


def _first_paint(here: Desk, name: str, place: str) -> Figure:
    painted, complete = [], []
    for _ in range(_TIMES):
        with closing(here.window()) as page:
            _visit(page, here, place)
            complete.append(page.evaluate("performance.now()"))
            painted.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
    return Figure(
        f"first_paint.{name}", median(painted), "ms", targets=(Target("value", "<=", 1000),),
        note=f"median of {_TIMES}, {min(painted):.0f} to {max(painted):.0f} ms;"
        f" its content is there after {median(complete):.0f} ms",
    )  # fmt: skip


def _places(here: Desk) -> dict[str, str]:
    """The list of journeys, and an editor with a journey in it."""
    return {"journeys": "#/", "editor": f"#/journeys/{here.place.publish(example('coupon')).journey}"}


def _visit(page: Page, here: Desk, place: str) -> None:
    page.goto(f"{here.address}/{place}")
    page.get_by_role("heading", level=1).wait_for()
    page.locator("table, .react-flow__node").first.wait_for()
