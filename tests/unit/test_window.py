"""Windows: when something may happen, by the clock on the contact's wall. Each row says in words why."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from engine.flow.plan import RestUntil
from engine.journey import rests
from engine.journey.time import Window, instant, iso, next_in_window

UTC = ZoneInfo("UTC")
NEW_YORK = ZoneInfo("America/New_York")  # -5; -4 from 2026-03-08 02:00 to 2026-11-01 02:00
ROME = ZoneInfo("Europe/Rome")  # +1; +2 from 2026-03-29 02:00 to 2026-10-25 03:00
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # +11; +10:30 from 2026-04-05 02:00 to 2026-10-04 02:00
CHATHAM = ZoneInfo("Pacific/Chatham")  # +13:45; +12:45 from 2026-04-05 03:45 to 2026-09-27 02:45
APIA = ZoneInfo("Pacific/Apia")  # -10 to 2011-12-29, then +14: there was no 30 December 2011

WORKDAYS = frozenset(range(5))
SHOP = Window(opens="09:00", closes="20:00")
OFFICE = Window(opens="09:00", closes="17:00", weekdays=WORKDAYS, holidays=frozenset({"2026-12-25"}))
NIGHT = Window(opens="22:00", closes="06:00")
FRIDAY_NIGHT = Window(opens="22:00", closes="06:00", weekdays=frozenset({4}))
MONDAY = Window(opens="00:00", closes="00:00", weekdays=frozenset({0}))
IN_GAP = Window(opens="02:15", closes="02:45")
INTO_GAP = Window(opens="01:00", closes="02:30")
OUT_OF_GAP = Window(opens="02:30", closes="20:00")
IN_FOLD = Window(opens="01:00", closes="01:45")
INTO_FOLD = Window(opens="22:00", closes="01:30")
OUT_OF_FOLD = Window(opens="01:30", closes="20:00")
TO_ITS_END = Window(opens="01:15", closes="02:00")


@pytest.mark.parametrize(
    ("window", "zone", "at", "expected"),
    [
        pytest.param(SHOP, NEW_YORK, "2026-03-04T15:00:00Z", "2026-03-04T15:00:00Z", id="10:00: open"),
        pytest.param(SHOP, NEW_YORK, "2026-03-04T14:00:00Z", "2026-03-04T14:00:00Z", id="09:00 sharp: open"),
        pytest.param(
            SHOP, NEW_YORK, "2026-03-04T13:59:59.999Z", "2026-03-04T14:00:00Z", id="a moment before: 09:00"
        ),
        pytest.param(
            SHOP, NEW_YORK, "2026-03-05T00:59:59.999Z", "2026-03-05T00:59:59.999Z", id="last moment: open"
        ),
        pytest.param(
            SHOP, NEW_YORK, "2026-03-05T01:00:00Z", "2026-03-05T14:00:00Z", id="20:00 sharp: tomorrow"
        ),
        pytest.param(
            SHOP, NEW_YORK, "2026-03-08T01:00:00Z", "2026-03-08T13:00:00Z", id="13 h of night, less one"
        ),
        pytest.param(
            OFFICE, UTC, "2026-12-24T17:00:00Z", "2026-12-28T09:00:00Z", id="25th holiday, weekend: Monday"
        ),
        pytest.param(
            OFFICE, CHATHAM, "2026-03-08T19:00:00Z", "2026-03-08T19:15:00Z", id="Monday 08:45 there: 09:00"
        ),
        pytest.param(
            NIGHT, ROME, "2026-03-04T02:00:00Z", "2026-03-04T02:00:00Z", id="03:00: open since yesterday"
        ),
        pytest.param(NIGHT, ROME, "2026-03-04T05:00:00Z", "2026-03-04T21:00:00Z", id="06:00 sharp: tonight"),
        pytest.param(
            FRIDAY_NIGHT, UTC, "2026-03-07T05:00:00Z", "2026-03-07T05:00:00Z", id="Saturday 05:00: Friday's"
        ),
        pytest.param(
            FRIDAY_NIGHT, UTC, "2026-03-06T05:00:00Z", "2026-03-06T22:00:00Z", id="Friday 05:00: Thursday's"
        ),
        pytest.param(
            MONDAY, ROME, "2026-03-08T22:59:00Z", "2026-03-08T23:00:00Z", id="Sunday 23:59: at midnight"
        ),
        pytest.param(
            MONDAY, ROME, "2026-03-09T22:59:00Z", "2026-03-09T22:59:00Z", id="Monday 23:59: still open"
        ),
        pytest.param(MONDAY, ROME, "2026-03-09T23:00:00Z", "2026-03-15T23:00:00Z", id="Tuesday: in six days"),
        pytest.param(
            IN_GAP, NEW_YORK, "2026-03-08T06:00:00Z", "2026-03-09T06:15:00Z", id="no such minutes: tomorrow"
        ),
        pytest.param(INTO_GAP, NEW_YORK, "2026-03-08T06:59:00Z", "2026-03-08T06:59:00Z", id="01:59: open"),
        pytest.param(
            INTO_GAP, NEW_YORK, "2026-03-08T07:00:00Z", "2026-03-09T05:00:00Z", id="03:00: shut, past 02:30"
        ),
        pytest.param(
            OUT_OF_GAP, NEW_YORK, "2026-03-08T06:59:00Z", "2026-03-08T07:30:00Z", id="02:30 moves to 03:30"
        ),
        pytest.param(
            IN_FOLD, NEW_YORK, "2026-11-01T05:44:00Z", "2026-11-01T05:44:00Z", id="first 01:44: open"
        ),
        pytest.param(
            IN_FOLD, NEW_YORK, "2026-11-01T06:10:00Z", "2026-11-02T06:00:00Z", id="second 01:10: not again"
        ),
        pytest.param(
            INTO_FOLD, NEW_YORK, "2026-11-01T05:29:00Z", "2026-11-01T05:29:00Z", id="first 01:29: open"
        ),
        pytest.param(
            INTO_FOLD, NEW_YORK, "2026-11-01T06:10:00Z", "2026-11-02T03:00:00Z", id="second 01:10: was shut"
        ),
        pytest.param(
            OUT_OF_FOLD, NEW_YORK, "2026-11-01T05:40:00Z", "2026-11-01T05:40:00Z", id="first 01:40: open"
        ),
        pytest.param(
            OUT_OF_FOLD, NEW_YORK, "2026-11-01T06:10:00Z", "2026-11-01T07:00:00Z", id="back to 01:10: 02:00"
        ),
        pytest.param(
            OUT_OF_FOLD, NEW_YORK, "2026-11-01T06:40:00Z", "2026-11-01T07:00:00Z", id="second 01:40: 02:00"
        ),
        pytest.param(
            TO_ITS_END, NEW_YORK, "2026-11-01T05:59:00Z", "2026-11-01T05:59:00Z", id="first 01:59: open"
        ),
        pytest.param(
            TO_ITS_END, NEW_YORK, "2026-11-01T06:20:00Z", "2026-11-02T06:15:00Z", id="second 01:20: had been"
        ),
        pytest.param(
            OUT_OF_FOLD, LORD_HOWE, "2026-04-04T15:05:00Z", "2026-04-04T15:30:00Z", id="second 01:35: 02:00"
        ),
        pytest.param(
            NIGHT, NEW_YORK, "2026-11-01T06:10:00Z", "2026-11-01T06:10:00Z", id="over the fold: one night"
        ),
        pytest.param(
            OUT_OF_GAP, LORD_HOWE, "2026-10-03T15:20:00Z", "2026-10-03T15:30:00Z", id="01:50 +10:30: 02:30"
        ),
        pytest.param(NIGHT, CHATHAM, "9999-12-31T01:00:00Z", "9999-12-31T08:15:00Z", id="the last night"),
        pytest.param(
            SHOP, APIA, "2011-12-30T07:00:00Z", "2011-12-30T19:00:00Z", id="29th, 21:00: the 31st, 09:00"
        ),
    ],
)
def test_the_next_moment_in_a_window(window: Window, zone: ZoneInfo, at: str, expected: str) -> None:
    """An open window costs no time; a shut one opens when the contact's clock says so, once."""
    assert iso(next_in_window(instant(at), window, zone)) == expected


