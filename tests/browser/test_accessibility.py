"""Every page, in light and in dark, on a wide and on a narrow screen: axe finds nothing serious."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.browser.pages import settled
from tests.browser.scenery import Scenery, lists, modes
from tests.browser.windows import DESKTOP, PHONE, Windows

AXE = Path(__file__).resolve().parents[2] / "designer" / "node_modules" / "axe-core" / "axe.min.js"
PLACES = [*lists(), "draw", *modes(), "draw with problems", "person", "unknown"]
GRAVE = ("serious", "critical")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("place", PLACES)
def test_a_page_has_no_serious_finding(place: str, scenery: Scenery, windows: Windows) -> None:
    """No page has a serious or critical finding of axe, in light or dark, at 1440 or 390 pixels of width."""
    page = windows.open(scenery.places[place])
    findings: list[str] = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            settled(page)
            # What is not about colours is the same in both schemes.
            rules = None if scheme == "light" else ["color-contrast"]
            findings += [f"{scheme}, {size['width']}: {one}" for one in _findings(page, rules)]

    assert not findings, "\n".join(findings)


def _findings(page: Page, rules: list[str] | None) -> list[str]:
    """What axe finds that is grave: the rule, and an element that breaks it with what is wrong there."""
    page.evaluate(AXE.read_text())
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    result: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{found['id']}: {found['help']}: {node['html'][:160]} {' '.join(why['message'] for why in node['any'][:1])}"
        for found in result["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]
