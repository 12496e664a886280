"""Diagnostics: what keeps a flowchart from being published, or is worth a second look, with the next step.

`python -m engine.flow.diagnostic` writes docs/diagnostics.md.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from engine.flow.messages import MESSAGES, SECTIONS, Severity

_LONGEST = 60
_MOST_LINES = 20
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Patch(BaseModel):
    """One change to the document, as in JSON Patch (RFC 6902)."""

    model_config = ConfigDict(frozen=True)

    op: Literal["add", "remove", "replace"]
    path: str
    value: Any = None


class Fix(BaseModel):
    """The next step: in words, and as changes that a program may make when they are certain (else there are none)."""

    model_config = ConfigDict(frozen=True)

    text: str
    patch: tuple[Patch, ...] = ()


class Diagnostic(BaseModel):
    """One finding. `node`, `field` (a dotted path into its config, or "name") and `edge` are the place, where it has one.

    An error blocks publishing; a warning blocks nothing.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    severity: Severity
    node: str | None = None
    field: str | None = None
    edge: str | None = None
    message: str
    fix: Fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix.text}"

    @property
    def rank(self) -> tuple[bool, str, str, str, str, str]:
        """The order in which diagnostics are listed: errors first, then by place."""
        place = (self.node or "", self.edge or "", self.field or "")
        return (self.severity != "error", *place, self.code, self.message)


class NotPublishable(ValueError):
    """The flowchart has errors. `diagnostics` are all of them, each with its next step."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        count = len(self.diagnostics)
        lines = [
            f"{count} {'error keeps' if count == 1 else 'errors keep'} the journey from being published."
        ]
        lines += [f"- {diagnostic}" for diagnostic in self.diagnostics[:_MOST_LINES]]
        return "\n".join(lines + ([f"- and {count - _MOST_LINES} more"] if count > _MOST_LINES else []))


class Named(Protocol):
    """A node, as far as a text needs it."""

    @property
    def id(self) -> str:
        """Its id in the document."""

    @property
    def label(self) -> str:
        """What people call it."""

    def field_title(self, place: str) -> str:
        """What people call the field at a place in its config."""


def diagnostic(
    code: str,
    node: Named | None = None,
    *,
    field: str | None = None,
    edge: str | None = None,
    patch: Iterable[Patch] = (),
    **words: object,
) -> Diagnostic:
    """A diagnostic from the table. `words` fill its texts: nodes by their title, everything else as it is.

    `{node}` and `{field}` are filled by themselves.
    """
    message = MESSAGES[code]
    filled: dict[str, object] = {
        name: title(value) if _is_node(value) else value for name, value in words.items()
    }
    if node is not None:
        filled["node"] = title(node)
        filled["field"] = quoted(node.field_title(field)) if field else "its config"
    return Diagnostic(
        code=code,
        severity=message.severity,
        node=None if node is None else node.id,
        field=field,
        edge=edge,
        message=capital(message.wrong.format_map(filled)),
        fix=Fix(text=capital(message.step.format_map(filled)), patch=tuple(patch)),
    )


def title(node: Named | Any) -> str:
    """A node in a text: "Launch email" (mail1)."""
    return f"{quoted(node.label)} ({shown(node.id)})"


def titles(nodes: Iterable[Named]) -> str:
    """Several nodes in a text; of many the first five."""
    listed = [title(node) for node in nodes]
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return ", ".join(listed[:5]) + more


def quoted(text: object) -> str:
    """A text of somebody else's in one of ours."""
    return f'"{shown(text)}"'


def shown(text: object) -> str:
    """A text of somebody else's on one short line, without what could hide or turn round the rest."""
    line = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(text)[: _LONGEST * 2])
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def meant(found: str | None) -> str:
    """The end of a next step: the name that was perhaps meant."""
    return "" if found is None else f" Did you mean {quoted(found)}?"


def capital(sentence: str) -> str:
    """The sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def split_sentences(text: str) -> tuple[str, str]:
    """A text of two sentences, as what is wrong (to stand behind a colon) and what to do."""
    what, _, do = text.partition(". ")
    return what[:1].lower() + what[1:].rstrip("."), ended(do) or "Correct it there."


def channel_name(channel: str) -> str:
    """A channel in a text."""
    return "SMS" if channel == "sms" else shown(channel)


def ended(sentence: str) -> str:
    """The sentence with its full stop."""
    return sentence if not sentence or sentence[-1] in ".?!" else f"{sentence}."


def pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901) into the document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _is_node(value: object) -> bool:
    return hasattr(value, "label") and hasattr(value, "id")


def as_markdown() -> str:
    """The page docs/diagnostics.md."""
    lines = [
        "# Diagnostics",
        "",
        "What the checks of a flowchart can say. Errors keep a journey from being published, never from being saved;",
        "warnings keep it from nothing. Words in ‹angle brackets› stand for a name from the flowchart.",
        "",
        "This page is written by `python -m engine.flow.diagnostic > docs/diagnostics.md` from the table that the",
        "checks use.",
    ]
    for heading, table in SECTIONS.items():
        lines += ["", f"## {heading}"]
        for code, message in table.items():
            wrong, step = (_PLACEHOLDER.sub(r"‹\1›", text) for text in (message.wrong, message.step))
            lines += ["", f"### {code}", "", f"*{message.severity.capitalize()}.* {wrong}", ""]
            lines += [f"**Next step:** {step}", "", f"**Why:** {message.why}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
