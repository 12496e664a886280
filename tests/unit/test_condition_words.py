"""Conditions: what they say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from engine.flow.condition import (
    parse_condition,
)
from engine.flow.condition_words import describe

TAGGED = {"op": "tagged", "tag": "VIP"}
SHOES: dict[str, Any] = {
    "op": "any_item",
    "field": "event.products",
    "where": {"op": "is", "field": "item.category", "value": "shoes"},
}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {
                "op": "all",
                "of": [
                    {"op": "is", "field": "contact.city", "value": "Rome"},
                    {
                        "op": "did",
                        "event": "message.opened",
                        "where": {"op": "is", "field": "event.channel", "value": "email"},
                        "within": "30 days",
                    },
                ],
            },
            "city is Rome and opened an email in the last 30 days",
        ),
        (
            {
                "op": "any",
                "of": [
                    {"op": "all", "of": [TAGGED, {"op": "missing", "field": "contact.first_name"}]},
                    {"op": "bought", "channel": "offline", "since_anchor": True},
                ],
            },
            "(has the tag VIP and first name is not known) or bought in a shop since then",
        ),
        (
            {"op": "not", "of": {"op": "did", "event": "Product Viewed", "within": "1 day"}},
            "never viewed a product in the last day",
        ),
        ({"op": "did", "event": "Odd: one", "at_least": 3}, "did Odd: one at least 3 times"),
        (
            {
                "op": "did",
                "event": "Order Completed",
                "at_least": 0,
                "at_most": 1,
                "where": {"op": "more", "field": "event.total", "value": 50},
            },
            "placed an order (total is more than 50) at most 1 time",
        ),
        (
            {"op": "did", "event": "message.clicked", "at_least": 2, "at_most": 2},
            "clicked in a message exactly 2 times",
        ),
        (
            {"op": "did", "event": "message.clicked", "at_least": 2, "at_most": 4},
            "clicked in a message 2 to 4 times",
        ),
        ({"op": "not", "of": {"op": "bought"}}, "did not buy"),
        ({"op": "not", "of": TAGGED}, "does not have the tag VIP"),
        ({"op": "not", "of": {"op": "in_segment", "segment": "S 1"}}, "is not in the segment S 1"),
        ({"op": "not", "of": {"op": "exists", "field": "contact.email"}}, "email is not known"),
        ({"op": "not", "of": {"op": "is", "field": "contact.v", "value": ""}}, 'v is not ""'),
        (
            {"op": "not", "of": {"op": "not", "of": {"op": "less", "field": "contact.v", "value": 5}}},
            "v is less than 5",
        ),
        (
            {"op": "not", "of": {"op": "any", "of": [TAGGED, TAGGED]}},
            "not (has the tag VIP or has the tag VIP)",
        ),
        ({"op": "is", "field": "contact.v", "value": True}, "v is yes"),
        ({"op": "less", "field": "contact.v", "value": "m"}, "v comes before m"),
        (
            {"op": "less", "field": "contact.born", "value": {"ago": "2 years"}},
            "born is more than 2 years ago",
        ),
        ({"op": "one_of", "field": "contact.v", "value": ["a", "b", "c"]}, "v is a, b or c"),
        (
            {"op": "one_of", "field": "contact.v", "value": list(range(9))},
            "v is one of 9 values (0, 1, 2, …)",
        ),
        ({"op": "not", "of": {"op": "one_of", "field": "contact.v", "value": ["a"]}}, "v is not a"),
        ({"op": "contains", "field": "contact.v", "value": 'x"'}, 'v contains "x""'),
        (SHOES, "has any item of products where category is shoes"),
        ({"op": "not", "of": SHOES}, "has no item of products where category is shoes"),
        (
            {"op": "all", "of": [{**SHOES, "where": {"op": "all", "of": [SHOES["where"]] * 2}}, TAGGED]},
            "has any item of products where (category is shoes and category is shoes) and has the tag VIP",
        ),
    ],
)
def test_conditions_in_words(data: dict[str, Any], words: str) -> None:
    """A condition can be said as part of a sentence."""
    assert describe(parse_condition(data)) == words
