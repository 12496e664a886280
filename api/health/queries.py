"""Health, read: all of it from what workers leave in the database."""

from sqlalchemy import Connection, func, select

from engine.store.tables import admission, cohort, heartbeat

COUNTED = 10_000


def relay_seen(connection: Connection) -> int | None:
    """The real instant of the relay's last sign of life."""
    seen: int | None = connection.scalar(select(heartbeat.c.at).where(heartbeat.c.name == "relay"))
    return seen


def oldest_unstarted(connection: Connection) -> int | None:
    """The real instant at which the oldest cohort that is not started was made."""
    oldest: int | None = connection.scalar(select(func.min(cohort.c.created_at)).where(~cohort.c.started))
    return oldest


def waiting(connection: Connection) -> int:
    """How many admissions wait, up to COUNTED."""
    some = select(admission.c.strand).limit(COUNTED).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0
