"""The filters that a template may use."""

from __future__ import annotations

import pytest

from engine.content.filters import FILTERS, TESTS
from engine.content.templates import TemplateProblem, check, parse


def shown(expression: str, value: object = None, **more: object) -> str:
    """What an expression over `v` prints."""
    return parse("{{ " + expression + " }}", "text").render({"v": value, **more})


def problem_of(expression: str, value: object, **more: object) -> TemplateProblem:
    """The problem that printing an expression over `v` ends with."""
    with pytest.raises(TemplateProblem) as caught:
        shown(expression, value, **more)
    return caught.value


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("v|upper", "anna è", "ANNA È"),
        ("v|lower", "ANNA", "anna"),
        ("v|capitalize", "aNNA rossi", "Anna rossi"),
        ("v|title", "anne-marie o'neil DELLA rosa", "Anne-Marie O'neil Della Rosa"),
        ("v|trim", "  a b ", "a b"),
        ("v|upper", 12, "12"),
        ("v|truncate(5)", "abcdefgh", "abcd…"),
        ("v|truncate(5, '')", "abcdefgh", "abcde"),
        ("v|truncate(8)", "abcdefgh", "abcdefgh"),
        ("v|truncate(1, '...')", "abc", "."),
        ("v|replace('-', '+')", "a-b-c", "a+b+c"),
        ("v|length", "abc", "3"),
        ("v|length", [1, 2], "2"),
        ("v|first", ["a", "b"], "a"),
        ("v|last", ["a", "b"], "b"),
        ("v|join(', ')", ["a", 1, True], "a, 1, true"),
        ("v|join(', ', 'name')", [{"name": "a"}, {"name": "b"}], "a, b"),
        ("v|join", [], ""),
        ("v|urlencode", "a b&c/è", "a%20b%26c%2F%C3%A8"),
        ("v|url", " https://a.example/x?y=1#z ", "https://a.example/x?y=1#z"),
        ("v|url", "mailto:a@b.example", "mailto:a@b.example"),
        ("v|url", "tel:+39061234", "tel:+39061234"),
    ],
)
def test_filters_of_text_and_lists(expression: str, value: object, expected: str) -> None:
    """Each filter of text and lists does what its name says."""
    assert shown(expression, value) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("missing|default('x')", "x"),
        ("missing.deep.down|default('x')", "x"),
        ("none|default('x')", "x"),
        ("''|default('x')", "x"),
        ("'  '|default('x')", "x"),
        ("0|default('x')", "0"),
        ("0|default('x', true)", "x"),
        ("false|default('x')", "false"),
        ("'a'|default('x')", "a"),
        ("missing|default", ""),
    ],
)
def test_default_covers_missing_null_and_blank(expression: str, expected: str) -> None:
    """A fallback is for whoever has no value: 0 and false are values."""
    assert shown(expression) == expected


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("v|round", 2.5, "3"),
        ("v|round", -2.5, "-3"),
        ("v|round(2)", 1.005, "1.01"),
        ("v|round(1)", "2.25", "2.3"),
        ("v|number", 1234567, "1,234,567"),
        ("v|number(2, ',')", 1234.5, "1.234,50"),
        ("v|percent", 20, "20%"),
        ("v|percent(1, ',')", "12.5", "12,5%"),
        ("v|money('EUR')", 72, "€72.00"),
        ("v|money('EUR', ',')", 1234.5, "1.234,50 €"),
        ("v|money('USD')", "19.90", "$19.90"),
        ("v|money('CHF')", 1234.5, "CHF 1,234.50"),
        ("v|money('JPY')", 1234.5, "¥1,235"),
        ("v|money('KWD')", 1, "KWD 1.000"),
        ("v|money('EUR')", -5, "-€5.00"),
        ("v|money('EUR')", 2.675, "€2.68"),
    ],
)
def test_numbers_are_rounded_as_people_do(expression: str, value: object, expected: str) -> None:
    """Halves go up, in decimal, and every currency has its own number of decimals."""
    assert shown(expression, value) == expected


