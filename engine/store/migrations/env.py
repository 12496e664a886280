"""Alembic's entry: runs the migrations on the database that `engine.store.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, BigInteger
from sqlmodel import AutoString

from engine.store.tables import METADATA

_JSON = "sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')"
_BIG = "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """The types as SQLAlchemy's own, so that a migration does not change with the code."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, JSON):
        return _JSON
    return _BIG if isinstance(item, BigInteger) else False


engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.in_transaction():
        connection.commit()
