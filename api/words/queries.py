"""What has been seen here, read with bounds: the cost does not grow with the number of contacts and events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Table, func, null, select

from api.errors import NotFound
from api.words.schemas import (
    Choice,
    ChoicesOut,
    Kind,
    Known,
    KnownEvent,
    KnownOfItem,
    Scalar,
    Variable,
    VocabularyOut,
)
from engine.audience.profile import COLUMNS
from engine.content.messages import VARIABLES
from engine.enrolment.world import known_tags
from engine.flow.condition_moment import moment
from engine.flow.condition_words import EVENTS
from engine.store.batch import Person
from engine.store.tables import contact, enrolment, event, library_promotion, library_template, segment

Named = Literal["segment", "template", "promotion"]
_TABLES: dict[Named, Table] = {
    "segment": segment,
    "template": library_template,
    "promotion": library_promotion,
}
_LOOKED_AT = 1_500
_DEEPEST = 3
_MOST_NAMES = 300
_MOST_IN_ITEMS = 50
_MOST_ITEMS = 20
_MOST_SAMPLES = 12
_LONGEST_SAMPLE = 80
_PERSON = ("id", *COLUMNS, "attributes")


def vocabulary(connection: Connection) -> VocabularyOut:
    """What conditions and templates can name."""
    attributes = list(_known(row[0] for row in _newest(connection, contact.c.attributes, contact.c.id)))
    events = list(_events(connection))
    return VocabularyOut(
        columns=list(COLUMNS),
        attributes=attributes,
        events=events,
        tags=sorted(known_tags(connection))[:_MOST_NAMES],
        results=_results(connection),
        variables=list(_variables(connection, attributes, events)),
    )


def read_person(connection: Connection, number: int) -> Person:
    """A contact as a template sees it. NotFound where there is none."""
    row = connection.execute(
        select(*(contact.c[name] for name in _PERSON)).where(contact.c.id == number)
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no contact {number}. Look up the id among the contacts.")
    return Person(*row)


def choices(
    connection: Connection,
    kind: Named,
    *,
    search: str | None,
    channel: str | None,
    named: str | None,
    limit: int,
) -> ChoicesOut:
    """The first names that match, and how many do."""
    table = _TABLES[kind]
    spoken: ColumnElement[Any] = null() if kind != "template" else table.c.content["channel"].as_string()
    wanted: list[ColumnElement[bool]] = []
    if search:
        wanted.append(func.lower(table.c.name).contains(search.lower(), autoescape=True))
    if channel and kind == "template":
        wanted.append(spoken == channel)
    query = select(table.c.name, spoken).where(*wanted).order_by(table.c.name).limit(limit)
    known = None
    if named is not None:
        known = connection.execute(select(table.c.name).where(table.c.name == named)).first() is not None
    return ChoicesOut(
        items=[Choice(name=name, channel=of) for name, of in connection.execute(query)],
        matching=connection.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one(),
        known=known,
    )


def _newest(connection: Connection, *columns: Any) -> list[Any]:
    """The newest rows: ids rise with time, so that this reads the end of the table alone."""
    return list(connection.execute(select(*columns).order_by(columns[-1].desc()).limit(_LOOKED_AT)).all())


def _events(connection: Connection) -> Iterator[KnownEvent]:
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for name, properties, _ in _newest(connection, event.c.name, event.c.properties, event.c.id):
        seen.setdefault(name, []).append(properties)
    names = sorted({*seen, *EVENTS}, key=lambda name: (-len(seen.get(name, ())), name))
    for name in names[:_MOST_NAMES]:
        found = seen.get(name, [])
        yield KnownEvent(name=name, seen=len(found), properties=list(_known(found)))


def _results(connection: Connection) -> list[str]:
    rows = _newest(connection, enrolment.c.result, enrolment.c.id)
    return [name for name, _ in Counter(row[0] for row in rows if row[0]).most_common(50)]


@dataclass(slots=True)
class _Seen:
    """What stood under one name."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    values: Counter[Scalar] = field(default_factory=Counter)
    items: "dict[str, _Seen]" = field(default_factory=dict)


