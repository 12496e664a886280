"""Examples, read from their folder."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from api.errors import NotFound
from api.examples.schemas import ExampleDetail, ExampleOut, SegmentNeeded
from engine.flow.asked import references
from engine.flow.condition import InSegment, parse_condition, walk
from engine.store.catalog import load_catalog
from engine.store.tables import segment

FOLDER = Path(__file__).parents[2] / "examples"
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")


def list_examples(folder: Path = FOLDER) -> list[ExampleOut]:
    """All examples, by name."""
    return [
        _shown(one, _document(one)) for one in sorted(folder.iterdir()) if (one / "journey.json").is_file()
    ]


def read_example(connection: Connection, name: str, folder: Path = FOLDER) -> ExampleDetail:
    """One example, and the segments that it needs. NotFound where there is none of this name."""
    place = find(name, folder)
    document = _document(place)
    shown = _shown(place, document)
    wanted: dict[str, dict[str, Any] | None] = dict.fromkeys(_named(connection, document))
    condition = place / "segment.json"
    if condition.is_file():
        wanted[f"For {shown.journey}"] = json.loads(condition.read_text(encoding="utf-8"))
    known = set(connection.scalars(select(segment.c.name).where(segment.c.name.in_(wanted))))
    return ExampleDetail(
        **dict(shown),
        document=document,
        segments=[
            SegmentNeeded(name=one, condition=rule, exists=one in known)
            for one, rule in sorted(wanted.items())
        ],
    )


def _named(connection: Connection, document: Mapping[str, Any]) -> Iterator[str]:
    """The segments that the document's nodes name, in fields and in conditions."""
    catalog = load_catalog(connection)
    for node in document["nodes"].values():
        manifest = catalog.get(node["type"], node.get("version", 1))
        if manifest is None:
            continue
        config = node.get("config", {})
        yield from (name for _, name in references(manifest, config, "segment"))
        for _, condition in references(manifest, config, "condition"):
            yield from (
                part.segment for part in walk(parse_condition(condition)) if isinstance(part, InSegment)
            )


def find(name: str, folder: Path = FOLDER) -> Path:
    """An example's own folder."""
    for one in folder.iterdir():
        if one.name == name and (one / "journey.json").is_file():
            return one
    raise NotFound(f'There is no example "{name[:60]}". Look at the list of examples.')


def picture(name: str) -> bytes:
    """The drawing of an example, as SVG."""
    file = find(name) / "journey.svg"
    if not file.is_file():
        raise NotFound(f'The example "{name}" has no picture. Open its journey instead.')
    return file.read_bytes()


def story(readme: str) -> tuple[str, str]:
    """The title and the story of an example's page: without its picture, commands and where its test is."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", readme.strip())]
    told: list[str] = []
    for at, part in enumerate(parts[1:], start=1):
        follows = parts[at + 1] if at + 1 < len(parts) else ""
        about_commands = part.startswith("```") or (follows.startswith("```") and part.endswith(":"))
        if not about_commands and not part.startswith("Test:") and not _PICTURE.fullmatch(part):
            told.append(part)
    return parts[0].lstrip("# "), "\n\n".join(told)


def _document(place: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((place / "journey.json").read_text(encoding="utf-8"))
    return document


def _shown(place: Path, document: Mapping[str, Any]) -> ExampleOut:
    page = place / "README.md"
    title, told = story(page.read_text(encoding="utf-8")) if page.is_file() else (document["name"], "")
    return ExampleOut(
        name=place.name,
        journey=document["name"],
        title=title,
        story=told,
        picture=(place / "journey.svg").is_file(),
        nodes=len(document["nodes"]),
    )
