"""Variables of templates that not everybody has: a coupon of one branch, the event of one trigger, a field of an offer."""

from typing import Any

import pytest

from engine.flow.compile import check
from tests.unit.flow.drawing import draw
from tests.unit.flow.faulty import content_world, edited
from tests.unit.flow.manifests import CATALOG

COUPON = "Use {{ coupon.code }}"
EVENT = "From {{ event.properties.shop }}"


def said(
    paths: str, text: str, promotion: dict[str, Any] | None = None, **configs: dict[str, Any]
) -> list[str]:
    """What is said of the variables in the text that `sms` sends."""
    offer = {"name": "Spring", "discount_percent": 10, **(promotion or {})}
    document = edited(
        draw(paths, **configs),
        templates={"reminder": {"channel": "sms", "text": text}},
        promotions={"spring": offer},
    )
    return [one.code for one in check(document, CATALOG, content_world()) if "variable" in one.code]


@pytest.mark.parametrize(
    "paths",
    [
        "in:campaign -> c:condition -> gift:give_coupon -> sms:send_sms -> out:exit\nc -no-> sms",
        "in:campaign -> gift:give_coupon -> sms:send_sms -> out:exit\ngift -expired-> sms",
        """in:campaign -> par:parallel -> gift:give_coupon -> m:merge -> sms:send_sms -> out:exit
        par -b-> d:delay -> m""",
        """in:campaign -> par:parallel -> c:condition -> gift:give_coupon -> m:merge -> sms:send_sms -> out:exit
        par -b-> d:delay -> m
        c -no-> m""",
        """in:campaign -> d:delay -> gift:give_coupon -> out:exit
        g:goal -> sms:send_sms -> out""",
    ],
)
def test_a_coupon_that_some_lack_is_told(paths: str) -> None:
    """On one branch, by the port at which there is none, on one path of a merge of any, and behind a goal."""
    mode = {"m": {"mode": "all" if "c -no-> m" in paths else "any"}} if "m:merge" in paths else {}

    assert said(paths, COUPON, **mode) == ["variable-not-always"]


@pytest.mark.parametrize(
    "paths",
    [
        "in:campaign -> gift:give_coupon -> sms:send_sms -> out:exit",
        """in:campaign -> c:condition -> gift:give_coupon -> sms:send_sms -> out:exit
        c -no-> other:give_coupon -> sms""",
        """in:campaign -> par:parallel -> gift:give_coupon -> m:merge -> sms:send_sms -> out:exit
        par -b-> d:delay -> m""",
        """in:campaign -> par:parallel -> q:parallel -> gift:give_coupon -> n:merge -> m:merge -> sms:send_sms
        q -b-> e:delay -> n
        par -b-> d:delay -> m
        sms -> out:exit""",
        """in:campaign -> gift:give_coupon -> d:delay -> out:exit
        g:goal -> sms:send_sms -> out""",
    ],
)
def test_a_coupon_that_everybody_has_is_not_told(paths: str) -> None:
    """Each branch gives one, a merge waits for the path that does, or it is given before any rest and goal."""
    assert said(paths, COUPON) == []


def test_an_event_that_only_one_trigger_has_is_told() -> None:
    """A campaign has none; of two ways that do not meet each is judged by its own trigger."""
    meeting = "in:campaign -> sms:send_sms -> out:exit\nview:event -> sms"
    apart = "in:campaign -> mail:send_email -> out:exit\nview:event -> sms:send_sms -> out"
    wrong_way = "in:campaign -> sms:send_sms -> out:exit\nview:event -> mail:send_email -> out"

    assert said(meeting, EVENT) == ["variable-not-always"]
    assert said(apart, EVENT) == []
    assert said(wrong_way, EVENT) == ["variable-too-early"]


@pytest.mark.parametrize(
    ("text", "promotion", "expected"),
    [
        ("{{ promotion.ends_at }}", {}, ["variable-never"]),
        ("{{ promotion.ends_at }}", {"ends_at": "2030-01-01T00:00:00Z"}, []),
        ("{{ promotion.name }}", {}, []),
        ("{{ coupon.link }}", {}, ["variable-never"]),
        ("{{ coupon.link }}", {"link": "https://example.com"}, []),
        ("{{ coupon.expires_at }}", {}, ["variable-never"]),
        ("{{ coupon.expires_at }}", {"coupon_valid_for": "7 days"}, []),
    ],
)
def test_what_the_promotion_does_not_have_is_told(
    text: str, promotion: dict[str, Any], expected: list[str]
) -> None:
    """The promotion of the node is known, and what of it is empty."""
    paths = "in:campaign -> gift:give_coupon -> sms:send_sms -> out:exit"

    assert said(paths, text, promotion, sms={"promotion": "spring"}) == expected


@pytest.mark.parametrize(
    ("giver", "expected"),
    [("n", []), ("late", ["variable-too-early"]), ("gone", ["variable-never"]), ("c", ["variable-never"])],
)
def test_values_are_of_a_node_that_was_passed(giver: str, expected: list[str]) -> None:
    """journey.values names an act of this journey, which comes before."""
    paths = "in:campaign -> n:note -> c:condition -> sms:send_sms -> late:note -> out:exit\nc -no-> sms"

    assert said(paths, f"{{{{ journey.values.{giver}.price }}}}") == expected


def test_values_of_one_branch_are_told() -> None:
    """Who comes by the other has none."""
    paths = "in:campaign -> c:condition -> n:note -> sms:send_sms -> out:exit\nc -no-> sms"

    assert said(paths, "{{ journey.values.n.price }}") == ["variable-not-always"]
