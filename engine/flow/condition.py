"""Conditions: what a filter, a state, a split, a trigger or a segment asks of a contact.

One small typed tree, in JSON and in Python. `engine.flow.condition_eval` evaluates it, `engine.audience.condition_sql`
compiles it to SQL; both follow the rules written down in docs/decisions/conditions.md. No data makes it raise: a value
that is missing or of another type makes a comparison false.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from engine.flow.condition_field import FieldPath, parse_field, parse_item_field
from engine.flow.condition_value import MAX_LIST, Scalar, scalar, scalars, storable
from engine.flow.duration import Age, Duration

MAX_DEPTH = 8
MAX_LEAVES = 100

Need = Literal["contact", "event", "item", "tags", "segments", "history", "anchor"]
ORDER_COMPLETED = "Order Completed"
ORDER_CANCELLED = "Order Cancelled"


class ConditionError(ValueError):
    """A condition that cannot be read, or makes no sense where it stands. The text says what to do."""


Name = Annotated[StrictStr, Field(min_length=1), AfterValidator(storable)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ago(_Part):
    """A moment before now. The field it is compared with holds an ISO 8601 date or date and time, as text."""

    ago: Age


class _Group(_Part):
    of: tuple["Condition", ...] = Field(min_length=1, max_length=MAX_LEAVES)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        _check_size(self)  # type: ignore[arg-type]  # every subclass is a Condition
        return self


class All(_Group):
    """Holds when every part holds."""

    op: Literal["all"] = "all"


class AnyOf(_Group):
    """Holds when at least one part holds."""

    op: Literal["any"] = "any"


class Not(_Part):
    """Holds when its part does not: there is no third value."""

    op: Literal["not"] = "not"
    of: "Condition"

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        _check_size(self)
        return self


class _OnField(_Part):
    """`field`: contact.COLUMN, contact.attributes.KEY (short: contact.KEY), event.name, event.properties.KEY (event.KEY)."""

    field: str

    @field_validator("field")
    @classmethod
    def _canonical(cls, text: str) -> str:
        return str(cls._found(text))

    @classmethod
    def _found(cls, text: str) -> FieldPath:
        return parse_field(text)

    @property
    def path(self) -> FieldPath:
        """Where the field is found."""
        return self._found(self.field)


class _OnValue(_OnField):
    """To Python 1 and True are equal; two conditions on them are not."""

    op: str
    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._typed() == other._typed()

    def __hash__(self) -> int:
        return hash(self._typed())

    def _typed(self) -> tuple[Any, ...]:
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return (self.op, self.field, *((type(value), value) for value in values))


class Compare(_OnValue):
    """Compares a field with a value of the same type. `is_not` is exactly the opposite of `is`."""

    op: Literal["is", "is_not", "less", "at_most", "more", "at_least", "contains", "starts_with"]
    value: Scalar | Ago

    @field_validator("value", mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("ago"), str) and len(value) == 1:
            return Ago(ago=Age.parse(value["ago"]))
        return value if isinstance(value, Ago) else scalar(value)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ordering = self.op in ("less", "at_most", "more", "at_least")
        if isinstance(self.value, Ago) and not ordering:
            raise ValueError(f'"{self.op}" cannot be used with "ago". Use less, at_most, more or at_least.')
        if isinstance(self.value, bool) and ordering:
            raise ValueError(f'"{self.op}" cannot compare yes and no. Use "is".')
        if self.op in ("contains", "starts_with") and not isinstance(self.value, str):
            raise ValueError(f'"{self.op}" needs a text as its value. Write the value in quotes.')
        return self


class OneOf(_OnValue):
    """Holds when the field is one of the values. Order and repeats mean nothing."""

    op: Literal["one_of"] = "one_of"
    value: tuple[Scalar, ...] = Field(min_length=1, max_length=MAX_LIST)

    @field_validator("value", mode="before")
    @classmethod
    def _plain(cls, values: Any) -> Any:
        return scalars(values)


class Presence(_OnField):
    """Whether the field has a value at all. An empty text is one, null is none."""

    op: Literal["exists", "missing"]


class Tagged(_Part):
    """Whether the contact carries the tag."""

    op: Literal["tagged"] = "tagged"
    tag: Name


class InSegment(_Part):
    """Whether the contact is in the segment."""

    op: Literal["in_segment"] = "in_segment"
    segment: Name


class Did(_Part):
    """How often the contact did something, by the events' own time.

    Counts events called `event` that fit `where` (which may only ask about event.*), from `within` before now on, and
    from the anchor on if `since_anchor` is set: an instant that the place where the condition stands gives (the entry,
    a node).
    """

    op: Literal["did"] = "did"
    event: Name
    where: "Condition | None" = None
    at_least: int = Field(default=1, ge=0, le=1_000_000)
    at_most: int | None = Field(default=None, ge=0, le=1_000_000)
    within: Duration | None = None
    since_anchor: bool = False

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(
                f"at_most ({self.at_most}) is below at_least ({self.at_least}), which nobody can fit. "
                'Raise at_most, or set at_least to 0 for "at most".'
            )
        if self.at_least == 0 and self.at_most is None:
            raise ValueError("at_least 0 holds for everybody. Set at_least to 1 or more, or set at_most.")
        if self.where is not None:
            for part in walk(self.where):
                if not isinstance(part, All | AnyOf | Not) and needs(part) != {"event"}:
                    raise ValueError(
                        'The "where" of "did" may only ask about fields of the event (event.…). '
                        'Move the rest beside the "did", under an "all".'
                    )
        _check_size(self)
        return self


class Bought(_Part):
    """Whether the contact bought: an order completed, paid, and not cancelled.

    An order without a channel counts as online, one without a payment status as paid.
    """

    op: Literal["bought"] = "bought"
    channel: Literal["online", "offline", "any"] = "any"
    within: Duration | None = None
    since_anchor: bool = False


class _OfItem:
    """What stands in an `any_item`: its fields are those of the item, item.KEY."""

    @classmethod
    def _found(cls, text: str) -> FieldPath:
        return parse_item_field(text)


class ItemAll(All):
    """As `all`, of an item."""

    of: tuple["ItemCondition", ...] = Field(min_length=1, max_length=MAX_LEAVES)


class ItemAnyOf(AnyOf):
    """As `any`, of an item."""

    of: tuple["ItemCondition", ...] = Field(min_length=1, max_length=MAX_LEAVES)


class ItemNot(Not):
    """As `not`, of an item."""

    of: "ItemCondition"


class ItemCompare(_OfItem, Compare):
    """As the comparisons of a field, of an item's."""


