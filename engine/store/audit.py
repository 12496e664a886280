"""The audit log: what a person did."""

from typing import Any

from sqlalchemy import Connection, insert

from engine.store.ids import new_id
from engine.store.tables import audit


def record(
    connection: Connection,
    *,
    at: int,
    who: str,
    what: str,
    subject: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Write what somebody did, in the transaction that does it. `subject` is a kind and an id, such as "journey/12";
    `details` hold references, never personal data."""
    connection.execute(
        insert(audit).values(id=new_id(), at=at, who=who, what=what, subject=subject, details=details or {})
    )
