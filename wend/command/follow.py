"""A campaign that was just made, followed until it is through: how many entered, how many did not, and why."""

import shlex
import time
from collections.abc import Callable

from sqlalchemy import Connection, select

from api.campaigns.queries import read_campaign
from api.campaigns.schemas import CampaignOut
from api.health.queries import relay_seen
from api.health.service import AWAY_SECONDS
from engine.enrolment.runtime import real_now
from engine.store.database import Database
from engine.store.tables import journey
from wend.command.screen import console

_LOOK_SECONDS = 0.2
_OVER = ("done", "cancelled", "paused")


def follow(database: Database, campaign: int) -> None:
    """Show how a campaign gets on until it is over, and tell what came of it. Left early, where nothing moves or by Ctrl-C, it
    goes on by itself."""
    try:
        with console.status("Entering") as live:
            shown, why = _watch(database, campaign, live.update)
    except KeyboardInterrupt:
        with database.read() as connection:
            shown = read_campaign(connection, campaign)
        why = "It goes on by itself."
    console.say(f"{_contacts(shown.entered, 'has', 'have')} entered.")
    if shown.refused:
        console.say(f"{_contacts(shown.skipped, 'did', 'did')} not enter:")
        for one in shown.refused:
            console.say(f"  {one.count:,} {one.words}")
    if why:
        console.say(f"{why} Follow it with: wend status {shlex.quote(shown.journey_name)}")


def _watch(database: Database, campaign: int, tell: Callable[[str], None]) -> tuple[CampaignOut, str]:
    """The campaign once it is over or stands still, and why it is not through."""
    moved = time.monotonic()
    before: tuple[str, int, int] | None = None
    while True:
        with database.read() as connection:
            shown = read_campaign(connection, campaign)
            held = _held(connection, shown)
        tell(f"Entering: {shown.entered:,}")
        if shown.state in _OVER:
            return shown, "" if shown.state == "done" else f"The campaign is {shown.state}."
        if held:
            return shown, held
        now = (shown.state, shown.entered, shown.skipped)
        if now != before:
            before, moved = now, time.monotonic()
        elif time.monotonic() - moved > AWAY_SECONDS:
            return shown, "It is not through yet, and goes on by itself."
        time.sleep(_LOOK_SECONDS)


def _held(connection: Connection, shown: CampaignOut) -> str:
    """What keeps a campaign from going on; nothing where nothing does."""
    seen = relay_seen(connection)
    if seen is None or real_now() - seen > AWAY_SECONDS * 1000:
        return "The campaign begins, or goes on, as soon as the workers run: start them with `wend up`."
    state = connection.scalar(select(journey.c.state).where(journey.c.id == shown.journey))
    return "The journey is paused: the campaign goes on once it is resumed." if state == "paused" else ""


def _contacts(count: int, one: str, many: str) -> str:
    return f"{count:,} contact {one}" if count == 1 else f"{count:,} contacts {many}"
