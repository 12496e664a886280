"""What axe finds on a page as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parents[2] / "designer" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = ("serious", "critical")


def grave_findings(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds that is grave: the rule, and an element that breaks it with what is wrong there."""
    page.evaluate(_AXE.read_text())
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    result: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{found['id']}: {found['help']}: {node['html'][:160]} {' '.join(why['message'] for why in node['any'][:1])}"
        for found in result["violations"]
        if found["impact"] in _GRAVE
        for node in found["nodes"]
    ]
