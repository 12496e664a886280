"""Enrolments, replayed."""

from api.enrolments.queries import parked_strands, read_enrolment
from api.enrolments.schemas import ReplayIn
from api.house import WHO, House
from engine.enrolment.ingest import ended_teller
from engine.enrolment.replay import How, NotParked, replay_one


def replay(house: House, number: int, how: How) -> int:
    """Let whatever of an enrolment is parked go on, or end it; nodes before it never run again. Gives how many."""
    with house.database.read() as connection:
        read_enrolment(connection, house.runtime.plans, number)
        parked = parked_strands(connection, number)
    if not parked:
        raise NotParked(
            f"Enrolment {number} is not parked. Look at its timeline, or at the list of incidents."
        )
    ended = ended_teller(house.runtime, "bulk")
    if how.action == "exit":  # one of them takes the whole enrolment along
        replay_one(house.database, parked[0], now=house.now(), who=WHO, how=how, ended=ended)
        return 1
    for strand in parked:
        replay_one(house.database, strand, now=house.now(), who=WHO, how=how, ended=ended)
    return len(parked)


def how_of(wanted: ReplayIn) -> How:
    """What a request asks for. ReplayUnclear where it does not say it in full."""
    return How(wanted.how, wanted.port, wanted.result, wanted.newest)
