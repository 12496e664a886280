"""Compiled flowcharts for the oracle test: what is drawn, in a zone whose clocks change, with months, hours and holidays.

The oracle here reads calendars naively: day by day, minute by minute, on the wall clock of `zoneinfo`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Generator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from engine.flow.duration import Duration
from engine.flow.plan import Arm, Ask, Plan, RestFor, RestUntil, Wait
from tests.unit.flow.drawing import plan_of
from tests.unit.journey.both import OracleSide, World
from tests.unit.journey.oracle import rounded
from tests.unit.journey.oracle_parts import Enrolment, Still, Strand, Told, Way
from tests.unit.journey.plans import Deed, Enters, Happens, histories

DRAWN = {"viewed": "landing.visited"}
"""What the events of a random history are called in flowcharts."""

ZONES = ("UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
"""New York's clocks change on 9 March 2025, in the first week of every history."""

HOLIDAYS = ("2025-03-03", "2025-03-05", "2025-03-10")
WINDOW = {"at": None, "opens": "10:00", "closes": "17:30"}
CONFIGS: dict[str, list[dict[str, Any]]] = {
    "delay": [{"for": text} for text in ("1 hour", "36 hours", "2 days", "1 month", "1 year")],
    "wait_until": [
        {"at": "09:30"},
        {"at": "02:30", "weekdays": [6, 0]},
        {"at": "09:30", "skip_holidays": True},
        WINDOW,
        {**WINDOW, "weekdays": [0, 2], "skip_holidays": True},
        {"at": None, "opens": "22:00", "closes": "02:30"},
        {"at": None, "date": "2025-03-08"},
        {"at": "10:15", "date": "2025-03-06"},
        {**WINDOW, "date": "2025-03-09"},
        {"at": None, "attribute": "contact.renewal"},
    ],
    "wait_for": [
        {"within": "2 days"},
        {"within": "1 month"},
        {"within": "1 day", "since": "mail"},
        {"within": "3 days", "since": "mail", "timer_from": "since"},
        {"within": "1 day", "since": "entry"},
    ],
    "bought": [{"within": "1 day"}, {"within": "1 month", "since": "mail"}, {"since": "entry"}],
    "exit": [{}, {"when": "goal_or_limit"}],
}


@st.composite
def compiled(draw: st.DrawFn, flowcharts: st.SearchStrategy[dict[str, Any]]) -> Plan:
    """The plan of a random flowchart, whose nodes are called by their ids."""
    document = draw(flowcharts)
    for name, node in document["nodes"].items():
        node["name"] = name
        if node["type"] in CONFIGS:
            node["config"] = {**node["config"], **draw(st.sampled_from(CONFIGS[node["type"]]))}
    document["settings"] = {
        "timezone": draw(st.sampled_from(ZONES)),
        "holidays": list(HOLIDAYS),
        "limit": draw(st.sampled_from(["7 days", "1 month"])),
    }
    return plan_of(document)


def drawn_histories() -> st.SearchStrategy[list[Deed]]:
    """Random histories, whose events have the names for which flowcharts wait."""
    return histories().map(lambda deeds: [_drawn(deed) for deed in deeds])


def _drawn(deed: Deed) -> Deed:
    match deed:
        case Enters(event=str() as event):
            return replace(deed, event=DRAWN.get(event, event))
        case Happens(name=name):
            return replace(deed, name=DRAWN.get(name, name))
        case _:
            return deed


class DrawnWorld(World):
    """Asks have as many answers as ports."""

    def answer(self, contact: int, node: str, due: int, told: int) -> str:
        """The first branch where the other world says yes, else the last port."""
        operation = self.plan.nodes[node].operation
        assert isinstance(operation, Ask)
        yes = super().answer(contact, node, due, told) == "yes"
        return operation.branches[0].port if yes else operation.otherwise


