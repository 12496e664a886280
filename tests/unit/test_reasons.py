"""Reasons in words: why somebody is parked, and what to do about it."""

from __future__ import annotations

import re

import pytest

from engine.enrolment.reasons import cause_words, parked_words


def test_a_known_cause_says_what_to_do_next() -> None:
    """The template, the account, the worker: each names what has to be mended."""
    assert parked_words("template:undefined-variable") == (
        "The template could not be filled in: undefined-variable. "
        "Mend the template, publish, and retry on the newest version."
    )
    assert parked_words("provider_auth") == (
        "The provider refuses the account: its credentials are wrong or blocked. Mend the account, then retry."
    )
    assert "Start the worker" in parked_words("node_missing: shop.gift 1")


def test_what_a_template_says_is_told_without_its_code() -> None:
    """The problem's own words stay, the code behind which they stand does not."""
    assert parked_words("template:empty_variable: Line 2: contact.city is empty.") == (
        "The template could not be filled in: Line 2: contact.city is empty. "
        "Mend the template, publish, and retry on the newest version."
    )


@pytest.mark.parametrize(
    "reason",
    [
        "unknown",
        "unknown: a request had left when the node stopped with TimeoutError.",
        "unconfirmed",
        "cancelled: the contact has gone on",
        "attempts: it is not known yet whether this happened",
    ],
)
def test_what_nobody_knows_is_decided_by_a_person(reason: str) -> None:
    """A retry is not the way."""
    assert re.search(r"[Ss]end (it )?again.* leave by a port\.$", parked_words(reason))


def test_an_unknown_cause_is_told_as_it_is_with_the_next_step() -> None:
    """A code of a node's author becomes a sentence."""
    assert parked_words("wrong_credentials") == "Wrong credentials. Mend that, then retry."


def test_what_a_nodes_author_says_to_people_is_told_without_its_code_and_ends_once() -> None:
    """Whoever brings a next step along is not given another one."""
    for code in ("provider_auth: ", "provider_missing: "):
        said = "The printer refuses the token. Set it anew, and replay."
        assert parked_words(code + said) == said
    assert parked_words("bug:ConfigUnfit: The config costs $1.") == (
        "The node's code failed: ConfigUnfit: The config costs $1. Its author has to mend it; then retry."
    )


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("connection refused", "connection refused"),
        ("503", "the answer had the status 503"),
        ("NotSent", "no connection was made"),
    ],
)
def test_whoever_was_tried_too_often_is_told_what_failed_last(last: str, told: str) -> None:
    """A status, or the name of an error, is no sentence."""
    assert parked_words(f"attempts: {last}") == (
        f"It was tried as often as may be, the last time: {told}. "
        "See that what it needs can be reached again, then retry."
    )
    assert parked_words("attempts").endswith("then retry.")


def test_a_cause_alone_has_no_next_step() -> None:
    """A line that is about a message says what is wrong; what to do is said where somebody is parked."""
    assert cause_words("provider_auth") == (
        "The provider refuses the account: its credentials are wrong or blocked."
    )
