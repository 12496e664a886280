"""Every page, in light and in dark, on a wide and on a narrow screen: axe finds nothing serious."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.browser.axe import grave_findings
from tests.browser.pages import settled
from tests.browser.scenery import Scenery, lists, modes
from tests.browser.windows import DESKTOP, PHONE, Windows

PLACES = [*lists(), "draw", *modes(), "draw with problems", "person", "unknown"]
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
            findings += [f"{scheme}, {size['width']}: {one}" for one in grave_findings(page, rules)]

    assert not findings, "\n".join(findings)