class CalendarOracle(OracleSide):
    """The oracle in the journey's own zone."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the journey; the contacts have none."""
        return ZoneInfo(self.plan.settings.timezone)

    def later(self, at: int, duration: Duration) -> int:
        """So much later, months on the calendar of the wall."""
        if not duration.is_calendar:
            return at + duration.milliseconds
        local = datetime.fromtimestamp(at // 1000, self.zone)
        months = duration.amount * (12 if duration.unit == "year" else 1)
        year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
        day = min(local.day, monthrange(year, month + 1)[1])
        return self.at_wall(date(year, month + 1, day), local.time()) + at % 1000

    def at_wall(self, day: date, clock: time) -> int:
        """When the clock shows this, the first time."""
        return int(datetime.combine(day, clock, self.zone).timestamp()) * 1000

    def delay(self, strand: Strand, node_id: str, operation: RestFor | RestUntil) -> Generator[Any, Any, Way]:
        """As it is, with a length of the calendar."""
        if isinstance(operation, RestFor) and operation.duration.is_calendar:
            at = strand.time[0]
            end = rounded(self.later(at, operation.duration), at)
            if end > self.now:
                yield Still(end, None)
            self.step(strand, node_id, operation.port, (end, -1))
            return node_id, operation.port
        return (yield from super().delay(strand, node_id, operation))

    def moment(self, strand: Strand, operation: RestUntil) -> int | None:
        """When the rest is over, found by looking at one day or minute after the other."""
        start = at = strand.time[0]
        text = operation.date if operation.date is not None else None
        if operation.attribute is not None:
            text = self.renewals.get(strand.enrolment.contact)
            if text is None:
                return None
        if text is not None:
            start = self._dated(text, operation.at or "00:00")
            if start < at:
                return None
        elif operation.at is not None:
            return self._at_time(at, operation)
        if operation.opens is None:
            return start
        return next(found for found in self._minutes(start) if self._open(found, operation))

    def _dated(self, text: str, clock: str) -> int:
        if len(text) > 10:
            return int(datetime.fromisoformat(text).timestamp()) * 1000
        return self.at_wall(date.fromisoformat(text), time.fromisoformat(clock))

    def _at_time(self, at: int, operation: RestUntil) -> int:
        assert operation.at is not None
        day = datetime.fromtimestamp(at // 1000, self.zone).date() - timedelta(days=1)
        while True:
            found = self.at_wall(day, time.fromisoformat(operation.at))
            if found > at and self._allowed(day, operation):
                return found
            day += timedelta(days=1)

    def _minutes(self, at: int) -> Generator[int, None, None]:
        yield at
        while True:
            at = at - at % 60_000 + 60_000
            yield at

    def _open(self, at: int, operation: RestUntil) -> bool:
        assert operation.opens is not None
        assert operation.closes is not None
        local = datetime.fromtimestamp(at // 1000, self.zone)
        opens, closes = (time.fromisoformat(text) for text in (operation.opens, operation.closes))
        clock, today = local.time(), local.date()
        if opens < closes:
            return opens <= clock < closes and self._allowed(today, operation)
        if clock >= opens:
            return self._allowed(today, operation)
        return clock < closes and self._allowed(today - timedelta(days=1), operation)

    def _allowed(self, day: date, operation: RestUntil) -> bool:
        if operation.weekdays and day.weekday() not in operation.weekdays:
            return False
        return not (operation.skip_holidays and day.isoformat() in HOLIDAYS)

    def listen(self, strand: Strand, node_id: str, wait: Wait) -> Generator[Any, Any, Way]:
        """As it is, with a limit of the calendar."""
        if wait.within is None or not wait.within.is_calendar:
            return (yield from super().listen(strand, node_id, wait))
        since = (
            strand.time if wait.since == "here" else strand.enrolment.left_before.get(wait.since, strand.time)
        )
        start = since[0] if wait.timer_from_anchor else strand.time[0]
        length = self.later(start, wait.within) - start
        exact = wait.model_copy(update={"within": Duration(length // 1000, "second")})
        return (yield from super().listen(strand, node_id, exact))

    def fits(self, enrolment: Enrolment, arm: Arm, event: Told) -> bool:
        """The one filter of these flowcharts is that of a purchase, which all orders of these histories fit."""
        return super().fits(enrolment, arm.model_copy(update={"where": None}), event)
