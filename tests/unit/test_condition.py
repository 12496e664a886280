"""Conditions: how they are read and refused, and what can be asked of them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.flow.condition import (
    MAX_DEPTH,
    MAX_LEAVES,
    ConditionError,
    condition_json,
    events_mentioned,
    fields_read,
    needs,
    parse_condition,
)
from engine.flow.condition_field import FieldPath, parse_field

TAGGED = {"op": "tagged", "tag": "VIP"}


# ------------------------------------------------------------------------------------------------ reading


def test_equal_conditions_give_equal_json() -> None:
    """Short and long spelling, order of a list and left-out defaults make no difference to what is stored."""
    short = {
        "op": "all",
        "of": [
            {"op": "is", "field": "contact.city", "value": 5.0},
            {"value": ["b", "a", 1, "a", True, 1.0], "field": "contact.email", "op": "one_of"},
            {"op": "did", "event": "Order Completed"},
        ],
    }
    long = {
        "op": "all",
        "of": [
            {"op": "is", "field": 'contact.attributes."city"', "value": 5},
            {"op": "one_of", "field": 'contact."email"', "value": [True, 1, "a", "b"]},
            {
                "op": "did",
                "event": "Order Completed",
                "where": None,
                "at_least": 1,
                "at_most": None,
                "within": None,
                "since_anchor": False,
            },
        ],
    }

    stored = {"op": "one_of", "field": "contact.email", "value": [True, 1, "a", "b"]}

    one, other = parse_condition(short), parse_condition(long)

    assert one == other
    assert hash(one) == hash(other)
    assert condition_json(one) == condition_json(other)
    assert condition_json(one)["of"][0]["field"] == "contact.attributes.city"
    assert condition_json(one)["of"][1] == stored


def test_one_and_yes_are_not_the_same_condition() -> None:
    """To Python 1 and True are equal, to conditions they are not."""
    one, yes = ({"op": "is", "field": "contact.v", "value": value} for value in (1, True))

    assert parse_condition(one) != parse_condition(yes)
    assert parse_condition({"op": "not", "of": one}) != parse_condition({"op": "not", "of": yes})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, 'Condition: There is no "op". Say what is asked, for example {"op": "tagged", "tag": "VIP"}.'),
        (
            "x",
            'Condition: This is not a condition. Write an object, for example {"op": "tagged", "tag": "VIP"}.',
        ),
        (
            {"op": "like"},
            'Condition: "like" is not a kind of condition here. Use one of all, any, not, is, is_not, less, at_most, more, '
            "at_least, contains, starts_with, one_of, exists, missing, any_item, tagged, in_segment, did, bought.",
        ),
        ({"op": "all", "of": []}, "Condition, at of: This is empty. Fill it in."),
        ({"op": "tagged", "tag": ""}, "Condition, at tag: This is empty. Fill it in."),
        (
            {"op": "all", "of": [TAGGED] * 101},
            "Condition, at of: There are more than 100 parts. Group them, or make a segment of some.",
        ),
        (
            {"op": "any", "of": [TAGGED, {"op": "not", "of": {**TAGGED, "tags": "x"}}]},
            "Condition, at of[1].of.tags: This is not known here. Check the spelling, or remove it.",
        ),
        ({"op": "is", "field": "contact.v"}, "Condition, at value: This is missing. Add it."),
        (
            {"op": "is", "field": "city", "value": 1},
            'Condition, at field: The field "city" names no part of a contact or an event. '
            "Write for example contact.email, contact.city or event.total.",
        ),
        (
            {"op": "is", "field": "contact.v", "value": None},
            'Condition, at value: The value is null. Use "missing" or "exists" to ask whether there is one.',
        ),
        (
            {"op": "is", "field": "contact.v", "value": ["a"]},
            'Condition, at value: The value is a list. Use "one_of" to compare with several values.',
        ),
        (
            {"op": "is", "field": "contact.v", "value": {"a": 1}},
            "Condition, at value: The value is not a text, a number, yes or no, or "
            '{"ago": "30 days"}. Use one of these.',
        ),
        (
            {"op": "is", "field": "contact.v", "value": {"ago": "1 day"}},
            'Condition: "is" cannot be used with "ago". Use less, at_most, more or at_least.',
        ),
        (
            {"op": "more", "field": "contact.v", "value": {"ago": "151 years"}},
            'Condition, at value: The duration "151 years" is longer than 150 years. Write at most "150 years".',
        ),
        (
            {"op": "more", "field": "contact.v", "value": {"ago": "soon"}},
            'Condition, at value: The duration "soon" does not begin with a number. '
            'Write a whole number and a unit, for example "2 days".',
        ),
        (
            {"op": "more", "field": "contact.v", "value": True},
            'Condition: "more" cannot compare yes and no. Use "is".',
        ),
        (
            {"op": "contains", "field": "contact.v", "value": 5},
            'Condition: "contains" needs a text as its value. Write the value in quotes.',
        ),
        *(
            (
                {"op": "is", "field": "contact.v", "value": number},
                "Condition, at value: The number is not between -9007199254740991 and 9007199254740991, where numbers "
                "are exact. Use one that is, and keep long numbers such as ids as text.",
            )
            for number in (float("nan"), float("inf"), -float("inf"), 2**53, -(10**400), 1e300)
        ),
        *(
            (
                {"op": "one_of", "field": "contact.v", "value": ["a", text]},
                "Condition, at value: The text holds characters that no database can store. Remove them.",
            )
            for text in ("a\x00b", "\ud83d")
        ),
        (
            {"op": "is", "field": "contact.v", "value": "x" * 2001},
            "Condition, at value: The text has 2001 characters, more than 2000. Use a shorter one.",
        ),
        (
            {"op": "one_of", "field": "contact.v", "value": []},
            "Condition, at value: The list is empty, which nobody can fit. Add a value.",
        ),
        (
            {"op": "one_of", "field": "contact.v", "value": "abc"},
            "Condition, at value: The value is not a list. Put the values in square brackets.",
        ),
        (
            {"op": "one_of", "field": "contact.v", "value": list(range(1001))},
            "Condition, at value: The list holds 1001 values, more than 1000. Use a segment instead.",
        ),
        (
            {"op": "did", "event": "X", "at_least": 3, "at_most": 2},
            "Condition: at_most (2) is below at_least (3), which nobody can fit. "
            'Raise at_most, or set at_least to 0 for "at most".',
        ),
        (
            {"op": "did", "event": "X", "at_least": 0},
            "Condition: at_least 0 holds for everybody. Set at_least to 1 or more, or set at_most.",
        ),
        (
            {"op": "exists", "field": "item.category"},
            'Condition, at field: The field "item.category" is that of an item. '
            'Ask about it in the "where" of an any_item.',
        ),
        (
            {"op": "any_item", "field": "contact.email", "where": {"op": "exists", "field": "item.a"}},
            "Condition: The field contact.email is plain text, and no list. Name the field that holds the list.",
        ),
        (
            {"op": "any_item", "field": "event.products", "where": {"op": "exists", "field": "event.a"}},
            'Condition, at where.field: The field "event.a" names no part of an item, and any_item asks about nothing else. '
            "Write for example item.category.",
        ),
        *(
            (
                {"op": "did", "event": "X", "where": {"op": "any", "of": [inner]}},
                'Condition: The "where" of "did" may only ask about fields of the event (event.…). '
                'Move the rest beside the "did", under an "all".',
            )
            for inner in (
                TAGGED,
                {"op": "exists", "field": "contact.email"},
                {"op": "bought"},
                {"op": "did", "event": "Y"},
                {"op": "in_segment", "segment": "S"},
            )
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: Any, message: str) -> None:
    """A condition that cannot be read is refused in two sentences: what is wrong and where, and what to do."""
    with pytest.raises(ConditionError) as caught:
        parse_condition(data)

    assert str(caught.value) == message


def nested(levels: int, data: dict[str, Any] = TAGGED) -> dict[str, Any]:
    """A condition that is `levels` deep."""
    for _ in range(levels - 1):
        data = {"op": "not", "of": data}
    return data


def test_depth_is_limited() -> None:
    """Eight levels are read, nine are refused, and thousands are refused alike and without harm."""
    parse_condition(nested(MAX_DEPTH))

    for levels in (MAX_DEPTH + 1, 100, 5_000):
        with pytest.raises(ConditionError, match=r"levels deep.* Make a segment"):
            parse_condition(nested(levels))


def test_the_where_of_a_did_counts_as_a_level() -> None:
    """A `did` with a `where` is one level deeper than the `where`."""
    where = nested(MAX_DEPTH - 1, {"op": "exists", "field": "event.v"})

    parse_condition({"op": "did", "event": "X", "where": where})

    with pytest.raises(ConditionError, match="9 levels deep"):
        parse_condition({"op": "did", "event": "X", "where": {"op": "not", "of": where}})


def test_the_number_of_questions_is_limited() -> None:
    """A hundred questions are read, the hundred-and-first is refused, wherever it stands."""
    half: dict[str, Any] = {"op": "any", "of": [TAGGED] * (MAX_LEAVES // 2)}

    parse_condition({"op": "all", "of": [half, half]})

    with pytest.raises(ConditionError, match="asks 101 questions"):
        parse_condition({"op": "all", "of": [half, half, TAGGED]})


# ------------------------------------------------------------------------------------------------ fields


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("contact.email", FieldPath("contact", "email", ())),
        ("contact.city", FieldPath("contact", None, ("city",))),
        ("contact.attributes.city", FieldPath("contact", None, ("city",))),
        ("contact.attributes.email", FieldPath("contact", None, ("email",))),
        ("contact.attributes.attributes", FieldPath("contact", None, ("attributes",))),
        ("contact.home.city", FieldPath("contact", None, ("home", "city"))),
        ("contact.Città di nascita", FieldPath("contact", None, ("Città di nascita",))),
        ('contact."shop.city".x', FieldPath("contact", None, ("shop.city", "x"))),
        ('contact."a\\"b"', FieldPath("contact", None, ('a"b',))),
        ('contact.""', FieldPath("contact", None, ("",))),
        ("contact.__proto__", FieldPath("contact", None, ("__proto__",))),
        ("contact.id", FieldPath("contact", None, ("id",))),
        ("event.name", FieldPath("event", "name", ())),
        ("event.properties.name", FieldPath("event", None, ("name",))),
        ("event.total", FieldPath("event", None, ("total",))),
    ],
)
def test_fields_are_found(text: str, path: FieldPath) -> None:
    """A field's name leads to a column, or to a key of the attributes or properties."""
    assert parse_field(text) == path
    assert parse_field(str(path)) == path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("city", "names no part of a contact"),
        ("contact", "names no part of a contact"),
        ("contacts.city", "names no part of a contact"),
        ("", "has an empty part"),
        ("contact.", "has an empty part"),
        ("contact..city", "has an empty part"),
        ("contact.attributes", "does not say which one of the attributes"),
        ("event.properties", "does not say which one of the properties"),
        ("contact.email.x", "looks inside contact.email"),
        ('contact."x', "a quote without its partner"),
        ('contact.a"b', "a quote in the middle"),
        ('contact."a"b', "a quote in the middle"),
        ("contact.a\x00", "no database can store"),
        ('contact."\\u0000"', "no database can store"),
        ('contact."\\ud800"', "no database can store"),
        ("contact.\ud800", "no database can store"),
        ("contact." + "a." * 8 + "a", "more than 8 levels deep"),
        ("contact." + "a" * 500, "longer than 500"),
    ],
)
def test_fields_that_cannot_be_are_refused(text: str, message: str) -> None:
    """The name of a field that leads nowhere is refused with the reason."""
    with pytest.raises(ValueError, match=message):
        parse_field(text)


# ------------------------------------------------------------------------------------------------ questions


MANY = parse_condition(
    {
        "op": "all",
        "of": [
            {"op": "is", "field": "contact.city", "value": "Rome"},
            {"op": "any", "of": [TAGGED, {"op": "in_segment", "segment": "S"}]},
            {"op": "not", "of": {"op": "bought", "since_anchor": True}},
            {"op": "did", "event": "X", "where": {"op": "exists", "field": "event.total"}},
        ],
    }
)


def test_what_a_condition_reads_is_known() -> None:
    """Its fields, the facts it needs and the events that can change its answer can be asked of a condition."""
    assert fields_read(MANY) == {"contact.attributes.city", "event.properties.total"}
    assert events_mentioned(MANY) == {"X", "Order Completed", "Order Cancelled"}
    assert needs(MANY) == {"contact", "tags", "segments", "history", "anchor"}
    assert needs(parse_condition({"op": "is", "field": "event.name", "value": "X"})) == {"event"}
    assert needs(parse_condition({"op": "did", "event": "X"})) == {"history"}
