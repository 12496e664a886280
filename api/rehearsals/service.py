"""Rehearsals: a script is played from its beginning on what was read. Nothing is written anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from api.errors import BadValue
from api.house import House
from api.journeys import queries as journeys
from api.rehearsals.queries import Played, answer_of
from api.rehearsals.schemas import (
    Act,
    Finish,
    Happen,
    InventedContact,
    Misfit,
    Pass,
    RehearsalIn,
    RehearsalOut,
    Replay,
    Skip,
    Take,
    TriggerEvent,
    What,
)
from engine.audience.profile import COLUMNS, read_profile
from engine.enrolment.drafts import read_draft, readable
from engine.enrolment.publishing import in_journey
from engine.enrolment.rehearsed_contact import Someone, invent, read_someone
from engine.enrolment.rehearsed_life import RehearsedLife, read_surroundings
from engine.enrolment.world import world_of
from engine.flow.compile import compile_flowchart
from engine.flow.condition import parse_condition
from engine.flow.duration import Duration
from engine.flow.manifest import Catalog
from engine.flow.plan import Plan, Trigger
from engine.journey.rehearsal import Rehearsal
from engine.journey.rehearsed import Before, RehearsalError, RehearsalTooLong
from engine.journey.supposed import suppose_properties
from engine.journey.time import MINUTE, after, iso, zone
from engine.journey.traveller import Happening
from engine.store.catalog import load_catalog

MOST_STEPS = 2_000
LONGEST = 10 * 366 * 86_400_000
_SKIPS = 1_000


@dataclass(frozen=True, slots=True)
class Subject:
    """The plan that is rehearsed, and what its nodes are."""

    plan: Plan
    catalog: Catalog
    name: str


def subject_of(house: House, connection: Connection, what: What, now: int) -> Subject:
    """What a request asks to be rehearsed. NotPublishable, with every error, where it cannot be compiled."""
    catalog = load_catalog(connection)
    if what.document is not None:
        return _compiled(connection, what.document, catalog, now, what.journey)
    if what.journey is None:
        raise BadValue("document", "Nothing is named. Give a document, or a journey.")
    if what.version is None:
        draft = read_draft(connection, what.journey)
        return _compiled(connection, draft.document, catalog, now, what.journey)
    number = journeys.read_plan(connection, what.journey, what.version).id
    published = house.runtime.plans.get(connection, number)
    return Subject(published.plan, catalog, published.journey_name)


def _compiled(
    connection: Connection, document: dict[str, Any], catalog: Catalog, now: int, journey: int | None
) -> Subject:
    flowchart = readable(document)
    plan = compile_flowchart(flowchart, catalog, world_of(connection, flowchart, now=now))
    if journey is not None:
        plan = in_journey(connection, journey, plan)
    return Subject(plan, catalog, flowchart.name)


def play(house: House, connection: Connection, wanted: RehearsalIn) -> RehearsalOut:
    """Play a script from its beginning."""
    at = house.now() // MINUTE * MINUTE if wanted.at is None else wanted.at
    subject = subject_of(house, connection, wanted, at)
    someone = _someone(connection, wanted, at)
    life = RehearsedLife(
        subject.plan, subject.catalog, subject.name, someone, read_surroundings(connection, subject.plan)
    )
    trigger = _trigger(subject.plan, wanted.trigger)
    event = wanted.event or _usual_event(trigger)
    rehearsal = Rehearsal(
        subject.plan,
        life.contact(at, someone.history),
        at,
        node=trigger.node,
        trigger=_carried(event, at),
        life=life,
        before=_before(someone, trigger, event, at),
    )
    rehearsal.most = MOST_STEPS
    script = _Script(rehearsal, at)
    misfit = script.play(wanted)
    return answer_of(
        Played(rehearsal, life, subject, at, trigger, event, script.acts_of, misfit, wanted.contact is None)
    )


# ------------------------------------------------------------------------------------------------ who, and how it begins


def _someone(connection: Connection, wanted: RehearsalIn, at: int) -> Someone:
    if wanted.contact is not None:
        if wanted.invented is not None:
            raise BadValue("invented", "A real contact is named too. Give one of the two.")
        return read_someone(connection, wanted.contact, before=at)
    invented = wanted.invented or InventedContact()
    said = {name: value for name in COLUMNS if (value := getattr(invented, name)) is not None}
    profile, problems = read_profile({**said, "attributes": invented.attributes})
    if problems:
        raise BadValue(f"invented.{problems[0].field}", problems[0].text)
    refused = {channel for channel, word in invented.consents.items() if word == "refused"}
    return invent(invented.number, profile, tags=invented.tags, lists=invented.segments, refused=refused)


def _trigger(plan: Plan, node: str | None) -> Trigger:
    if node is None:
        return plan.triggers[0]
    found = next((one for one in plan.triggers if one.node == node), None)
    if found is None:
        known = ", ".join(one.node for one in plan.triggers)
        raise BadValue("trigger", f'The journey has no trigger "{node[:60]}". Name one of: {known}.')
    return found


def _usual_event(trigger: Trigger) -> TriggerEvent | None:
    """The event for which an event trigger waits, made up so that it fits."""
    name = trigger.params.get("event")
    if trigger.kind == "api":
        return TriggerEvent(name="api")
    if not isinstance(name, str):
        return None
    where = trigger.params.get("where")
    return TriggerEvent(
        name=name, properties=suppose_properties(parse_condition(where) if where is not None else None)
    )


def _carried(event: TriggerEvent | None, at: int) -> dict[str, Any] | None:
    return (
        None if event is None else {"name": event.name, "at": iso(at), "properties": dict(event.properties)}
    )


def _before(someone: Someone, trigger: Trigger, event: TriggerEvent | None, at: int) -> Before:
    entered_by = None
    if event is not None and trigger.kind in ("event", "segment", "tag"):
        entered_by = Happening(1, "rehearsal 1", event.name, at, dict(event.properties))
    return Before(someone.history, entered_by)


# ------------------------------------------------------------------------------------------------ the acts


class _Script:
    """Acts, played one after another. `acts_of` says how long the story was when each began."""

    def __init__(self, rehearsal: Rehearsal, began: int) -> None:
        self.rehearsal = rehearsal
        self.began = began
        self.acts_of: list[int] = []

    def play(self, wanted: RehearsalIn) -> Misfit | None:
        """Everything that was asked for, up to the first act that does not fit."""
        try:
            for node, port in wanted.choices.items():
                self.rehearsal.choose(node, port)
            self.rehearsal.run()
            for act in wanted.acts:
                self.acts_of.append(len(self.rehearsal.story))
                self._do(act)
        except RehearsalTooLong:
            raise
        except RehearsalError as error:
            return Misfit(act=len(self.acts_of) - 1, detail=str(error))
        return None

    def _do(self, act: Act) -> None:
        rehearsal = self.rehearsal
        match act:
            case Take():
                rehearsal.take(self._strand(act.node, act.strand), act.port)
            case Happen():
                rehearsal.happen(act.event, dict(act.properties), message_of=act.message_of)
            case Pass():
                rehearsal.pass_time(self._within(self._until(act)))
            case Skip():
                rehearsal.skip()
            case Finish():
                self._finish()
            case Replay():
                rehearsal.replay(self._strand(act.node, None))

    def _strand(self, node: str, strand: int | None) -> int:
        standing = [one for one in self.rehearsal.standing() if one.node == node]
        found = next((one for one in standing if strand in (None, one.strand)), None)
        if found is None:
            label = self.rehearsal.plan.nodes[node].label if node in self.rehearsal.plan.nodes else node
            raise RehearsalError(
                f'The contact does not stand at "{label}" now. Take a way on from where it is.'
            )
        return found.strand

    def _until(self, act: Pass) -> int:
        if act.until is not None:
            return act.until
        if act.duration is None:
            raise BadValue(
                "acts", "An act lets time pass and does not say how much. Give a duration or a moment."
            )
        try:
            duration = Duration.parse(act.duration)
        except ValueError as error:
            raise BadValue("acts", str(error)) from None
        local = zone(self.rehearsal.contact.timezone, self.rehearsal.plan.settings.timezone)
        return after(self.rehearsal.now, duration, local)

    def _within(self, until: int) -> int:
        if until - self.began > LONGEST:
            raise RehearsalTooLong("A rehearsal ends ten years after it began. Move the clock by less.")
        return until

    def _finish(self) -> None:
        for _ in range(_SKIPS):
            waking = _wakes(self.rehearsal)
            if not waking:
                return
            self.rehearsal.pass_time(self._within(max(min(waking), self.rehearsal.now)))
        raise RehearsalTooLong(
            f"The contact is still on its way after {_SKIPS:,} rests. Move the clock to a date instead."
        )


def _wakes(rehearsal: Rehearsal) -> Sequence[int]:
    return [one.wake_at for one in rehearsal.standing() if one.wake_at is not None]
