"""What the compiler must find in the configs of nodes that the engine itself runs: one model a lowering.

A package may bring node types of its own with these lowerings; what else their configs hold is no concern of the plan.
Defaults here only serve configs whose schema has none.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    field_serializer,
    model_validator,
)

from engine.flow.condition import Compare, Condition, OneOf, Presence, condition_json, parse_condition
from engine.flow.condition_field import parse_attribute
from engine.flow.condition_moment import moment
from engine.flow.condition_value import storable
from engine.flow.duration import Duration
from engine.flow.manifest import Lowering

_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def _time_of_day(text: str) -> str:
    match = _TIME_OF_DAY.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text[:40]}" is no time of day. Write hours and minutes, for example "09:00".')
    return f"{int(match[1]):02}:{match[2]}"


def _moment(text: str) -> str:
    if moment(text) is None:
        raise ValueError(
            f'"{text[:40]}" is no date. Write one, with a time if need be, for example "2026-12-24" or "2026-12-24T10:00".'
        )
    return text


def _attribute(text: str) -> str:
    parse_attribute(text)
    return text


def _weekdays(days: tuple[int, ...]) -> tuple[int, ...]:
    if not all(0 <= day <= 6 for day in days):
        raise ValueError("The weekdays are not all from 0 to 6. Write 0 for Monday up to 6 for Sunday.")
    return tuple(sorted(set(days)))


TagName = Annotated[str, Field(min_length=1), AfterValidator(str.strip)]
"""A tag as it is stored, without spaces around it."""


def _as_condition(value: Any) -> Any:
    return parse_condition(value) if isinstance(value, Mapping) else value


Text = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(storable)]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
AttributeName = Annotated[Text, AfterValidator(_attribute)]
"""A field of the contact's, with or without "contact." before it."""
Moment = Annotated[str, AfterValidator(_moment)]
Weekdays = Annotated[tuple[StrictInt, ...], AfterValidator(_weekdays)]
Test = Annotated[Condition, BeforeValidator(_as_condition)]
Anchor = Annotated[str, Field(min_length=1)]
"""From when events count: "here", "entry", or a node's id."""


class Contract(BaseModel):
    """Base of the contracts. Fields of no concern are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    @field_serializer("where", "condition", check_fields=False)
    def _plain(self, condition: Condition | None) -> dict[str, Any] | None:
        return None if condition is None else condition_json(condition)

    def plain(self) -> dict[str, Any]:
        """The config in its one spelling, as plain JSON values."""
        return self.model_dump(mode="json", by_alias=True)


class EventPick(Contract):
    """An event by name, and by a condition on it."""

    event: Text
    where: Test | None = None


class EventTrigger(EventPick):
    """Contacts enter when the event happens."""


class SegmentTrigger(Contract):
    """Contacts enter when they come into a segment, or leave it."""

    segment: Text
    when: Literal["entered", "left"] = "entered"


class TagTrigger(Contract):
    """Contacts enter when they get a tag, or lose it."""

    tag: TagName
    when: Literal["added", "removed"] = "added"


class CampaignTrigger(Contract):
    """Contacts enter when a campaign takes them."""


class ApiTrigger(Contract):
    """Contacts enter when a program says so."""


class DateTrigger(Contract):
    """Contacts enter on a date of theirs."""

    attribute: AttributeName
    yearly: bool = False
    offset_days: StrictInt = Field(default=0, ge=-3660, le=3660)
    at: TimeOfDay | None = None


class Delay(Contract):
    """Rest for a while."""

    for_: Duration = Field(alias="for")


class WaitUntil(Contract):
    """Rest until a date, a date of the contact's, or a window."""

    date: Moment | None = None
    attribute: AttributeName | None = None
    yearly: bool = False
    offset_days: StrictInt = Field(default=0, ge=-3660, le=3660)
    at: TimeOfDay | None = None
    opens: TimeOfDay | None = None
    closes: TimeOfDay | None = None
    weekdays: Weekdays = ()
    skip_holidays: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.date is not None and self.attribute is not None:
            raise ValueError("There is both a date and a contact's date. Remove one of the two.")
        if self.yearly and self.attribute is None and self.date is None:
            raise ValueError("There is no date to come back every year. Choose the contact's date.")
        if (self.opens is None) != (self.closes is None):
            raise ValueError("Only one end of the window is set. Set both opens and closes.")
        if self.date is None and self.attribute is None and self.at is None and self.opens is None:
            raise ValueError("There is nothing to wait for. Set a date, a time of day or a window.")
        dated = self.date is not None or self.attribute is not None
        if dated and self.opens is None and (self.weekdays or self.skip_holidays):
            raise ValueError(
                "The days have no window that they limit. Set opens and closes, or remove the days."
            )
        return self


