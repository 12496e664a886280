"""The library, read."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from api.errors import NotFound
from api.library.schemas import PromotionOut, TemplateFault, TemplateOut
from api.paging import Counted, count_rows, counted, decode_cursor, page_of
from engine.content import templates
from engine.content.messages import KINDS, VARIABLES
from engine.content.templates import TemplateProblem
from engine.flow.document import Template
from engine.store.tables import library_promotion, library_template

T = TypeVar("T")


def template_out(row: Row[Any]) -> TemplateOut:
    """A template, judged."""
    content = Template.model_validate(row.content)
    faults: list[TemplateFault] = []
    reads: set[str] = set()
    for part, kind in KINDS.items():
        source = getattr(content, part)
        if not source:
            continue
        found = templates.check(source, kind, VARIABLES)
        faults += [TemplateFault(part=part, code=one.code, message=str(one)) for one in found]
        try:
            reads |= templates.parse(source, kind).variables
        except TemplateProblem:
            continue  # it is among the faults
    return TemplateOut(
        name=row.name, content=content, updated_at=row.updated_at, faults=faults, variables=sorted(reads)
    )


def promotion_out(row: Row[Any]) -> PromotionOut:
    """A promotion."""
    return PromotionOut(name=row.name, content=row.content, updated_at=row.updated_at)


def list_templates(
    connection: Connection, *, search: str | None, cursor: str | None, limit: int
) -> Counted[TemplateOut]:
    """A page of templates, by name."""
    return _listed(connection, library_template, template_out, search, cursor, limit)


def list_promotions(
    connection: Connection, *, search: str | None, cursor: str | None, limit: int
) -> Counted[PromotionOut]:
    """A page of promotions, by name."""
    return _listed(connection, library_promotion, promotion_out, search, cursor, limit)


def _listed(
    connection: Connection,
    table: Table,
    shown: Callable[[Row[Any]], T],
    search: str | None,
    cursor: str | None,
    limit: int,
) -> Counted[T]:
    wanted: list[ColumnElement[bool]] = []
    if search:
        wanted.append(func.lower(table.c.name).contains(search.lower(), autoescape=True))
    query = select(table).where(*wanted)
    after = decode_cursor(cursor, str)
    if after is not None:
        query = query.where(table.c.name > after[0])
    rows = connection.execute(query.order_by(table.c.name).limit(limit + 1)).all()
    return counted(page_of(rows, limit, shown, _place), count_rows(connection, table, *wanted))


def _place(row: Row[Any]) -> tuple[str]:
    return (row.name,)


def read_row(connection: Connection, table: Table, name: str) -> Row[Any]:
    """A row of the library. NotFound where there is none of this name."""
    row = connection.execute(select(table).where(table.c.name == name)).one_or_none()
    if row is None:
        raise NotFound(f'The library holds nothing called "{name[:60]}". Look its name up in the list.')
    return row
