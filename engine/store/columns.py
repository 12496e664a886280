"""Column types that mean the same on SQLite and PostgreSQL."""

from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Integer, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

Big = BigInteger().with_variant(Integer(), "sqlite")
"""63-bit whole number. On SQLite a primary key of this type is the row's own id, without a second index."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def key() -> Any:
    """A primary key made by `engine.store.ids`."""
    return Field(sa_type=cast(Any, Big), primary_key=True, sa_column_kwargs={"autoincrement": False})


def big(**options: Any) -> Any:
    """A 63-bit number: an id of another row, or an instant in milliseconds since the epoch."""
    return Field(sa_type=cast(Any, Big), **options)


def json(**options: Any) -> Any:
    """A JSON value."""
    return Field(sa_type=cast(Any, Json), **options)


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a model, for set-based statements."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]  # SQLModel does not declare it
