"""Conditions in words for people: "city is Rome and opened an email in the last 30 days"."""

import re

from engine.flow.condition import (
    Ago,
    All,
    AnyItem,
    AnyOf,
    Bought,
    Compare,
    Condition,
    Did,
    InSegment,
    Not,
    OneOf,
    Presence,
    Tagged,
)
from engine.flow.condition_field import CONTACT_COLUMNS, EVENT_COLUMNS, FieldPath
from engine.flow.duration import Duration

_COMPARED = {
    "is": "is",
    "is_not": "is not",
    "less": "is less than",
    "at_most": "is at most",
    "more": "is more than",
    "at_least": "is at least",
    "contains": "contains",
    "starts_with": "starts with",
}
_BY_TEXT = {
    "less": "comes before",
    "at_most": "is or comes before",
    "more": "comes after",
    "at_least": "is or comes after",
}
_BY_AGE = {
    "less": "is more than {} ago",
    "at_most": "is {} ago or earlier",
    "more": "is less than {} ago",
    "at_least": "is {} ago or later",
}
_OPPOSITE = {"is": "is_not", "is_not": "is"}
EVENTS = {
    "Product Viewed": "viewed a product",
    "Product Added": "added a product to the cart",
    "Products Searched": "searched for products",
    "Checkout Started": "started a checkout",
    "Order Completed": "placed an order",
    "Order Refunded": "had an order refunded",
    "Order Cancelled": "cancelled an order",
    "message.sent": "was sent a message",
    "message.delivered": "received a message",
    "message.opened": "opened a message",
    "message.clicked": "clicked in a message",
    "message.bounced": "had a message bounce",
    "message.complained": "complained about a message",
    "message.replied": "replied to a message",
    "message.unsubscribed": "unsubscribed",
    "landing.visited": "visited a landing page",
    "form.submitted": "submitted a form",
    "coupon.issued": "was given a coupon",
    "coupon.redeemed": "redeemed a coupon",
}
_MESSAGES = {"email": "an email", "sms": "an SMS", "push": "a push notification"}
_SHOPS = {"online": " online", "offline": " in a shop", "any": ""}
_PLAIN = re.compile(r"\w([\w .,:@+/-]*\w)?")
_MISREAD = re.compile(
    r"[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?|.*,.*|(.* )?(yes|no|and|or|not|known|than|most|least|one of|ago|comes|in)( .*)?"
)
"""Plain texts that would be taken for a number, for yes or no, or for other words of the sentence."""
_KEY = re.compile(r"[^\W_][\w$-]*")
_BESIDE = {"contact": ("attributes", CONTACT_COLUMNS), "event": ("properties", EVENT_COLUMNS)}
_SHOWN = 5


def describe(condition: Condition) -> str:
    """The condition as part of a sentence about a contact (or, where it reads event.*, about an event)."""
    condition = _bare(condition)
    match condition:
        case All(of=parts):
            return " and ".join(_inside(part, AnyOf) for part in parts)
        case AnyOf(of=parts):
            return " or ".join(_inside(part, All) for part in parts)
        case Not(of=part):
            return _denied(part)
        case Compare():
            return _compared(condition)
        case OneOf():
            return f"{_field(condition.path)} is {_listed(condition)}"
        case Presence():
            return f"{_field(condition.path)} is {'known' if condition.op == 'exists' else 'not known'}"
        case AnyItem():
            return _of_items(condition, "any")
        case Tagged(tag=tag):
            return f"has the tag {_value(tag)}"
        case InSegment(segment=segment):
            return f"is in the segment {_value(segment)}"
        case Did():
            return _did(condition)
        case Bought():
            return f"bought{_SHOPS[condition.channel]}{_window(condition.within, condition.since_anchor)}"


def _inside(part: Condition, ambiguous: type[All | AnyOf]) -> str:
    """In brackets, if "and" and "or" would otherwise meet."""
    return f"({describe(part)})" if isinstance(_bare(part), ambiguous) else describe(part)


