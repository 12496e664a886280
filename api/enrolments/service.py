"""Enrolments, tried again."""

from api.enrolments.queries import parked_strands, read_enrolment
from api.house import WHO, House
from engine.enrolment.replay import NotParked, replay_one


def retry(house: House, number: int, *, newest: bool) -> int:
    """Let whatever of an enrolment is parked try its node again; nodes before it never run again. Gives how many."""
    with house.database.read() as connection:
        read_enrolment(connection, house.runtime.plans, number)
        parked = parked_strands(connection, number)
    if not parked:
        raise NotParked(
            f"Enrolment {number} is not parked. Look at its timeline, or at the list of incidents."
        )
    for strand in parked:
        replay_one(house.database, strand, now=house.now(), who=WHO, newest=newest)
    return len(parked)
