"""Signs of life, and how far something came: one row a name, which any number of processes may write at once."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, text

from engine.store.sets import among
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


def beats(connection: Connection, prefix: str) -> dict[str, int]:
    """The last signs of all whose name begins so, by the rest of their names."""
    named = select(heartbeat.c.name, heartbeat.c.at).where(
        heartbeat.c.name.startswith(prefix, autoescape=True)
    )
    return {row.name.removeprefix(prefix): row.at for row in connection.execute(named)}


def forget_beats(connection: Connection, names: Iterable[str]) -> None:
    """Forget these."""
    gone = list(names)
    if gone:
        connection.execute(delete(heartbeat).where(among(heartbeat.c.name, gone)))
