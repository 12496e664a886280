"""Incidents, replayed."""

from api.house import WHO, House
from api.incidents.queries import read_group
from engine.enrolment.ingest import ended_teller
from engine.enrolment.replay import How, replay_group


def replay(house: House, incident: str, how: How) -> int:
    """Let everybody who is parked for a cause go on, or end them. Gives how many that were."""
    with house.database.read() as connection:
        group = read_group(connection, incident)
    return replay_group(
        house.database, group, now=house.now(), who=WHO, how=how, ended=ended_teller(house.runtime, "bulk")
    )
