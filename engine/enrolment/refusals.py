"""Who did not enter, and why: as the guard of the entry found it, in words with the next step."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from engine.enrolment.plans import Published
from engine.journey.time import LATEST, iso

Why = Literal["repeated", "inside", "once", "too_soon", "paused", "stopped"]
"""`repeated`: it entered by this very cause before. `inside`, `once`, `too_soon`: the re-entry rule. The others: the journey's
state."""
WHYS: tuple[Why, ...] = get_args(Why)


@dataclass(frozen=True, slots=True)
class Refused:
    """One contact who did not enter. `until` is the business instant from which the re-entry rule lets it in, where only
    time is wanting."""

    contact: int
    why: Why
    until: int | None = None


_ONE: Mapping[Why, str] = {
    "repeated": "This was asked before under the same key, and the contact entered then. Give another key to let it enter anew.",
    "inside": "The contact is inside this journey already. Wait until that enrolment has ended, or allow more in the journey's "
    "re-entry rule and publish it.",
    "once": "The contact has entered this journey before, and its re-entry rule lets each contact in once ever. If it shall enter "
    "again, change the re-entry rule in the journey's settings and publish it.",
    "paused": "The journey is paused, and nobody enters meanwhile. Resume it, and ask again.",
    "stopped": "The journey is stopped, and nobody enters any more. Publish it again, then ask again.",
}

_MANY: Mapping[Why, str] = {
    "repeated": "had entered by this very campaign before",
    "inside": "inside the journey already",
    "once": "had entered before, and its re-entry rule is once ever",
    "too_soon": "had entered before, and the time of its re-entry rule is not over",
    "paused": "while the journey was paused",
    "stopped": "while the journey was stopped",
}


def refusal_words(refused: Refused, published: Published) -> str:
    """Why a contact did not enter, and the next step."""
    if refused.why != "too_soon":
        return _ONE[refused.why]
    assert refused.until is not None
    return (
        f"The contact has entered this journey before, and its re-entry rule asks for {published.plan.settings.reentry.after} "
        f"between two entries. Ask again from {iso(min(refused.until, LATEST))} on, or change the re-entry rule and publish it."
    )


def counted(refused: Iterable[Refused]) -> Counter[Why]:
    """How many were refused for each reason."""
    return Counter(one.why for one in refused)


def counts_words(counts: Mapping[Why, int]) -> list[tuple[Why, int, str]]:
    """Each reason for which somebody was refused, with how many, and in words that follow their number."""
    return [(why, counts[why], _MANY[why]) for why in WHYS if counts.get(why)]
