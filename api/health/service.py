"""Health, judged."""

from sqlalchemy import Connection

from api.health.queries import oldest_unstarted, relay_seen, waiting
from api.health.schemas import Health

AWAY_SECONDS = 15.0
"""So long without a sign of the relay, and contacts do not move. It gives one every few seconds."""


def health(connection: Connection, *, now: int, version: str) -> Health:
    """How the installation is at the real instant `now`. A relay whose Temporal is away gives no sign of life."""
    seen, oldest = relay_seen(connection), oldest_unstarted(connection)
    silent = None if seen is None else max(0.0, (now - seen) / 1000)
    well = silent is not None and silent < AWAY_SECONDS
    return Health(
        state="well" if well else "ailing",
        version=version,
        database="sqlite" if connection.dialect.name == "sqlite" else "postgresql",
        temporal="reachable" if well else "away",
        relay_seen_seconds=silent,
        relay_lag_seconds=0.0 if oldest is None else max(0.0, (now - oldest) / 1000),
        waiting=waiting(connection),
    )
