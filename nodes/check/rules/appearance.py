"""A node can be seen: white reads well on its colour, and its icon is named as lucide names icons."""

import re
from collections.abc import Iterator

from nodes.check.finding import Finding, Subject
from nodes.sdk.colours import OF_FAMILY, READABLE, contrast, is_colour

RULE = "appearance"
_ICON = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def check(subject: Subject) -> Iterator[Finding]:
    """Colour and icon are well formed, and the colour is dark enough."""
    manifest = subject.manifest
    if not _ICON.fullmatch(manifest.icon):
        yield subject.finding(
            RULE,
            f'has an icon "{manifest.icon}"',
            'Use a name of the lucide set, for example "message-square".',
        )
    if not is_colour(manifest.colour):
        yield subject.finding(
            RULE,
            f'has a colour "{manifest.colour}"',
            'Write six hexadecimal digits in lower case: "#1d4ed8".',
        )
    elif contrast(manifest.colour) < READABLE:
        yield subject.finding(
            RULE,
            f"has a colour on which white has a contrast of {contrast(manifest.colour):.1f}",
            f"Use a darker one, with at least {READABLE}.",
        )
    elif subject.builtin and manifest.colour != OF_FAMILY[manifest.family]:
        yield subject.finding(
            RULE, "has a colour of its own", "Leave the colour out: it comes from the family."
        )
