"""The examples: documents that can be published as they are, and pictures that show what they say."""

import csv
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from engine.content.messages import VARIABLES, render_message
from engine.enrolment.world import template_problems, template_variables
from engine.flow.compile import check, compile_flowchart
from engine.flow.condition import parse_condition
from engine.flow.document import Flowchart, Template
from engine.flow.manifest import Catalog
from engine.flow.world import World
from nodes.registry import load_registry
from scripts.draw_journey import GAP, HEIGHT, WIDTH, draw, pictures

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("*/journey.json"))
CATALOG = Catalog(load_registry().manifests())
WORLD = World(
    channels={"email", "sms", "push"},
    accounts={"sandbox-email": "email", "sandbox-sms": "sms", "sandbox-push": "push"},
    variables=frozenset(VARIABLES),
    template_problems=template_problems,
    template_variables=template_variables,
)
STRANGER: dict[str, Any] = {
    "contact": {"attributes": {}},
    "event": {},
    "coupon": {"code": "C0DE", "discount_percent": 20, "promotion": "P", "expires_at": "2025-03-12T09:00:00Z",
               "link": "https://shop.example.com/?coupon=C0DE"},
    "journey": {"name": "J", "values": {}},
}  # fmt: skip

every_example = pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)


def read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


@every_example
def test_an_example_can_be_published_without_a_word_of_the_checks(file: Path) -> None:
    """Nobody learns from a document with errors or warnings."""
    assert check(read(file), CATALOG, WORLD) == []


@every_example
def test_every_message_can_be_written_for_somebody_of_whom_nothing_is_known(file: Path) -> None:
    """A contact without a name, a favourite or a product gets a sentence too, never a raw placeholder."""
    document = Flowchart.model_validate(read(file))
    offers = [
        {"id": name, **offer.model_dump(exclude_none=True)} for name, offer in document.promotions.items()
    ]

    for template in document.templates.values():
        for offer in offers or [{}]:
            (message,) = render_message(template, [{**STRANGER, "promotion": offer}])
            assert isinstance(message, dict)
            assert "{{" not in json.dumps(message)
            assert set(message) == _written(template)


def _written(template: Template) -> set[str]:
    return {name for name in ("subject", "title", "html", "text", "link") if getattr(template, name)}


@every_example
def test_an_example_has_its_story_and_its_picture(file: Path) -> None:
    """Each folder has the same files, and its README shows the picture and names its test."""
    story = (file.parent / "README.md").read_text(encoding="utf-8")

    assert "![The journey](journey.svg)" in story
    assert (EXAMPLES.parent / "tests" / "acceptance" / f"test_{file.parent.name}.py").is_file()
    assert f"tests/acceptance/test_{file.parent.name}.py" in story


@every_example
def test_nodes_are_drawn_apart(file: Path) -> None:
    """No box lies on another, and between two columns there is room for words."""
    places = [node.position for node in Flowchart.model_validate(read(file)).nodes.values()]

    for one, other in combinations(places, 2):
        assert one is not None
        assert other is not None
        beside = abs(one.x - other.x) >= WIDTH + GAP
        assert beside or abs(one.y - other.y) > HEIGHT


def test_the_pictures_are_current() -> None:
    """`python scripts/draw_journey.py` would change nothing."""
    for place, drawn in pictures().items():
        assert place.read_text(encoding="utf-8") == drawn, f"{place.name} is old: run scripts/draw_journey.py"


def test_a_picture_shows_every_node_and_tells_states_from_acts() -> None:
    """States are hexagons, acts are boxes, each family with a colour of its own."""
    document = read(EXAMPLES / "coupon" / "journey.json")

    drawn = draw(document, CATALOG)

    assert drawn.count("<g>") == len(document["nodes"])
    assert drawn.count("<path d=") == len(document["edges"]) + 1
    assert drawn.count("<polygon") == 1
    assert (
        len({line.partition('stroke="')[2][:7] for line in drawn.split("\n") if line.startswith("<rect x")})
        == 4
    )


def test_names_in_a_picture_are_text_and_not_markup() -> None:
    """A node's name may hold signs that mean something in SVG."""
    document = read(EXAMPLES / "coupon" / "journey.json")
    document["nodes"]["email"]["name"] = "<script>&"

    assert "<script>" not in draw(document, CATALOG)


def test_mario_can_count_the_two_days_from_the_email() -> None:
    """What the README of mario offers as a setting can be published, too."""
    document = read(EXAMPLES / "mario" / "journey.json")
    document["nodes"]["two_days"]["config"]["since"] = "email"

    plan = compile_flowchart(document, CATALOG, WORLD)

    assert plan.nodes["two_days"].operation.op == "wait"
    assert plan.digest != compile_flowchart(read(EXAMPLES / "mario" / "journey.json"), CATALOG, WORLD).digest


def test_the_segment_of_the_launch_is_a_condition() -> None:
    """segment.json can be read as it is."""
    parse_condition(json.loads((EXAMPLES / "product_launch" / "segment.json").read_text(encoding="utf-8")))


def test_the_people_have_no_real_addresses() -> None:
    """Whatever is sent to the sample contacts by mistake reaches nobody."""
    with (EXAMPLES / "contacts.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))

    assert {person["external_id"] for person in people} == {"mario", "lucia", "paolo", "sara", "nico"}
    assert all(person["email"].endswith("@example.com") for person in people if person["email"])