def _bare(condition: Condition) -> Condition:
    """The condition without groups of one part and without denials of denials, of which no words would tell."""
    while True:
        match condition:
            case All(of=(part,)) | AnyOf(of=(part,)):
                condition = part
            case Not(of=part) if isinstance(inner := _bare(part), Not):
                condition = inner.of
            case _:
                return condition


def _denied(part: Condition) -> str:
    part = _bare(part)
    match part:
        case Compare(op=op) if op in _OPPOSITE:
            return describe(part.model_copy(update={"op": _OPPOSITE[op]}))
        case Presence(op=op):
            return describe(part.model_copy(update={"op": "missing" if op == "exists" else "exists"}))
        case Tagged(tag=tag):
            return f"does not have the tag {_value(tag)}"
        case InSegment(segment=segment):
            return f"is not in the segment {_value(segment)}"
        case OneOf():
            return f"{_field(part.path)} is not {_listed(part)}"
        case AnyItem():
            return _of_items(part, "no")
        case Did(at_least=1, at_most=None):
            return _did(part.model_copy(update={"at_least": 0, "at_most": 0}))
        case Bought():
            return f"did not buy{_SHOPS[part.channel]}{_window(part.within, part.since_anchor)}"
        case _:
            return f"not ({describe(part)})"


def _of_items(condition: AnyItem, which: str) -> str:
    """What is asked of an item stands in brackets where it is joined, or it would run on into what follows."""
    joined = isinstance(_bare(condition.where), All | AnyOf)
    where = f"({describe(condition.where)})" if joined else describe(condition.where)
    return f"has {which} item of {_field(condition.path)} where {where}"


def _compared(condition: Compare) -> str:
    name, op, value = _field(condition.path), condition.op, condition.value
    if isinstance(value, Ago):
        return f"{name} {_BY_AGE[op].format(value.ago)}"
    words = _BY_TEXT.get(op, _COMPARED[op]) if isinstance(value, str) else _COMPARED[op]
    return f"{name} {words} {_value(value)}"


def _did(condition: Did) -> str:
    verb, where = EVENTS.get(condition.event, f"did {_value(condition.event)}"), condition.where
    if "a message" in verb and isinstance(where, Compare) and _is_channel(where):
        verb, where = verb.replace("a message", _MESSAGES[str(where.value)]), None
    never = condition.at_most == 0
    words = [
        "never " if never else "",
        verb,
        f" ({describe(where)})" if where is not None else "",
        "" if never else _times(condition.at_least, condition.at_most),
        _window(condition.within, condition.since_anchor),
    ]
    return "".join(words)


def _is_channel(where: Compare) -> bool:
    return (where.op, where.field) == ("is", "event.properties.channel") and where.value in _MESSAGES


def _times(least: int, most: int | None) -> str:
    if most is None:
        return "" if least == 1 else f" at least {least} times"
    if least == most:
        return f" exactly {least} time{'' if least == 1 else 's'}"
    return f" at most {most} time{'' if most == 1 else 's'}" if least == 0 else f" {least} to {most} times"


def _window(within: Duration | None, since_anchor: bool) -> str:
    recent = "" if within is None else f" in the last {str(within).removeprefix('1 ')}"
    return f"{recent} since then" if since_anchor else recent


def _field(path: FieldPath) -> str:
    if path.column is not None:
        return path.column.replace("_", " ")
    keys = ".".join(key.replace("_", " ") if _KEY.fullmatch(key) else f'"{key}"' for key in path.keys)
    # Both may be there: the column, and something else of the same name.
    inside, columns = _BESIDE.get(path.source, ("", frozenset()))
    return f"{inside}.{keys}" if path.keys[0] in columns else keys


def _listed(condition: OneOf) -> str:
    words = [_value(value) for value in condition.value]
    if len(words) > _SHOWN:
        return f"one of {len(words)} values ({', '.join(words[:3])}, …)"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _value(value: bool | float | str) -> str:
    """A value as people write it; a text that would be misread stands in quotes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return str(value)
    short = value if len(value) <= 60 else f"{value[:59]}…"
    return short if _PLAIN.fullmatch(value) and not _MISREAD.fullmatch(value) else f'"{short}"'