@pytest.mark.parametrize(
    ("expression", "value", "code"),
    [
        ("v|round", "many", "not_a_number"),
        ("v|round", True, "not_a_number"),
        ("v|money('EUR')", float("inf"), "not_a_number"),
        ("v|money('EUR')", "NaN", "not_a_number"),
        ("v|money('EUR')", 10**16, "not_a_number"),
        ("v|money('euro')", 1, "bad_argument"),
        ("v|money('EUR', ';')", 1, "bad_argument"),
        ("v|round(7)", 1, "bad_argument"),
        ("v|truncate(0)", "a", "bad_argument"),
        ("v|replace('', 'x')", "a", "bad_argument"),
        ("v|upper", ["a"], "not_text"),
        ("v|upper", {"a": 1}, "not_text"),
        ("v|join(', ')", "abc", "not_a_list"),
        ("v|join(', ', 'name')", [{"nome": "a"}], "empty_variable"),
        ("v|first", 7, "not_a_list"),
        ("v|first", [], "empty_variable"),
        ("v|length", 7, "wrong_type"),
        ("v|date", "tomorrow", "not_a_date"),
        ("v|date", "2026-02-30", "not_a_date"),
        ("v|date", "0001-01-01T00:00:00+14:00", "not_a_date"),
        ("v|date", "2" * 1_000_000, "not_a_date"),
        ("v|date", 5, "bad_argument"),
        ("v|date('%d', 'Rome')", "2026-03-05", "bad_argument"),
        ("v|date('%d', '../../etc/passwd')", "2026-03-05", "bad_argument"),
        ("v|date(w)", "2026-03-05", "bad_argument"),
    ],
)
def test_a_value_that_does_not_fit_is_a_problem(expression: str, value: object, code: str) -> None:
    """A filter says what it needs, and on which line."""
    problem = problem_of(expression, value, w="%d" * 60)
    assert (problem.code, problem.line) == (code, 1)
    assert problem.message.endswith(".")


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("v|date", "2026-03-05T12:00:00Z", "05 March 2026"),
        ("v|date('%d %B %Y')", "2026-03-05", "05 March 2026"),
        ("v|date('%A %a %-d/%-m/%y %b')", "2026-03-05T12:00:00Z", "Thursday Thu 5/3/26 Mar"),
        ("v|date('%H:%M:%S %I %-I %p %%')", "2026-03-05T15:04:09+00:00", "15:04:09 03 3 PM %"),
        ("v|date('%d %H:%M %Z', 'Europe/Rome')", "2026-03-05T23:30:00Z", "06 00:30 CET"),
        ("v|date('%d %H:%M', 'America/New_York')", "2026-03-05T23:30:00Z", "05 18:30"),
        ("v|date('%d', 'America/New_York')", "2026-03-05", "05"),
        ("v|date('%H', 'Asia/Tokyo')", "2026-03-05T23:30:00", "08"),
        ("v|date(zone='Europe/Rome', form='%H')", "2026-03-05T12:00:00Z", "13"),
    ],
)
def test_dates(expression: str, value: object, expected: str) -> None:
    """ISO text is shown in words, an instant in the zone named, a day as the day it is."""
    assert shown(expression, value) == expected


@pytest.mark.parametrize(
    ("context", "hour"),
    [
        ({"contact": {"timezone": "Europe/Rome"}, "journey": {"timezone": "Asia/Tokyo"}}, "13"),
        ({"contact": {"timezone": None}, "journey": {"timezone": "Asia/Tokyo"}}, "21"),
        ({"contact": {"timezone": "Nowhere/Land"}, "journey": {"timezone": "Asia/Tokyo"}}, "21"),
        ({"contact": {"timezone": "../../etc/passwd"}}, "12"),
        ({"contact": {"timezone": "x" * 100_000}}, "12"),
        ({"contact": "Ann"}, "12"),
        ({}, "12"),
    ],
)
def test_a_date_is_shown_in_the_contacts_zone_then_the_journeys(
    context: dict[str, object], hour: str
) -> None:
    """Without a zone of its own a date takes the contact's, the journey's, UTC; bad data never fails it."""
    assert shown("v|date('%H')", "2026-03-05T12:00:00Z", **context) == hour


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("v is odd", 3, "true"),
        ("v is even", 3, "false"),
        ("v is divisibleby(3)", 9, "true"),
        ("v is not divisibleby(3)", 8, "true"),
        ("v is none", None, "true"),
        ("v is defined", None, "true"),
        ("w is undefined", None, "true"),
    ],
)
def test_tests(expression: str, value: object, expected: str) -> None:
    """The questions that may stand behind `is`."""
    assert shown(expression, value) == expected


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ v|upper(1) }}", "bad_argument"),
        ("{{ v|replace('a') }}", "bad_argument"),
        ("{{ v|money }}", "bad_argument"),
        ("{{ v|date(colour='red') }}", "bad_argument"),
        ("{{ v|date('%Q') }}", "bad_argument"),
        ("{{ v|date(form='%10d') }}", "bad_argument"),
        ("{{ v|upper(*w) }}", "not_allowed"),
        ("{{ v|date(**w) }}", "not_allowed"),
        ("{{ v is divisibleby }}", "bad_argument"),
        ("{{ v|uper }}", "unknown_filter"),
        ("{{ v is callable }}", "unknown_test"),
        ("{{ v|tojson }}", "unknown_filter"),
    ],
)
def test_a_filter_used_wrongly_is_found_when_saved(source: str, code: str) -> None:
    """Names and arguments of filters and tests are checked before anything is rendered."""
    assert [problem.code for problem in check(source, "text", {"v", "w"})] == [code]


def test_every_filter_and_test_says_in_its_refusal_what_there_is() -> None:
    """Whoever misspells a filter or a test is shown all of them."""
    (problem,) = check("{{ v|uper }}", "text", {"v"})
    assert all(name in problem.message for name in FILTERS)
    (problem,) = check("{{ v is callable }}", "text", {"v"})
    assert all(name in problem.message for name in TESTS)
