"""Enrolments, replayed."""

from api.enrolments.queries import parked_strands, read_enrolment
from api.enrolments.schemas import ReplayIn
from api.house import WHO, House
from engine.enrolment.ingest import ended_teller
from engine.enrolment.replay import How, NotParked, NotUndecided, ReplayUnclear, replay_one


def replay(house: House, number: int, how: How) -> int:
    """Let whatever of an enrolment is parked go on, or end it; nodes before it never run again. Gives how many.

    Where it cannot be done with one of its parallel paths, it is done with the others; refused where it can be with none.
    """
    with house.database.read() as connection:
        read_enrolment(connection, house.runtime.plans, number)
        parked = parked_strands(connection, number)
    if not parked:
        raise NotParked(
            f"Enrolment {number} is not parked. Look at its timeline, or at the list of incidents."
        )
    ended = ended_teller(house.runtime, "bulk")
    if how.action == "exit":  # one of them takes the whole enrolment along
        parked = parked[:1]
    done = 0
    refusals: list[ValueError] = []
    for strand in parked:
        try:
            done += replay_one(house.database, strand, now=house.now(), who=WHO, how=how, ended=ended)
        except (NotParked, NotUndecided, ReplayUnclear) as refused:
            refusals.append(refused)
    if refusals and not done:
        raise refusals[0]
    return done


def how_of(wanted: ReplayIn) -> How:
    """What a request asks for. ReplayUnclear where it does not say it in full."""
    return How(wanted.how, wanted.port, wanted.result, wanted.newest)
