"""The filters and tests that a template may use: these, and no others.

Each takes plain values and gives plain values, calls no method that a template chose, and pays for long
results from the budget of the render. None of them marks text as safe: autoescaping always has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from math import isfinite
from urllib.parse import quote, urlsplit

from jinja2 import Undefined, pass_context

from engine.content.template_dates import format_instant, zone_for
from engine.content.template_problem import TemplateProblem

MAX_TEXT = 200_000  # characters that one filter, one `~` or one output may give
_LONG = 256

SCHEMES = ("http", "https", "mailto", "tel")


class Metered:
    """What a filter sees of the render that it works for."""

    budget: int
    given: Mapping[str, object]

    def spend(self, steps: int) -> None:
        """Take from the budget of this render; a problem when it is used up."""
        self.budget -= steps
        if self.budget < 0:
            raise TemplateProblem(
                "too_expensive", "The template does too much work for one contact. Loop over shorter lists."
            )


def too_long(name: str) -> TemplateProblem:
    message = f"The text made by {name} is longer than {MAX_TEXT:,} characters. Shorten what goes into it."
    return TemplateProblem("too_long", message)


def made(context: Metered, text: str, name: str) -> str:
    """A text that a filter made, paid for when it is long."""
    if len(text) > _LONG:
        if len(text) > MAX_TEXT:
            raise too_long(name)
        context.spend(len(text))
    return text


def as_text(value: object, name: str) -> str:
    """A value as it is printed. Lists and groups have no printed form: Python's would reach a customer."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:
            raise too_long(name or "a number") from None
    if isinstance(value, float) and isfinite(value):
        return str(value)
    if value is None:
        raise TemplateProblem("empty_variable", 'What is printed here is empty. Add |default("...").')
    place = f"The filter {name} needs a text" if name not in ("", "~") else "A text is needed here"
    found = "neither text nor number"
    if isinstance(value, (list, dict)):
        found = "a list" if isinstance(value, list) else "a group of fields"
    raise TemplateProblem(
        "not_text", f"{place}, but this is {found}. Name one of its fields, or use a loop or |join."
    )


def as_number(value: object, name: str) -> Decimal:
    """A number, or text that holds one ("19.90"), under 10^15."""
    number: Decimal | None = None
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = Decimal(value) if isinstance(value, int) else Decimal(str(value)[:40].strip())
        except InvalidOperation:
            number = None
    if number is None or not number.is_finite() or abs(number) > 10**15:
        message = f"The filter {name} needs a number. Check the value before the bar."
        raise TemplateProblem("not_a_number", message)
    return number