def _known(objects: Iterable[Any]) -> Iterator[Known]:
    """The names in these objects, the most frequent first, with what they hold."""
    seen: dict[str, _Seen] = {}
    for found in objects:
        _count(found, seen)
    for name in _ranked(seen, _MOST_NAMES):
        inside = seen[name].items
        items = [_held(part, inside[part]) for part in _ranked(inside, _MOST_IN_ITEMS)]
        yield Known(**_held(name, seen[name]).model_dump(), items=items)


def _count(found: Any, seen: dict[str, _Seen], *, of_item: bool = False) -> None:
    for name, value in _flat(found, "", 0):
        one = seen.setdefault(name, _Seen())
        one.kinds[_kind(value)] += 1
        if isinstance(value, str | int | float) and len(str(value)) <= _LONGEST_SAMPLE:
            one.values[value] += 1
        # A condition asks about no list in an item, and what a long list is like its beginning says.
        if isinstance(value, list) and not of_item:
            for item in value[:_MOST_ITEMS]:
                _count(item, one.items, of_item=True)


def _ranked(seen: Mapping[str, _Seen], most: int) -> list[str]:
    return sorted(seen, key=lambda name: (-seen[name].kinds.total(), name))[:most]


def _held(name: str, seen: _Seen) -> KnownOfItem:
    samples = [value for value, _ in seen.values.most_common(_MOST_SAMPLES)]
    return KnownOfItem(name=name, kind=seen.kinds.most_common(1)[0][0], samples=samples)


def _flat(found: Any, above: str, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(found, Mapping) or depth == _DEEPEST:
        return
    for key, value in found.items():
        # Fields of conditions spell such keys in quotes: rare enough to be typed by hand.
        if not isinstance(key, str) or value is None or not key.isidentifier():
            continue
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, value


def _kind(value: Any) -> Kind:
    match value:
        case bool():
            return "yes_no"
        case int() | float():
            return "number"
        case str():
            return "text" if moment(value) is None else "date"
        case list():
            return "list"
        case _:
            return "object"


def _variables(
    connection: Connection, attributes: list[Known], events: list[KnownEvent]
) -> Iterator[Variable]:
    row = connection.execute(
        select(*(contact.c[name] for name in COLUMNS)).order_by(contact.c.id.desc()).limit(1)
    ).one_or_none()
    samples = dict(row._mapping) if row else {}
    for name in VARIABLES:
        group, _, rest = name.partition(".")
        if rest == "attributes.*":
            for one in attributes:
                yield Variable(name=f"contact.attributes.{one.name}", group="contact", sample=_sample(one))
        elif name == "event.*":
            properties = {one.name: one for known in events for one in reversed(known.properties)}
            for one in list(properties.values())[:60]:
                yield Variable(name=f"event.properties.{one.name}", group="event", sample=_sample(one))
        elif "*" not in name:
            yield Variable(name=name, group=group, sample=str(samples.get(rest) or _SAMPLES.get(name, "")))  # type: ignore[arg-type]  # the groups of VARIABLES


_SAMPLES = {
    "promotion.id": "SPRING", "promotion.name": "Spring offer", "promotion.discount_percent": "20",
    "promotion.products": "TOY-01, TOY-02", "promotion.starts_at": "2026-03-01", "promotion.ends_at": "2026-03-31",
    "promotion.link": "https://shop.example/spring", "coupon.code": "0SAMPLE0C0DE00", "coupon.expires_at": "2026-03-31T21:59:59Z",
    "coupon.discount_percent": "20", "coupon.promotion": "SPRING", "coupon.link": "https://shop.example/spring?coupon=0SAMPLE0C0DE00",
    "journey.name": "Spring journey",
    "journey.timezone": "Europe/Rome",
}  # fmt: skip


def _sample(known: Known) -> str:
    return str(known.samples[0]) if known.samples else ""
