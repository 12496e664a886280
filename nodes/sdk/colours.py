"""Colours of nodes, and whether white can be read on them."""

import re

from engine.flow.manifest import Family

WHITE = "#ffffff"
READABLE = 4.5
"""The contrast that small text needs: WCAG 2.2, success criterion 1.4.3."""

OF_FAMILY: dict[Family, str] = {
    "trigger": "#15803d",
    "state": "#1d4ed8",
    "act": "#b45309",
    "control": "#475569",
}
ICON_OF_FAMILY: dict[Family, str] = {"trigger": "zap", "state": "eye", "act": "play", "control": "workflow"}
"""Names of lucide icons."""

_HEX = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Whether it is written as six hexadecimal digits in lower case: "#1d4ed8"."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str = WHITE) -> float:
    """The contrast ratio of two colours, from 1 (equal) to 21 (black on white). WCAG 2.2, section "contrast ratio"."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
