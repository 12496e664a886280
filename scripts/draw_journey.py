"""Draw the example journeys: `python scripts/draw_journey.py` writes a picture beside each examples/*/journey.json.

Triggers and exits are pills, states hexagons, acts boxes, control nodes boxes with cut corners; each family has its
colour. Nodes stand where the document says. The same document always gives the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.flow.document import Edge, Flowchart, Node  # noqa: E402 - a script finds the house first
from engine.flow.manifest import Catalog, Manifest  # noqa: E402
from engine.flow.summary import summarise  # noqa: E402
from nodes.sdk.colours import OF_FAMILY  # noqa: E402

WIDTH, HEIGHT, MARGIN = 164, 76, 28
GAP = 76
"""Between two columns, at the usual distance of 240."""
COVERS = {"mario": ROOT / "docs" / "pictures" / "journey.svg"}
"""Examples whose picture stands in the documentation as well."""

_FILLS = {"trigger": "#f0fdf4", "state": "#eff6ff", "act": "#fffbeb", "control": "#f8fafc"}
_FONT = "ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Box:
    """A node on the page: its upper left corner, and what is known of it."""

    x: float
    y: float
    id: str
    node: Node
    manifest: Manifest

    @property
    def centre(self) -> float:
        """The middle of its height."""
        return self.y + HEIGHT / 2


def draw(document: Mapping[str, Any], catalog: Catalog) -> str:
    """The journey as SVG. Every node needs a position and a known type."""
    flowchart = Flowchart.model_validate(document)
    boxes = {name: _box(name, node, catalog) for name, node in sorted(flowchart.nodes.items())}
    left, top = min(box.x for box in boxes.values()), min(box.y for box in boxes.values())
    right, bottom = max(box.x for box in boxes.values()), max(box.y for box in boxes.values())
    loops = 40 if any(_leads_back(edge, boxes) for edge in flowchart.edges.values()) else 0
    width, height = right - left + WIDTH + 2 * MARGIN, bottom - top + HEIGHT + 2 * MARGIN + loops
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_n(left - MARGIN)} {_n(top - MARGIN - loops)} '
        f'{_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}" font-family="{_FONT}" role="img">',
        f"<title>{escape(flowchart.name)}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#64748b"/></marker></defs>',
        f'<rect x="{_n(left - MARGIN)}" y="{_n(top - MARGIN - loops)}" width="{_n(width)}" height="{_n(height)}" '
        'rx="10" fill="#ffffff"/>',
    ]
    labels: list[str] = []
    for name in boxes:
        leaving = [edge for _, edge in sorted(flowchart.edges.items()) if edge.source == name]
        for path, label in _edges(boxes, name, leaving):
            lines.append(path)
            labels.append(label)
    names = {box.id: _title(box) for box in boxes.values()}
    for box in boxes.values():
        lines += _picture(box, names)
    # Last, so that nothing lies over the words.
    return "\n".join([*lines, *filter(None, labels), "</svg>"]) + "\n"


def _box(name: str, node: Node, catalog: Catalog) -> Box:
    manifest = catalog.get(node.type, node.version)
    if manifest is None:
        raise SystemExit(f"{name} is of the unknown type {node.type}. Correct the type in the document.")
    if node.position is None:
        raise SystemExit(f"{name} has no position. Give it one, for example by dragging it in the designer.")
    return Box(node.position.x, node.position.y, name, node, manifest)


def _leads_back(edge: Edge, boxes: Mapping[str, Box]) -> bool:
    return boxes[edge.target].x <= boxes[edge.source].x


# ------------------------------------------------------------------------------------------------- connections


def _edges(boxes: Mapping[str, Box], source: str, leaving: list[Edge]) -> Iterator[tuple[str, str]]:
    """Those of one node, each as a line and its label: forward ones leave at its right, the higher target first; those
    that lead back go above it."""
    box = boxes[source]
    ports = box.manifest.ports_of(box.node.config)
    labels = {port.key: port.label for port in ports}
    forward = sorted(
        (edge for edge in leaving if not _leads_back(edge, boxes)), key=lambda edge: boxes[edge.target].y
    )
    for place, edge in enumerate(forward):
        start = box.centre + (place - (len(forward) - 1) / 2) * 28
        yield _forward(box, start, boxes[edge.target], "" if len(ports) == 1 else labels[edge.port])
    for place, edge in enumerate(edge for edge in leaving if _leads_back(edge, boxes)):
        yield _back(box, boxes[edge.target], labels[edge.port], place)


def _forward(box: Box, start: float, target: Box, label: str) -> tuple[str, str]:
    x1, x2, y2 = box.x + WIDTH, target.x - 2, target.centre
    bend = max(28.0, min(60.0, (x2 - x1) / 2))
    shape = f"M{_n(x1)} {_n(start)}C{_n(x1 + bend)} {_n(start)} {_n(x2 - bend)} {_n(y2)} {_n(x2)} {_n(y2)}"
    near = x2 - x1 <= GAP
    y = start + (y2 - start) * (0.5 if near else 0.1)
    return _path(shape), _label(x1 + min(x2 - x1, GAP) / 2, y - 5, label)


def _back(box: Box, target: Box, label: str, place: int) -> tuple[str, str]:
    """An arc above; that of a node to itself begins at its right shoulder and ends at its left one."""
    inset = 52 - 26 * place
    x1, x2, rise = box.x + WIDTH - inset, target.x + inset, 24 + 30 * place
    up = min(box.y, target.y) - rise
    shape = f"M{_n(x1)} {_n(box.y)}C{_n(x1)} {_n(up)} {_n(x2)} {_n(up)} {_n(x2)} {_n(target.y - 2)}"
    return _path(shape), _label((x1 + x2) / 2, up + rise / 4 - 2, label)


def _path(shape: str) -> str:
    return f'<path d="{shape}" fill="none" stroke="#64748b" stroke-width="1.4" marker-end="url(#tip)"/>'


def _label(x: float, y: float, text: str) -> str:
    """The words of a port, on as many lines as fit the gap between two columns."""
    lines = wrap(text, 13)
    return "".join(
        f'<text x="{_n(x)}" y="{_n(y - 11 * (len(lines) - 1 - place))}" font-size="10.5" fill="#334155" '
        f'text-anchor="middle" stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )


# ------------------------------------------------------------------------------------------------- nodes


def _picture(box: Box, names: Mapping[str, str]) -> Iterator[str]:
    stroke, fill = OF_FAMILY[box.manifest.family], _FILLS[box.manifest.family]
    style = f'fill="{fill}" stroke="{stroke}" stroke-width="1.6"'
    yield f"<g><title>{escape(f'{box.manifest.label}: {_title(box)}')}</title>"
    yield _outline(box, style)
    title = wrap(_title(box), 22)[:2]
    detail = wrap(summarise(box.manifest, box.node.config, names), 29)[: 3 - len(title) + 1]
    lines = [(13.0, line) for line in title] + [(10.5, line) for line in detail]
    y = box.centre - sum(size + 3 for size, _ in lines) / 2
    for size, line in lines:
        y += size + 3
        weight = ' font-weight="600"' if size > 11 else ""
        colour = stroke if size > 11 else "#334155"
        yield (
            f'<text x="{_n(box.x + WIDTH / 2)}" y="{_n(y - 3)}" font-size="{size:g}"{weight} fill="{colour}" '
            f'text-anchor="middle">{escape(line)}</text>'
        )
    yield "</g>"


def _outline(box: Box, style: str) -> str:
    x, y = box.x, box.y
    if box.manifest.family == "state":
        return _polygon(
            [(x + 16, y), (x + WIDTH - 16, y), (x + WIDTH, box.centre), (x + WIDTH - 16, y + HEIGHT),
             (x + 16, y + HEIGHT), (x, box.centre)], style,
        )  # fmt: skip
    if box.manifest.family == "control" and box.manifest.operation not in ("exit", "goal"):
        c = 12
        return _polygon(
            [(x + c, y), (x + WIDTH - c, y), (x + WIDTH, y + c), (x + WIDTH, y + HEIGHT - c),
             (x + WIDTH - c, y + HEIGHT), (x + c, y + HEIGHT), (x, y + HEIGHT - c), (x, y + c)], style,
        )  # fmt: skip
    radius = 8 if box.manifest.family == "act" else HEIGHT / 2
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{WIDTH}" height="{HEIGHT}" rx="{_n(radius)}" {style}/>'


def _polygon(points: list[tuple[float, float]], style: str) -> str:
    return f'<polygon points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in points)}" {style}/>'


def _title(box: Box) -> str:
    return box.node.name or box.manifest.label


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


# ------------------------------------------------------------------------------------------------- files


def pictures() -> dict[Path, str]:
    """Every picture that belongs to the examples, by the file that it stands in."""
    from nodes.registry import load_registry

    catalog = Catalog(load_registry().manifests())
    made: dict[Path, str] = {}
    for file in sorted((ROOT / "examples").glob("*/journey.json")):
        drawn = draw(json.loads(file.read_text(encoding="utf-8")), catalog)
        made[file.with_suffix(".svg")] = drawn
        if file.parent.name in COVERS:
            made[COVERS[file.parent.name]] = drawn
    return made


if __name__ == "__main__":
    for place, text in pictures().items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        print(place.relative_to(ROOT))