class ItemOneOf(_OfItem, OneOf):
    """As `one_of`, of an item's field."""


class ItemPresence(_OfItem, Presence):
    """As `exists` and `missing`, of an item's field."""


ItemCondition = Annotated[
    ItemAll | ItemAnyOf | ItemNot | ItemCompare | ItemOneOf | ItemPresence, Field(discriminator="op")
]


class AnyItem(_OnField):
    """Whether the field holds a list, of whose items at least one fits `where`. An item that is no object has no fields."""

    op: Literal["any_item"] = "any_item"
    where: ItemCondition

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.path.column is not None:
            raise ValueError(
                f"The field {self.field} is plain text, and no list. Name the field that holds the list."
            )
        _check_size(self)
        return self


Condition = Annotated[
    All | AnyOf | Not | Compare | OneOf | Presence | AnyItem | Tagged | InSegment | Did | Bought,
    Field(discriminator="op"),
]

_KINDS: tuple[type[_Part], ...] = (
    All, AnyOf, Not, Compare, OneOf, Presence, AnyItem, Tagged, InSegment, Did, Bought,
)  # fmt: skip
_OF_ITEMS: tuple[type[_Part], ...] = (ItemAll, ItemAnyOf, ItemNot, ItemCompare, ItemOneOf, ItemPresence)
OPERATORS = tuple(op for kind in _KINDS for op in get_args(kind.model_fields["op"].annotation))

for _kind in (*_KINDS, *_OF_ITEMS):
    _kind.model_rebuild()

_ADAPTER: TypeAdapter[Condition] = TypeAdapter(Condition)


