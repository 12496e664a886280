"""Signs of life, and how far something came: one row a name, which any number of processes may write at once."""

from sqlalchemy import Connection, select, text

from engine.store.tables import heartbeat

_BEAT = text(
    "INSERT INTO heartbeat (name, at, details) VALUES (:name, :at, '{}') "
    "ON CONFLICT (name) DO UPDATE SET at = excluded.at"
)


def beat(connection: Connection, name: str, at: int) -> None:
    """Write down that `name` was there at the instant `at`."""
    connection.execute(_BEAT, {"name": name, "at": at})


def last_beat(connection: Connection, name: str) -> int | None:
    """The instant of the last sign; None where there was none yet."""
    at: int | None = connection.scalar(select(heartbeat.c.at).where(heartbeat.c.name == name))
    return at
