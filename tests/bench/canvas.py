"""`canvas`: dragging a node among 500, frame by frame, against a bare React Flow canvas with the same nodes and edges."""

from __future__ import annotations

import json
import math
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.bench.compile import NODES, flowchart
from tests.bench.figure import Figure, Target, percentile
from tests.bench.rows import Bench
from tests.bench.window import Desk, desk

HOUSE = Path(__file__).resolve().parents[2]
_COLUMNS, _WIDE, _HIGH = 25, 280, 220
_ROUNDS = 3
_MOVES = 500
_PACE_SECONDS = 1 / 125
_RADIUS = 140
_EXACT = 0.003
_HEAD = 14
_RECORD = """() => {
  window.frames_ = [];
  const note = (at) => { window.frames_.push(at); if (window.frames_.length < 1e5) requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""
_STOP = "() => { const seen = window.frames_; window.frames_ = { push() {}, length: 1e6 }; return seen; }"
_ZOOM = "() => new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform).a"
# Of the nodes to be seen, the one in the middle.
_MIDDLE = """() => {
  const far = ({ x, y, width, height }) => Math.hypot(x + width / 2 - innerWidth / 2, y + height / 2 - innerHeight / 2);
  const boxes = [...document.querySelectorAll(".react-flow__node")].map((one) => one.getBoundingClientRect());
  const { x, y, width } = boxes.sort((one, other) => far(one) - far(other))[0];
  return [x + width / 2, y];
}"""


def measure_canvas(bench: Bench) -> list[Figure]:
    """Milliseconds from frame to frame while a node is dragged at zoom 1, the mouse moving 125 times a second."""
    document = drawing(NODES)
    with desk(bench, "canvas") as here, _bare(document) as bare:
        journey = here.place.draw(document)
        sides = {"designer": f"{here.address}/#/journeys/{journey}", "bare": bare}
        frames: dict[str, list[float]] = {side: [] for side in sides}
        for number in range(_ROUNDS):
            for side, address in sides.items():
                bench.say(
                    f"canvas: dragging among {len(document['nodes'])} nodes, {side}, {number + 1} of {_ROUNDS}"
                )
                frames[side] += _drag(here, address)
    return _figures(frames["designer"], frames["bare"])


def _figures(ours: list[float], bare: list[float]) -> list[Figure]:
    note = f"{len(ours):,} frames and {len(bare):,} of the bare canvas, in {_ROUNDS} drags each; the longest {max(ours):.0f} and {max(bare):.0f} ms"
    p50, p95 = (median(ours), median(bare)), (percentile(ours, 95), percentile(bare, 95))
    return [
        Figure("canvas.drag_p50", p50[0], "ms", p50[1], p50[0] / p50[1], note=note),
        Figure(
            "canvas.drag_p95", p95[0], "ms", p95[1], p95[0] / p95[1],
            targets=(Target("value", "<=", 17), Target("ratio", "<=", 1.2)), note=note,
        ),
    ]  # fmt: skip


def drawing(count: int) -> dict[str, Any]:
    """The flowchart that `compile` compiles, drawn in rows."""
    document = flowchart(count)
    for number, node in enumerate(document["nodes"].values()):
        node["position"] = {"x": number % _COLUMNS * _WIDE, "y": number // _COLUMNS * _HIGH}
    return document


def _drag(here: Desk, address: str) -> list[float]:
    with closing(here.window()) as page:
        page.goto(address)
        page.locator(".react-flow__node").first.wait_for()
        hand = page.context.new_cdp_session(page)
        _zoom_to_one(page, hand)
        x, y = page.evaluate(_MIDDLE)
        y += _HEAD
        _mouse(hand, "mouseMoved", x, y)
        _mouse(hand, "mousePressed", x, y)
        page.evaluate(_RECORD)
        began = time.monotonic()
        pause = threading.Event()
        for move in range(_MOVES):
            pause.wait(max(0.0, began + move * _PACE_SECONDS - time.monotonic()))
            turn = move / _MOVES * 6 * math.pi
            _mouse(hand, "mouseMoved", x + _RADIUS * math.sin(turn), y + _RADIUS * (1 - math.cos(turn)) / 2)
        seen: list[float] = page.evaluate(_STOP)
        _mouse(hand, "mouseReleased", x, y)
    return [after - before for before, after in pairwise(seen)]


def _mouse(hand: CDPSession, what: str, x: float, y: float) -> None:
    pressed = what != "mouseReleased"
    hand.send(
        "Input.dispatchMouseEvent",
        {"type": what, "x": x, "y": y, "button": "left", "buttons": int(pressed), "clickCount": 1},
    )


def _zoom_to_one(page: Page, hand: CDPSession) -> None:
    """Turn the wheel with Ctrl held, over the middle, until the canvas has its natural size."""
    page.mouse.move(720, 450)
    strength = 500.0
    for _ in range(60):
        before: float = page.evaluate(_ZOOM)
        if abs(before - 1) < _EXACT:
            return
        turn = math.log2(before) * strength
        hand.send(
            "Input.dispatchMouseEvent",
            {"type": "mouseWheel", "x": 720, "y": 450, "deltaX": 0, "deltaY": turn, "modifiers": 2},
        )
        page.wait_for_function(f"(before) => ({_ZOOM})() !== before", arg=before)
        after: float = page.evaluate(_ZOOM)
        strength = turn / math.log2(before / after) if after != before else strength
    raise RuntimeError(f"The canvas at {page.url} cannot be brought to its natural size.")


@contextmanager
def _bare(document: dict[str, Any]) -> Iterator[str]:
    """The bare canvas, built with the React Flow that the designer has, and served."""
    with tempfile.TemporaryDirectory(prefix="wend-bench-bare-") as folder:
        build = ["exec", "--", "vite", "build", "--config", "bench/vite.config.ts", "--outDir", folder]
        subprocess.run(
            [HOUSE / "scripts/npm", *build],
            cwd=HOUSE / "designer",
            check=True,
            capture_output=True,
            text=True,
        )
        (Path(folder) / "graph.json").write_text(json.dumps(document))
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_request(self, code: object = None, size: object = None) -> None:
        """Say nothing."""
