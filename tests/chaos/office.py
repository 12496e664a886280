"""`python -m tests.chaos.office replay|resume`: an operator at work, as a process that can die half-way."""

from __future__ import annotations

import sys

from sqlalchemy import select

from api.house import runtime_of
from engine.enrolment.control import resume_journey
from engine.enrolment.replay import parked_groups, replay_group
from engine.store.database import Database
from engine.store.settings import Settings
from engine.store.tables import journey


def main() -> None:
    """Do it, and say that it is done."""
    database = Database(Settings.from_environment().database_url)
    now = runtime_of(database).business_now()
    with database.read() as connection:
        number = connection.scalars(select(journey.c.id)).one()
        parked = parked_groups(connection)
    if sys.argv[1] == "replay":
        for group in parked:
            replay_group(database, group, now=now, who="chaos")
    else:
        resume_journey(database, number, now=now, who="chaos")
    sys.stdout.write("ready\n")


if __name__ == "__main__":
    main()
