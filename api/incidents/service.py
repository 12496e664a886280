"""Incidents, tried again."""

from api.house import WHO, House
from api.incidents.queries import read_group
from engine.enrolment.replay import replay_group


def retry(house: House, incident: str, *, newest: bool) -> int:
    """Let everybody who is parked for a cause try their node again. Gives how many are on their way."""
    with house.database.read() as connection:
        group = read_group(connection, incident)
    return replay_group(house.database, group, now=house.now(), who=WHO, newest=newest)
