"""The world outside a flowchart, read from the database: what the checks ask for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, text, union

from engine.audience.condition_sql import segment_count
from engine.content import templates
from engine.content.messages import VARIABLES
from engine.content.templates import Kind, TemplateProblem
from engine.flow.condition import ConditionError
from engine.flow.document import Flowchart, Promotion, Template
from engine.flow.world import World
from engine.store.tables import account, library_promotion, library_template, rule, segment

# Every name by its index, without a look at each contact that carries it.
_TAGS_IN_USE = text(
    "WITH RECURSIVE names(name) AS ("
    " SELECT min(name) FROM tag"
    " UNION ALL SELECT (SELECT min(tag.name) FROM tag WHERE tag.name > names.name) FROM names"
    " WHERE names.name IS NOT NULL"
    ") SELECT name FROM names WHERE name IS NOT NULL"
)


def world_of(connection: Connection, document: Flowchart | Mapping[str, Any], *, now: int) -> World:
    """What exists beside this document at the business instant `now`. Segments that it does not name are not counted."""
    accounts: dict[str, str] = {
        row[0]: row[1] for row in connection.execute(select(account.c.name, account.c.channel))
    }
    return World(
        templates={
            row[0]: Template.model_validate(row[1]) for row in connection.execute(_content(library_template))
        },
        promotions={
            row[0]: Promotion.model_validate(row[1])
            for row in connection.execute(_content(library_promotion))
        },
        segments=_segments(connection, document, now),
        condition_segments=frozenset(
            connection.scalars(select(segment.c.name).where(segment.c.kind == "condition"))
        ),
        channels=frozenset(accounts.values()),
        accounts=accounts,
        tags=known_tags(connection),
        variables=VARIABLES,
        now=now,
        template_problems=template_problems,
        template_variables=template_variables,
    )


def known_tags(connection: Connection) -> frozenset[str]:
    """The tags that some contact carries, some rule gives, or some segment is made of."""
    named = union(select(rule.c.tag), select(segment.c.tag).where(segment.c.tag.is_not(None)))
    return frozenset(connection.scalars(_TAGS_IN_USE)) | frozenset(connection.scalars(named))


def template_problems(source: str, kind: str, known: Collection[str]) -> Sequence[tuple[str, str]]:
    """What is wrong with a template's source, as (code, message)."""
    return [(problem.code, str(problem)) for problem in templates.check(source, _kind(kind), known)]


def template_variables(source: str, kind: str) -> Collection[str]:
    """The variables without which it cannot be rendered; none for a source that cannot be read."""
    try:
        return templates.parse(source, _kind(kind)).required
    except TemplateProblem:
        return frozenset()


def _kind(kind: str) -> Kind:
    if kind == "html":
        return "html"
    return "line" if kind == "line" else "text"


def _content(table: Any) -> Any:
    return select(table.c.name, table.c.content)


def _segments(
    connection: Connection, document: Flowchart | Mapping[str, Any], now: int
) -> dict[str, int | None]:
    names = list(connection.scalars(select(segment.c.name).order_by(segment.c.name)))
    if not names:
        return {}
    values = document.to_json() if isinstance(document, Flowchart) else document
    mentioned = set(texts_of(values))
    return {name: _count(connection, name, now) if name in mentioned else None for name in names}


def _count(connection: Connection, name: str, now: int) -> int | None:
    try:
        return segment_count(connection, name, now=now)
    except ConditionError:
        # A segment that names one that is gone: it exists, and nobody can say how many are in it.
        return None


def texts_of(value: Any) -> Iterator[str]:
    """Every text in the document's values, however deep: the walk keeps its own stack."""
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, Mapping):
            stack.extend(found.values())
        elif isinstance(found, list | tuple):
            stack.extend(found)