def test_a_window_of_all_day_every_day_is_always_open() -> None:
    """Opening and closing at the same time means all day, also in a gap and in a fold."""
    always = Window(opens="02:30", closes="02:30")
    every_day = Window(opens="01:30", closes="01:30", weekdays=frozenset(range(7)))

    for at in map(instant, ("2026-03-08T07:10:00Z", "2026-11-01T06:10:00Z", "2026-06-01T00:00:00Z")):
        assert next_in_window(at, always, NEW_YORK) == at
        assert next_in_window(at, every_day, NEW_YORK) == at


@pytest.mark.parametrize(
    ("config", "place", "message"),
    [
        ({"opens": "9am", "closes": "20:00"}, "opens", 'The time of day "9am" cannot be read. Write hours'),
        (
            {"opens": "09:00", "closes": "24:00"},
            "closes",
            'The time of day "24:00" cannot be read. Write hours',
        ),
        ({"opens": "09:00", "closes": "20:00", "weekdays": []}, "weekdays", "No weekday is left, so"),
        (
            {"opens": "09:00", "closes": "20:00", "weekdays": [0, 7]},
            "weekdays",
            "[0, 7] are not all weekdays. Write",
        ),
        (
            {"opens": "09:00", "closes": "20:00", "holidays": ["25.12.2026"]},
            "holidays",
            "Write year, month and day",
        ),
        (
            {"opens": "09:00", "closes": "20:00", "holidays": ["2026-02-30"]},
            "holidays",
            "Write year, month and day",
        ),
    ],
)
def test_a_window_that_cannot_be_is_refused_at_its_field(
    config: dict[str, object], place: str, message: str
) -> None:
    """A window is checked when it is read, and the error stands at the field that is wrong."""
    with pytest.raises(ValidationError) as caught:
        Window.model_validate(config)

    (error,) = caught.value.errors()
    assert error["loc"][0] == place
    assert message in error["msg"]


