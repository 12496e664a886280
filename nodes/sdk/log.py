"""`ctx.log`: a node's own notes, with its secrets taken out."""

import logging
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["debug", "info", "warning"]
HIDDEN = "*"
_logger = logging.getLogger("wend.nodes")
_LEVELS: dict[Level, int] = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the log."""

    level: Level
    text: str
    facts: dict[str, Any] = field(default_factory=dict)


class Log:
    """Notes of one call: `ctx.log.info("declined", status=402)`. Say ids and codes; never names or addresses.

    `key` (strand/node/visit) goes before each line in the worker's log.
    """

    def __init__(self, node: str, key: str) -> None:
        self._node = node
        self._key = key
        self._secrets: set[str] = set()
        self.notes: list[Note] = []

    def hide(self, secret: str) -> None:
        """Keep this value out of every later note."""
        self._secrets.add(secret)

    def debug(self, text: str, **facts: Any) -> None:
        """A note for whoever looks into the node's working."""
        self._write("debug", text, facts)

    def info(self, text: str, **facts: Any) -> None:
        """A note about something ordinary."""
        self._write("info", text, facts)

    def warning(self, text: str, **facts: Any) -> None:
        """A note that somebody should read."""
        self._write("warning", text, facts)

    def _write(self, level: Level, text: str, facts: dict[str, Any]) -> None:
        note = Note(level, self._redacted(text), {name: self._shown(value) for name, value in facts.items()})
        self.notes.append(note)
        _logger.log(
            _LEVELS[level],
            "%s %s: %s%s",
            self._node,
            self._key,
            note.text,
            "".join(f" {name}={value}" for name, value in note.facts.items()),
        )

    def _shown(self, value: Any) -> Any:
        return value if isinstance(value, bool | int | float | None) else self._redacted(str(value))

    def _redacted(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text
