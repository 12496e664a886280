"""`python -m tests.chaos.office replay|resume|sweep|fire`: work that is done in one go, as a process that can die half-way.

`sweep` settles the ledger as the relay does; `fire` is one firing of the schedule of the only campaign that has one.
"""

from __future__ import annotations

import sys

from sqlalchemy import select

from api.house import runtime_of
from engine.enrolment.campaign import open_campaign_run
from engine.enrolment.control import resume_journey
from engine.enrolment.ledger_sweep import sweep_ledger
from engine.enrolment.replay import parked_groups, replay_group
from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from engine.store.settings import Settings
from engine.store.tables import campaign, journey


def _replay(runtime: Runtime) -> None:
    with runtime.database.read() as connection:
        parked = parked_groups(connection)
    for group in parked:
        replay_group(runtime.database, group, now=runtime.business_now(), who="chaos")


def _resume(runtime: Runtime) -> None:
    with runtime.database.read() as connection:
        number = connection.scalars(select(journey.c.id)).one()
    resume_journey(runtime.database, number, now=runtime.business_now(), who="chaos")


def _sweep(runtime: Runtime) -> None:
    sweep_ledger(runtime)


def _fire(runtime: Runtime) -> None:
    with runtime.database.read() as connection:
        number = connection.scalars(select(campaign.c.id).where(campaign.c.schedule.is_not(None))).one()
    open_campaign_run(runtime, number, "one firing")


_WORK = {"replay": _replay, "resume": _resume, "sweep": _sweep, "fire": _fire}


def main() -> None:
    """Do it."""
    _WORK[sys.argv[1]](runtime_of(Database(Settings.from_environment().database_url)))


if __name__ == "__main__":
    main()