def whole(value: object, name: str, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        message = (
            f"The filter {name} takes a whole number from {lowest} to {highest} here. Change its argument."
        )
        raise TemplateProblem("bad_argument", message)
    return value


# -- Text ----------------------------------------------------------------------------------------------


@pass_context
def upper(context: Metered, value: object) -> str:
    return made(context, as_text(value, "upper").upper(), "upper")


@pass_context
def lower(context: Metered, value: object) -> str:
    return made(context, as_text(value, "lower").lower(), "lower")


@pass_context
def capitalize(context: Metered, value: object) -> str:
    return made(context, as_text(value, "capitalize").capitalize(), "capitalize")


_WORD_STARTS = re.compile(r"([-\s(\[{<]+)")


@pass_context
def title(context: Metered, value: object) -> str:
    """Each word with a capital; an apostrophe does not begin a word (o'clock), a hyphen does (Anne-Marie)."""
    text = made(context, as_text(value, "title"), "title")
    words = (word[:1].upper() + word[1:].lower() for word in _WORD_STARTS.split(text))
    return made(context, "".join(words), "title")


@pass_context
def trim(context: Metered, value: object) -> str:
    return made(context, as_text(value, "trim").strip(), "trim")


@pass_context
def truncate(context: Metered, value: object, length: object = 100, end: object = "…") -> str:
    """At most `length` characters, the end mark included."""
    text, mark = as_text(value, "truncate"), as_text(end, "truncate")
    limit = whole(length, "truncate", 1, MAX_TEXT)
    if len(text) > limit:
        text = text[: max(0, limit - len(mark))].rstrip() + mark[:limit]
    return made(context, text, "truncate")


@pass_context
def replace(context: Metered, value: object, old: object, new: object) -> str:
    text, found, instead = as_text(value, "replace"), as_text(old, "replace"), as_text(new, "replace")
    if not found:
        raise TemplateProblem(
            "bad_argument", "The filter replace cannot look for nothing. Give it a text to find."
        )
    if len(text) > _LONG:
        context.spend(len(text))
    if len(text) + text.count(found) * (len(instead) - len(found)) > MAX_TEXT:
        raise too_long("replace")
    return made(context, text.replace(found, instead), "replace")


@pass_context
def urlencode(context: Metered, value: object) -> str:
    """For one part of a link: `https://shop.example/?q={{ contact.city|urlencode }}`."""
    text = made(context, as_text(value, "urlencode"), "urlencode")
    return made(context, quote(text.encode("utf-8", "replace"), safe=""), "urlencode")


@pass_context
def url(context: Metered, value: object) -> str:
    """A whole link, only if it is http, https, mailto or tel: `javascript:` and the like never get out."""
    link = made(context, as_text(value, "url").strip(), "url")
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    unsafe = parts.scheme not in SCHEMES or (parts.scheme in ("http", "https") and not host)
    if unsafe or not link.isprintable() or " " in link or "\\" in link:
        message = "A link does not begin with http://, https://, mailto: or tel:, or holds a space. Correct the link."
        raise TemplateProblem("unsafe_link", message)
    return link


# -- Lists and fallbacks -------------------------------------------------------------------------------


def default(value: object, fallback: object = "", or_false: object = False) -> object:
    """The fallback when the value is missing, null or blank; with a second argument `true`, also when it
    is 0 or false."""
    if isinstance(value, Undefined) or value is None or (isinstance(value, str) and not value.strip()):
        return fallback
    return fallback if or_false and not value else value


def length(value: object) -> int:
    if isinstance(value, (str, list, dict)):
        return len(value)
    raise TemplateProblem(
        "wrong_type", "The filter length counts a text or a list. Check the value before the bar."
    )


def _end(value: object, name: str, index: int) -> object:
    if not isinstance(value, (str, list)):
        message = f"The filter {name} needs a list. Check the value before the bar."
        raise TemplateProblem("not_a_list", message)
    return value[index] if value else None


def first(value: object) -> object:
    return _end(value, "first", 0)


def last(value: object) -> object:
    return _end(value, "last", -1)


@pass_context
def join(context: Metered, value: object, separator: object = "", field: object = None) -> str:
    """The items in one text; with `field`, that field of each: `promotion.products|join(", ", "name")`."""
    if not isinstance(value, list):
        raise TemplateProblem("not_a_list", "The filter join needs a list. Check the value before the bar.")
    context.spend(len(value))
    between = as_text(separator, "join")
    if field is not None:
        value = [entry.get(field) if isinstance(entry, dict) else None for entry in value]
    texts = [as_text(entry, "join") for entry in value]
    if sum(map(len, texts)) + len(between) * len(texts) > MAX_TEXT:
        raise too_long("join")
    return made(context, between.join(texts), "join")


# -- Numbers, money, dates -----------------------------------------------------------------------------


def _rounded(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def round_half_up(value: object, digits: object = 0) -> int | float:
    """Rounded as people do (2.5 is 3); whole without an argument."""
    places = whole(digits, "round", 0, 6)
    number = _rounded(as_number(value, "round"), places)
    return int(number) if places == 0 else float(number)


def _grouped(number: Decimal, digits: int, mark: object, name: str) -> str:
    if mark not in (".", ","):
        message = f'The filter {name} takes "." or "," as the decimal mark. Change its last argument.'
        raise TemplateProblem("bad_argument", message)
    text = f"{_rounded(number, digits):,f}"
    return text if mark == "." else text.translate(_COMMA_MARK)


_COMMA_MARK = str.maketrans(".,", ",.")
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$"}
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3, "OMR": 3, "JOD": 3}


def number(value: object, digits: object = 0, mark: object = ".") -> str:
    """`1234.5|number(2)` is 1,234.50; `|number(2, ",")` is 1.234,50."""
    return _grouped(as_number(value, "number"), whole(digits, "number", 0, 6), mark, "number")


def money(value: object, currency: object, mark: object = ".") -> str:
    """An amount of an ISO 4217 currency, in its own number of decimals: `72|money("EUR")` is €72.00,
    `72|money("EUR", ",")` is 72,00 €, `72|money("CHF")` is CHF 72.00."""
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        message = (
            'The filter money takes a currency of three capital letters, such as "EUR". Change its argument.'
        )
        raise TemplateProblem("bad_argument", message)
    amount = as_number(value, "money")
    symbol = _SYMBOLS.get(currency, currency)
    text = _grouped(abs(amount), _DIGITS.get(currency, 2), mark, "money")
    sign = "-" if amount < 0 else ""
    if mark == ",":
        return f"{sign}{text} {symbol}"
    return f"{sign}{symbol} {text}" if symbol == currency else f"{sign}{symbol}{text}"


def percent(value: object, digits: object = 0, mark: object = ".") -> str:
    """A number of percent, as promotions hold their discount: `20|percent` is 20%."""
    places = whole(digits, "percent", 0, 6)
    return _grouped(as_number(value, "percent"), places, mark, "percent") + "%"


@pass_context
def date(context: Metered, value: object, form: object = "%d %B %Y", zone: object = None) -> str:
    """An instant or a day (ISO 8601 text) in a zone: the one named, else the contact's, the journey's, UTC."""
    if not isinstance(value, str) or not isinstance(form, str):
        message = 'The filter date needs a date, as in promotion.ends_at|date("%d %B %Y"). Check both sides of the bar.'
        raise TemplateProblem("bad_argument", message)
    return format_instant(value, form, zone_for(zone, context.given))


FILTERS: Mapping[str, Callable[..., object]] = {
    "capitalize": capitalize,
    "date": date,
    "default": default,
    "first": first,
    "join": join,
    "last": last,
    "length": length,
    "lower": lower,
    "money": money,
    "number": number,
    "percent": percent,
    "replace": replace,
    "round": round_half_up,
    "title": title,
    "trim": trim,
    "truncate": truncate,
    "upper": upper,
    "url": url,
    "urlencode": urlencode,
}


# -- Tests: `x is defined` -------------------------------------------------------------------------------


def _is_odd(value: object) -> bool:
    return as_number(value, "odd") % 2 == 1


def _is_even(value: object) -> bool:
    return as_number(value, "even") % 2 == 0


def _is_divisible(value: object, by: object) -> bool:
    return as_number(value, "divisibleby") % whole(by, "divisibleby", 1, 10**9) == 0


TESTS: Mapping[str, Callable[..., bool]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "undefined": lambda value: isinstance(value, Undefined),
    "none": lambda value: value is None,
    "odd": _is_odd,
    "even": _is_even,
    "divisibleby": _is_divisible,
}
