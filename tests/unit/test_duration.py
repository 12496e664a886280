"""Durations: what may be written, what it means, and what a person reads who wrote something else."""

import pickle
import re

import orjson
import pytest
from pydantic import BaseModel, ValidationError

from engine.flow.duration import Duration


class Delay(BaseModel):
    """A config with durations, as a node's author writes it."""

    wait: Duration = Duration(2, "day")
    at_most: Duration | None = None


@pytest.mark.parametrize(
    ("text", "amount", "unit", "canonical"),
    [
        ("2 days", 2, "day", "2 days"),
        ("1 day", 1, "day", "1 day"),
        ("1 days", 1, "day", "1 day"),
        ("3 month", 3, "month", "3 months"),
        ("90 minutes", 90, "minute", "90 minutes"),
        ("0 minutes", 0, "minute", "0 minutes"),
        ("  10\t Seconds ", 10, "second", "10 seconds"),
        ("2days", 2, "day", "2 days"),
        ("1 HOUR", 1, "hour", "1 hour"),
        ("007 weeks", 7, "week", "7 weeks"),
        ("0000000000002 days", 2, "day", "2 days"),
        ("1\u00a0year", 1, "year", "1 year"),
        ("3653 days", 3653, "day", "3653 days"),
    ],
)
def test_a_duration_is_read_in_any_spelling_and_written_in_one(
    text: str, amount: int, unit: str, canonical: str
) -> None:
    """Singular, plural, case and spaces do not matter on the way in; there is one text on the way out."""
    read = Duration.parse(text)

    assert (amount, unit) == (read.amount, read.unit)
    assert canonical == str(read)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'The duration is empty. Write a whole number and a unit, for example "2 days".'),
        (" \n", 'The duration is empty. Write a whole number and a unit, for example "2 days".'),
        ("2", 'The duration "2" has no unit. Write the unit too, for example "2 days".'),
        (
            "-2 days",
            'The duration "-2 days" is negative. Write a number from 0 up, for example "2 days".',
        ),
        (
            "1.5 hours",
            (
                'The duration "1.5 hours" has no plain whole number. '
                'Write one, in a smaller unit if need be, for example "90 minutes".'
            ),
        ),
        (
            "two days",
            (
                'The duration "two days" does not begin with a number. '
                'Write a whole number and a unit, for example "2 days".'
            ),
        ),
        (
            "2 fortnights",
            (
                'The unit "fortnights" is not one of a duration. '
                'Write seconds, minutes, hours, days, weeks, months or years, for example "2 days".'
            ),
        ),
        (
            "2 daysss",
            (
                'The unit "daysss" is not one of a duration. '
                'Write seconds, minutes, hours, days, weeks, months or years, for example "2 days".'
            ),
        ),
        ("11 years", 'The duration "11 years" is longer than 10 years. Write at most "10 years".'),
        ("3654 days", 'The duration "3654 days" is longer than 10 years. Write at most "3653 days".'),
        ("121 months", 'The duration "121 months" is longer than 10 years. Write at most "120 months".'),
        (
            "12345678901 seconds",
            'The duration "12345678901 seconds" is longer than 10 years. Write at most "10 years".',
        ),
        (
            "x" * 100,
            (
                f'The duration "{"x" * 39}…" does not begin with a number. '
                'Write a whole number and a unit, for example "2 days".'
            ),
        ),
    ],
)
def test_an_unreadable_duration_says_what_is_wrong_and_what_to_write(text: str, message: str) -> None:
    """Each way to misspell a duration has a message of its own, with an example, and never a page of input."""
    with pytest.raises(ValueError) as caught:
        Duration.parse(text)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("amount", "unit"), [(-1, "day"), (True, "day"), (1.5, "day"), (1, "days"), (1, "eon")]
)
def test_a_duration_made_in_code_obeys_the_same_rules(amount: int, unit: str) -> None:
    """The constructor takes whole amounts from 0 up and the seven units, as the text does."""
    with pytest.raises(ValueError, match="Write"):
        Duration(amount, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("0 seconds", 0),
        ("1 second", 1_000),
        ("90 minutes", 90 * 60 * 1_000),
        ("1 hour", 60 * 60 * 1_000),
        ("1 day", 24 * 60 * 60 * 1_000),
        ("2 weeks", 14 * 24 * 60 * 60 * 1_000),
    ],
)
def test_seconds_to_weeks_have_an_exact_length(text: str, milliseconds: int) -> None:
    """A minute is 60 seconds, an hour 60 minutes, a day 24 hours and a week 7 days, always."""
    duration = Duration.parse(text)

    assert not duration.is_calendar
    assert milliseconds == duration.milliseconds


@pytest.mark.parametrize("text", ["1 month", "2 years"])
def test_months_and_years_have_no_length_of_their_own(text: str) -> None:
    """How long a month or a year is depends on its start, so asking for milliseconds is an error."""
    duration = Duration.parse(text)

    assert duration.is_calendar
    with pytest.raises(ValueError, match=r'has no fixed length\. Write it in weeks, .* "30 days"'):
        _ = duration.milliseconds


def test_a_duration_is_a_value() -> None:
    """Durations written alike are equal, hash alike and survive pickling; they cannot be changed."""
    duration = Duration.parse("2 days")

    assert duration == Duration(2, "day")
    assert {duration: "x"}[Duration(2, "day")] == "x"
    assert duration == pickle.loads(pickle.dumps(duration))  # noqa: S301 (made a moment ago)
    assert duration != Duration(48, "hour")
    assert repr(duration) == "Duration(2, 'day')"
    with pytest.raises(AttributeError):
        duration.amount = 3  # type: ignore[misc]


def test_a_model_reads_the_text_and_writes_the_canonical_text() -> None:
    """In a pydantic model a duration is its text, in JSON and in Python dumps alike."""
    delay = Delay.model_validate({"wait": " 1 DAYS"})

    assert delay.wait == Duration(1, "day")
    assert delay.model_dump() == {"wait": "1 day", "at_most": None}
    assert delay.model_dump_json() == '{"wait":"1 day","at_most":null}'
    assert orjson.loads(orjson.dumps(Delay(at_most=Duration(3, "week")).model_dump()))["at_most"] == "3 weeks"
    assert delay == Delay.model_validate_json(delay.model_dump_json())


@pytest.mark.parametrize("value", [2, 2.5, True, {"amount": 2, "unit": "day"}, ["2 days"]])
def test_a_model_refuses_what_is_no_text(value: object) -> None:
    """A bare number in a document has no unit, so it is refused with the text to write instead."""
    with pytest.raises(ValidationError) as caught:
        Delay.model_validate({"wait": value})

    assert 'is not a text. Write a number and a unit in quotes, for example "2 days".' in str(caught.value)
    assert [error["loc"] for error in caught.value.errors()] == [("wait",)]


def test_the_schema_tells_the_designer_how_to_ask() -> None:
    """The JSON schema of a duration is a text with a pattern, a widget and its default as text."""
    wait = Delay.model_json_schema()["properties"]["wait"]

    assert wait["type"] == "string"
    assert wait["x-ui"] == {"widget": "duration"}
    assert wait["default"] == "2 days"
    assert all(re.search(wait["pattern"], text) for text in wait["examples"])
