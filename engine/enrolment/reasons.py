"""Reasons in words: why somebody is parked, and what follows for a message that has not left.

The one table behind timelines, the API (and so the designer) and the command line. The codes in the tables are short, so
that whoever is parked for one of them is one incident; a code that is not known here is told as it is.
"""

import re
from typing import Any, NamedTuple

from sqlalchemy import Row

_NO_MORE = "no more is known"
_STATUS = re.compile(r"[1-5][0-9]{2}")


class _Cause(NamedTuple):
    """What a code means, with `{}` for what stands behind it, and what a person does about it; nothing where the text that
    stands behind it says so itself."""

    pattern: str
    what: str
    step: str = ""


_MEND_NODE = "Mend the node, publish, and retry on the newest version."
_MEND_TEMPLATE = "Mend the template, publish, and retry on the newest version."
_DECIDE = (
    "Look at the receiving service; then send again, which may do it twice, or let them leave by a port."
)

_CAUSES = (
    _Cause(r"template:[a-z0-9_-]+:(.+)", "The template could not be filled in: {}.", _MEND_TEMPLATE),
    _Cause(r"template:(.*)", "The template could not be filled in: {}.", _MEND_TEMPLATE),
    _Cause(r"contact_value:(.*)", "The value for “{}” does not fit.", _MEND_NODE),
    _Cause(r"contact_missing", "The contact is gone.", "Let it end here."),
    _Cause(r"node_missing:(.*)", "No worker has this node: {}.", "Start the worker that has it, then retry."),
    _Cause(r"bug:(.*)", "The node's code failed: {}.", "Its author has to mend it; then retry."),
    _Cause(
        r"provider_auth", "The provider refuses the account: its credentials are wrong or blocked.",
        "Mend the account, then retry.",
    ),
    _Cause(r"unknown(?::.*)?", "Nobody can say whether the request took effect.", _DECIDE),
    _Cause(r"attempts: it is not known yet.*", "Nobody can say whether it happened.", _DECIDE),
    _Cause(
        r"attempts", "It was tried as often as may be.",
        "See that what it needs can be reached again, then retry.",
    ),
    _Cause(
        r"attempts:(.*)", "It was tried as often as may be, the last time: {}.",
        "See that what it needs can be reached again, then retry.",
    ),
    _Cause(
        r"loop", "The way goes round without a rest.",
        "Put a wait into it, publish, and retry on the newest version.",
    ),
    _Cause(
        r"unconfirmed.*", "Nobody can say whether the message went out.",
        "Send it again, and it may arrive twice; or let them leave by a port.",
    ),
    _Cause(
        r"cancelled(?::(.*))?", "The message was cancelled: {}.", "Send it again, or let them leave by a port."
    ),
    _Cause(r"request:(.*)", "The request could not be made: {}.", _MEND_NODE),
    # What the engine or a node's author says, with its own next step, behind a code that says nothing to people.
    _Cause(r"[a-z][a-z0-9_]*: ?(\S.*\s.*\.)", "{}"),
)  # fmt: skip

_HELD_BACK = {
    "no consent": "the contact has refused this channel",
    "suppressed": "the address is one of those that must not be written to",
}
_FAILURES = {
    "NotSent": "no connection was made",
    "OutcomeUnknown": "the answer did not come",
    "TimeoutError": "it took too long",
    "Unknown": "the node could not say whether it happened",
    "TryAgain": "the node asked for another try later",
}
"""What made a try fail, where no more than the name of it is kept."""
_SAID_ALREADY = frozenset({"no answer", "no result", "never confirmed", "unknown"})


def cause_words(reason: str) -> str:
    """Why somebody is parked: a sentence, without the next step where the table has that."""
    return _told(reason)[0]


def parked_words(reason: str) -> str:
    """Why somebody is parked, and the next step."""
    return " ".join(filter(None, _told(reason)))


def _told(reason: str) -> tuple[str, str]:
    for cause in _CAUSES:
        found = re.fullmatch(cause.pattern, reason, re.DOTALL)
        if found is not None:
            about = (found[1] if found.re.groups else None) or ""
            what = cause.what.replace("{}", _failure(about.strip()) or _NO_MORE)
            # What stands behind a code may end its own sentence.
            return re.sub(r"([.!?])\.$", r"\1", what), cause.step
    plain = _failure(reason).replace("_", " ")
    end = "" if plain.endswith((".", "!", "?")) else "."
    return f"{plain[:1].upper()}{plain[1:]}{end}", "Mend that, then retry."


def _failure(text: str) -> str:
    return f"the answer had the status {text}" if _STATUS.fullmatch(text) else _FAILURES.get(text, text)


def _within(sentence: str) -> str:
    """A sentence as the end of another one. A name that begins it stays as it is."""
    bare = sentence.rstrip(".")
    first = bare.partition(" ")[0]
    return bare[:1].lower() + bare[1:] if first[1:].islower() or len(first) == 1 else bare


def unsent_words(message: Row[Any], strand: Row[Any]) -> str:
    """What follows for a message that is planned, or is to be tried again: that depends on where its strand is by now."""
    if strand.place == "ended" or strand.visit != message.visit:
        return "was not sent: the contact has gone on"
    if strand.place == "parked":
        return f"was not sent, and waits for a person: {_within(cause_words(strand.reason or ''))}"
    if strand.reason == "paused":
        return "is held, as the journey is paused"
    return (
        "is planned, and waits for its turn"
        if message.state == "planned"
        else f"will be tried again{after_colon(message)}"
    )


def after_colon(message: Row[Any]) -> str:
    """The reason of a message's state, to be put behind the word for that; nothing where the word says it all, or where the
    reason is the port by which an act was left."""
    reason = message.reason
    if not reason or message.state == "accepted" or reason in _SAID_ALREADY:
        return ""
    if message.state == "retry_at":
        return f"; the last time: {_within(cause_words(reason))}"
    return f": {_HELD_BACK.get(reason, reason)}"
