"""How long an SMS is."""

from __future__ import annotations

import pytest

from engine.content.sms import sms_length


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments", "left"),
    [
        ("", "gsm", 0, 0, 160),
        ("a" * 160, "gsm", 160, 1, 0),
        ("a" * 161, "gsm", 161, 2, 145),
        ("€" * 80, "gsm", 160, 1, 0),
        ("č" * 70, "unicode", 70, 1, 0),
        ("č" * 71, "unicode", 71, 2, 63),
        ("🙂", "unicode", 2, 1, 68),
    ],
)
def test_an_sms_is_counted_as_providers_do(
    text: str, alphabet: str, units: int, segments: int, left: int
) -> None:
    """160 signs alone or 153 a part; 70 and 67 as soon as one sign is not in the short alphabet."""
    length = sms_length(text)

    assert (length.alphabet, length.units, length.segments, length.left) == (alphabet, units, segments, left)


def test_the_signs_that_make_it_long_are_named() -> None:
    """Each sign outside the short alphabet is told once, in order."""
    assert sms_length("naïve “quote” ï").strange == "ï“”"
