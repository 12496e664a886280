"""Questions and waits that come before the only node that causes what they are about; and where that is no mistake."""

from typing import Any

import pytest

from tests.unit.flow.drawing import a_world, codes, draw

VIP = {"tag": "VIP"}
STEP = {"set": {"step": "b"}}
REDEEMED = {"events": [{"event": "coupon.redeemed", "port": "visited"}]}


def is_step(value: Any = "b") -> dict[str, Any]:
    """Whether the contact's step is the value."""
    return {"condition": {"op": "is", "field": "contact.attributes.step", "value": value}}


@pytest.mark.parametrize(
    ("paths", "configs", "expected"),
    [
        (
            "in:campaign -> q:has_tag -> a:add_tag -> out:exit\nq -no-> out",
            {"q": VIP, "a": VIP},
            "asked-before-given",
        ),
        (
            "in:campaign -> q:has_tag -> note:add_tag -> a:add_tag -> out:exit\nq -no-> a",
            {"q": VIP, "a": VIP, "note": {"tag": "seen"}},
            "asked-before-given",
        ),
        (
            "in:campaign -> q:condition -> out:exit\nq -no-> a:add_tag -> out",
            {"q": {"condition": {"op": "not", "of": {"op": "tagged", "tag": "VIP"}}}, "a": VIP},
            "asked-before-given",
        ),
        (
            "in:campaign -> q:condition -> u:update_contact -> out:exit\nq -no-> out",
            {"q": is_step(), "u": STEP},
            "asked-before-given",
        ),
        (
            "in:campaign -> w:wait_for -> gift:give_coupon -> out:exit\nw -timeout-> gift",
            {"w": REDEEMED},
            "wait-too-early",
        ),
    ],
)
def test_what_comes_before_its_cause_is_told(
    paths: str, configs: dict[str, dict[str, Any]], expected: str
) -> None:
    """A tag, a value of the profile, an event that is waited for."""
    assert codes(draw(paths, **configs)) == [expected]


@pytest.mark.parametrize(
    ("paths", "configs"),
    [
        ("in:campaign -> a:add_tag -> q:has_tag -> out:exit\nq -no-> out", {"q": VIP, "a": VIP}),
        ("in:campaign -> q:has_tag -> out:exit\nq -no-> a:add_tag -> out", {}),
        ("in:campaign -> q:has_tag -> out:exit\nq -no-> a:add_tag -> out", {"q": VIP, "a": VIP}),
        (
            "in:campaign -> q:condition -> out:exit\nq -no-> u:update_contact -> out",
            {"q": is_step(), "u": STEP},
        ),
        (
            "in:campaign -> q:condition -> a:add_tag -> out:exit\nq -no-> out",
            {"q": {"condition": {"op": "not", "of": {"op": "tagged", "tag": "VIP"}}}, "a": VIP},
        ),
        (
            "in:campaign -> q:condition -> mail:send_email -> out:exit\nq -no-> mail",
            {"q": {"condition": {"op": "did", "event": "message.opened", "within": "30 days"}}},
        ),
        (
            "in:campaign -> q:condition -> out:exit\nq -no-> u:update_contact -> out",
            {"q": is_step("other"), "u": STEP},
        ),
        (
            """in:campaign -> par:parallel -> w:wait_for -> out:exit
            w -timeout-> out
            par -b-> gift:give_coupon -> out""",
            {"w": REDEEMED},
        ),
    ],
)
def test_what_may_come_from_elsewhere_is_not_told(paths: str, configs: dict[str, dict[str, Any]]) -> None:
    """A cause before, a tag that somebody has already, guards that give it to those who have not got it, a look back over a
    time, another value, a cause beside it on a parallel path."""
    said = codes(draw(paths, **configs))

    assert not {"asked-before-given", "wait-too-early", "condition-too-early"} & set(said)


def test_a_contact_who_may_enter_again_may_have_it_from_the_last_time() -> None:
    """What an earlier round gave is asked in the next."""
    paths = "in:campaign -> q:has_tag -> a:add_tag -> out:exit\nq -no-> out"
    again = {"reentry": {"rule": "after_end"}}

    assert codes(draw(paths, again, q=VIP, a=VIP), a_world()) == []