def parse_condition(data: Any) -> Condition:
    """Read a condition from plain JSON values. ConditionError names the place and the next step."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise ConditionError(_explained(error)) from None


def condition_json(condition: Condition) -> dict[str, Any]:
    """The condition as plain JSON values, defaults filled in: equal conditions give equal JSON."""
    dumped: dict[str, Any] = _ADAPTER.dump_python(condition, mode="json")
    return dumped


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside this one."""
    match condition:
        case All() | AnyOf():
            return condition.of
        case Not():
            return (condition.of,)
        case Did(where=where) if where is not None:
            return (where,)
        case _:
            return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything inside it, also the `where` of a `did`; not that of an `any_item`, which asks about the
    item."""
    yield condition
    for part in parts_of(condition):
        yield from walk(part)


def fields_read(condition: Condition) -> frozenset[str]:
    """The fields that it reads, each in its one spelling. Those of a `did` begin with event. as well."""
    return frozenset(part.field for part in walk(condition) if isinstance(part, _OnField))


def events_mentioned(condition: Condition) -> frozenset[str]:
    """The names of events whose coming can change the answer."""
    names: set[str] = set()
    for part in walk(condition):
        if isinstance(part, Did):
            names.add(part.event)
        elif isinstance(part, Bought):
            names |= {ORDER_COMPLETED, ORDER_CANCELLED}
    return frozenset(names)


def needs(condition: Condition) -> frozenset[Need]:
    """Which facts must be at hand to evaluate it. "event" is the event itself; a `did` needs "history"."""
    match condition:
        case Compare() | OneOf() | Presence() | AnyItem():
            return frozenset({condition.path.source})
        case Tagged():
            return frozenset({"tags"})
        case InSegment():
            return frozenset({"segments"})
        case Did() | Bought():
            return frozenset({"history", "anchor"} if condition.since_anchor else {"history"})
        case All() | AnyOf() | Not():
            return frozenset[Need]().union(*map(needs, parts_of(condition)))


def counted_order(channel: Literal["online", "offline", "any"]) -> Condition:
    """What `bought` asks of an Order Completed event, as a condition on it, apart from its not being cancelled."""
    paid = _absent_or("payment_status", "paid")
    if channel == "any":
        return paid
    if channel == "offline":
        return All(of=(paid, Compare(op="is", field="event.channel", value="offline")))
    return All(of=(paid, _absent_or("channel", "online")))


def _absent_or(key: str, value: str) -> Condition:
    field = f"event.properties.{key}"
    return AnyOf(of=(Presence(op="missing", field=field), Compare(op="is", field=field, value=value)))


def _check_size(condition: Condition) -> None:
    if (depth := _depth(condition)) > MAX_DEPTH:
        raise ValueError(
            f"The condition is {depth} levels deep, more than {MAX_DEPTH}. "
            "Make a segment of a part of it and ask for that with in_segment."
        )
    leaves = _questions(condition)
    if leaves > MAX_LEAVES:
        raise ValueError(
            f"The condition asks {leaves} questions, more than {MAX_LEAVES}. "
            "Use one_of for a list of values, or make a segment of a part of it."
        )


def _all_parts(condition: Condition) -> tuple[Condition, ...]:
    return (condition.where,) if isinstance(condition, AnyItem) else parts_of(condition)


def _questions(condition: Condition) -> int:
    return (not isinstance(condition, All | AnyOf | Not)) + sum(map(_questions, _all_parts(condition)))


def _depth(condition: Condition) -> int:
    return 1 + max(map(_depth, _all_parts(condition)), default=0)


def _explained(error: ValidationError) -> str:
    """The first thing that is wrong, in words, with its place."""
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    match first["type"]:
        case "value_error":
            what = first["msg"].removeprefix("Value error, ")
        case "union_tag_invalid":
            known = str(context["expected_tags"]).replace("'", "")
            what = f'"{str(context["tag"])[:40]}" is not a kind of condition here. Use one of {known}.'
        case "union_tag_not_found":
            what = 'There is no "op". Say what is asked, for example {"op": "tagged", "tag": "VIP"}.'
        case "recursion_loop" | "recursion_depth_exceeded":
            what = f"The condition is more than {MAX_DEPTH} levels deep. Make a segment of a part of it."
        case "dict_type" | "model_attributes_type" | "model_type":
            what = 'This is not a condition. Write an object, for example {"op": "tagged", "tag": "VIP"}.'
        case "extra_forbidden":
            what = "This is not known here. Check the spelling, or remove it."
        case "missing":
            what = "This is missing. Add it."
        case "too_short" | "string_too_short":
            what = "This is empty. Fill it in."
        case "too_long":
            what = (
                f"There are more than {context['max_length']} parts. Group them, or make a segment of some."
            )
        case _:
            what = f"{first['msg']}. Correct it."
    place = _place(first["loc"])
    return f"Condition, at {place}: {what}" if place else f"Condition: {what}"


def _place(location: tuple[int | str, ...]) -> str:
    """of[1].value: pydantic's location without the names of the kinds that it tried."""
    place, kind_may_follow = "", True
    for item in location:
        if kind_may_follow and item in OPERATORS:
            kind_may_follow = False
        elif isinstance(item, int):
            place, kind_may_follow = f"{place}[{item}]", True
        else:
            place, kind_may_follow = (f"{place}.{item}" if place else item), item in ("of", "where")
    return place if len(place) <= 100 else f"{place[:99]}…"