class Engagement(Contract):
    """Wait for what the contact does with one message of this enrolment."""

    what: Literal["opened", "clicked", "delivered", "bounced"] = "opened"
    message: Anchor
    within: Duration | None = None


class EventPort(EventPick):
    """One of the events that a wait listens for, and the port that it leads to."""

    port: Text
    label: str | None = None


class WaitFor(Contract):
    """Wait for the first of several events."""

    events: tuple[EventPort, ...]
    since: Anchor = "here"
    timer_from: Literal["here", "since"] = "here"
    within: Duration | None = None


class Bought(Contract):
    """With `within` wait for a purchase, else ask whether there was one."""

    channel: Literal["online", "offline", "any"] = "any"
    since: Anchor = "here"
    within: Duration | None = None


class Question(Contract):
    """Ask a condition."""

    condition: Test


class HasTag(Contract):
    """Ask whether the contact carries a tag."""

    tag: TagName


class InSegment(Contract):
    """Ask whether the contact is in a segment."""

    segment: Text


class Attribute(Contract):
    """Ask about one field of the contact."""

    field: Text
    op: str
    value: Any = None

    @property
    def condition(self) -> Condition:
        """The question as a condition."""
        asked: dict[str, Any] = {"op": self.op, "field": self.field}
        if self.op not in ("exists", "missing"):
            asked["value"] = self.value
        return parse_condition(asked)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not isinstance(self.condition, Compare | OneOf | Presence):
            raise ValueError(
                f'"{self.op[:40]}" compares no field. Choose one of is, is_not, less, more, exists.'
            )
        return self


class ConditionPort(Contract):
    """A port that is taken when its condition holds."""

    port: Text
    label: str | None = None
    condition: Test


class Split(Contract):
    """Leave by the first port whose condition holds, else by `otherwise`."""

    branches: tuple[ConditionPort, ...]


class WeightedPort(Contract):
    """An arm of a random split."""

    port: Text
    label: str | None = None
    weight: float = 1.0


class RandomSplit(Contract):
    """Leave by a port drawn for the contact. Splits with the same `key` draw alike."""

    arms: tuple[WeightedPort, ...]
    key: str | None = None


class LabelledPort(Contract):
    """A port with its label."""

    port: Text
    label: str | None = None


class Parallel(Contract):
    """Leave by all ports at once."""

    branches: tuple[LabelledPort, ...]


class Merge(Contract):
    """Where parallel paths meet."""

    mode: Literal["all", "any"] = "all"


class Repeat(Contract):
    """Leave by `again` a few times, then by `done`."""

    times: StrictInt = Field(default=3, ge=1, le=1000)


class Goal(Contract):
    """What the journey is for: events that end the enrolment wherever it stands."""

    events: tuple[EventPick, ...]
    message_of: str | None = None
    result: Text


class Exit(Contract):
    """End with a result, at once or when the goal or the journey's limit comes."""

    result: Text
    when: Literal["at_once", "goal_or_limit"] = "at_once"


CONTRACTS: Mapping[Lowering, type[Contract] | None] = {
    "event": EventTrigger,
    "segment": SegmentTrigger,
    "tag": TagTrigger,
    "campaign": CampaignTrigger,
    "api_call": ApiTrigger,
    "date": DateTrigger,
    "delay": Delay,
    "wait_until": WaitUntil,
    "engagement": Engagement,
    "wait_for": WaitFor,
    "bought": Bought,
    "condition": Question,
    "has_tag": HasTag,
    "in_segment": InSegment,
    "attribute": Attribute,
    "split": Split,
    "random_split": RandomSplit,
    "parallel": Parallel,
    "merge": Merge,
    "repeat": Repeat,
    "goal": Goal,
    "exit": Exit,
    "act": None,
}
