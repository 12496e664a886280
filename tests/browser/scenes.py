"""What opens upon a page: dialogs, drawers, editors and modes at work, each as a place and the hands that lead to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.scenery import Scenery

Hands = Callable[[Page], None]


@dataclass(frozen=True)
class Scene:
    """A picture to be taken: the address behind the #, and what is done there first."""

    place: str
    hands: Hands = lambda page: None


def scenes(scenery: Scenery) -> Mapping[str, Scene]:
    """Every page as it is found, then what opens upon it."""
    pages = {name: Scene(place) for name, place in scenery.places.items()}
    return {**pages, **_opened(scenery)}


def _opened(scenery: Scenery) -> dict[str, Scene]:
    draw, person = f"#/journeys/{scenery.running}", f"#/contacts/{scenery.person}"
    return {
        "outline": Scene(draw, lambda page: page.get_by_text("Outline", exact=True).click()),
        "commands": Scene(draw, lambda page: page.keyboard.press("Control+k")),
        "keys": Scene(draw, lambda page: page.keyboard.press("?")),
        "node": Scene(draw, _select("Send the offer")),
        "template": Scene(draw, _template),
        "condition": Scene(f"#/journeys/{scenery.faulty}", _select("Accepted by telephone")),
        "publish": Scene(f"#/journeys/{scenery.faulty}", _press("^Publish")),
        "start": Scene(f"{draw}/watch", _press("^Start$")),
        "watch list": Scene(f"{draw}/watch", lambda page: page.get_by_text("List", exact=True).click()),
        "watch people": Scene(f"{draw}/watch", _press("entered$")),
        "why": Scene(person, _press("why .* got it")),
        "sandbox of a person": Scene(f"#/sandbox?contact={scenery.person}"),
        "try messages": Scene(f"{draw}/try", lambda page: page.get_by_role("tab", name=re.compile("^Messages")).click()),
        "try forecast": Scene(f"{draw}/try", lambda page: page.get_by_text("Forecast", exact=True).click()),
    }  # fmt: skip


def _press(name: str) -> Hands:
    return lambda page: page.get_by_role("button", name=re.compile(name)).first.click()


def _select(label: str) -> Hands:
    return lambda page: (
        page.locator(".react-flow__node, [role='treeitem']")
        .filter(has_text=label)
        .first.dispatch_event("click")
    )


def _template(page: Page) -> None:
    _select("Send the offer")(page)
    page.get_by_role("button", name=re.compile("^Edit the template")).first.click()
