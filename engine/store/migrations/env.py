"""Alembic's entry: runs the migrations on the database that `engine.store.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, BigInteger
from sqlmodel import AutoString

from engine.store.tables import METADATA

_JSON = "sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')"
_MIGRATING = 0x77656E64
"""The number of the lock under which PostgreSQL lets one process migrate."""
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


def _told(step: Any, **_rest: Any) -> None:
    tell = context.config.attributes["tell"]
    if tell is not None and step.up_revision is not None:
        tell(f"{step.up_revision.revision}: {step.up_revision.doc}")


# The write begins the one transaction in which everything happens; Alembic finds it begun, and leaves its end to it.
with context.config.attributes["database"].write() as connection:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_render,
        on_version_apply=_told,  # type: ignore[arg-type]  # it is called by names
    )
    with context.begin_transaction():
        context.run_migrations()
