"""What a node may answer: a port, a Result, or one of three exceptions that say what happens next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.flow.duration import Duration


@dataclass(frozen=True, slots=True)
class Result:
    """Leave by `port`, with `values` (plain JSON) that later nodes and templates can read."""

    port: str
    values: Mapping[str, Any] | None = None


class Answer(Exception):
    """Base of the three: an answer, not a fault."""


class TryAgain(Answer):
    """Surely nothing has happened yet: rest, then run this node alone once more.

    `after` is a number of seconds, on the wall, or a duration ("5 minutes"), of business time; None leaves it to the engine, which waits a minute and
    doubles that with each attempt. `reason` is shown to people and must not name anybody.
    """

    def __init__(self, after: float | str | Duration | None = None, reason: str = "") -> None:
        super().__init__(after, reason)
        self.after: float | Duration | None = Duration.parse(after) if isinstance(after, str) else after
        self.reason = reason


class NeedsPerson(Answer):
    """A person must act first: the contact is parked here, grouped with all of the same `code`, and can be replayed.

    `text` says what is wrong and what to do, in two sentences, the same for everybody who is parked for this cause.
    """

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text

    @property
    def reason(self) -> str:
        """The code, with the text for people behind it."""
        return f"{self.code}: {self.text}" if self.text else self.code


class Unknown(Answer):
    """It may have happened, and nobody can say: never done again by itself, but looked up (`reconcile`) or parked."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
