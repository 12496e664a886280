"""The examples over HTTP: ready to become journeys."""

from __future__ import annotations

import pytest

from api.examples.queries import FOLDER, list_examples, story
from tests.api.driver import Api


async def test_every_example_is_listed_with_its_story(api: Api) -> None:
    """Each folder of examples/ with a journey is offered, with words that are no commands."""
    found = (await api.get("/examples"))["items"]

    assert {one["name"] for one in found} == {file.parent.name for file in FOLDER.glob("*/journey.json")}
    assert len(found) >= 6
    for one in found:
        assert one["title"]
        assert one["story"]
        assert one["picture"]
        assert "```" not in one["story"]
        assert "tests/" not in one["story"]


@pytest.mark.parametrize("name", [one.name for one in list_examples()])
async def test_an_example_becomes_a_journey_that_can_be_published(api: Api, name: str) -> None:
    """What the gallery gives is saved and published as it is."""
    document = (await api.get(f"/examples/{name}"))["document"]

    made = await api.post("/journeys", {"document": document})

    assert (await api.post(f"/journeys/{made['id']}/publish", {"revision": 1}))["number"] == 1


async def test_an_example_says_which_segments_it_needs(api: Api) -> None:
    """A segment that the example is made for is told with its condition, and whether there is one of its name."""
    before = (await api.get("/examples/product_launch"))["segments"]
    await api.post("/segments", {"name": before[0]["name"], "condition": before[0]["condition"]})
    after = (await api.get("/examples/product_launch"))["segments"]

    assert [one["exists"] for one in before] == [False]
    assert before[0]["condition"]["op"] == "all"
    assert [one["exists"] for one in after] == [True]


async def test_an_example_has_a_picture(api: Api) -> None:
    """The drawing is an SVG of its own."""
    answer = await api.client.get("/v1/examples/mario/picture")

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.content == (FOLDER / "mario" / "journey.svg").read_bytes()


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e%2fapi", "README.md"])
async def test_only_examples_are_read(api: Api, name: str) -> None:
    """A name that is no example's reads no file."""
    assert (await api.refused("GET", f"/examples/{name}"))["status"] == 404
    assert (await api.refused("GET", f"/examples/{name}/picture"))["status"] == 404


def test_a_story_is_told_without_commands() -> None:
    """The heading becomes the title; pictures, commands, what leads to them, and the line about the test are left out."""
    page = "# A title\n\n![x](y.svg)\n\nWords.\n\n- a\n- b\n\nWith Wend up:\n\n```sh\nwend\n```\n\nTest: `tests/x`.\n"

    assert story(page) == ("A title", "Words.\n\n- a\n- b")