def test_a_window_is_written_the_same_each_time() -> None:
    """A window is a value: times in one spelling, days in order, equal if they mean the same."""
    text = '{"opens":"9:00","closes":"20:00","weekdays":[4,0,2],"holidays":["2027-01-01","2026-12-25","2026-12-26"]}'
    window = Window.model_validate_json(text)

    assert window.model_dump_json() == (
        '{"opens":"09:00","closes":"20:00","weekdays":[0,2,4],'
        '"holidays":["2026-12-25","2026-12-26","2027-01-01"]}'
    )
    assert {window: 1}[Window.model_validate(window.model_dump())] == 1


def test_the_schema_of_a_window_carries_its_rules() -> None:
    """Whoever checks a window by its schema alone knows the form of a time and the range of a weekday."""
    fields = Window.model_json_schema()["properties"]
    weekdays = fields["weekdays"]["anyOf"][0]

    assert fields["opens"]["x-ui"] == {"widget": "time"}
    assert fields["opens"]["pattern"] == "^(([01]?[0-9]|2[0-3]):([0-5][0-9]))$"
    assert (weekdays["minItems"], weekdays["items"]) == (1, {"type": "integer", "minimum": 0, "maximum": 6})
    assert fields["holidays"]["items"] == {"type": "string", "format": "date"}


def test_the_contacts_of_a_rest_share_one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its holidays are read once, not for each contact who comes there."""
    made: list[Window] = []

    def counted(**fields: Any) -> Window:
        made.append(Window(**fields))
        return made[-1]

    monkeypatch.setattr(rests, "Window", counted)
    operation = RestUntil(opens="08:11", closes="17:59", skip_holidays=True, port="done", past_port=None)
    for second in range(100):
        rests.rest_until_moment(operation, second * 1_000, None, ROME, ["2026-12-25"])

    assert len(made) == 1
