"""How everyone enters: by a campaign, or, where the journey begins with an event, by doing just that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, select

from engine.audience.segments import members
from engine.enrolment.campaign import NoCampaignTrigger, campaign_node, create_campaign
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.plans import Published
from engine.enrolment.runtime import Runtime
from engine.flow.condition import (
    Ago,
    All,
    AnyOf,
    Compare,
    Condition,
    OneOf,
    Presence,
    needs,
    parse_condition,
)
from engine.flow.condition_eval import Facts, compile_condition
from engine.flow.condition_field import FieldPath
from engine.flow.plan import Trigger
from engine.store.tables import campaign
from workers.names import campaign_workflow

_PAGE = 500
_BESIDE = {"more": 1, "less": -1}


class NobodyCanEnter(ValueError):
    """The journey begins with nothing that a crowd can bring about. Draw a campaign trigger."""


class Entry(Protocol):
    """Lets everyone enter, a bit at a time."""

    def turn(self) -> bool:
        """Go on. Whether there was anything to do."""

    def over(self, connection: Connection) -> bool:
        """Whether everyone has had their chance to enter."""

    @property
    def workflows(self) -> list[str]:
        """The workflows that were needed for it."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What somebody does to enter a journey that begins with an event."""

    event: str
    properties: Mapping[str, Any] = field(default_factory=dict)


def beginning(published: Published) -> Beginning | None:
    """What everyone does to enter; None where a campaign lets them in. NobodyCanEnter where nothing does."""
    try:
        campaign_node(published)
    except NoCampaignTrigger:
        pass
    else:
        return None
    triggers = published.plan.triggers
    for trigger in triggers:
        if trigger.kind == "event" and (found := _brought_about(trigger)) is not None:
            return found
    drawn = ", ".join(sorted({f'"{one.kind}"' for one in triggers}))
    raise NobodyCanEnter(
        f'"{published.journey_name}" begins with {drawn}, which a file of contacts cannot bring about here. '
        'Draw a trigger of the type "campaign" beside it, lead it to the same node, and play it again.'
    )


def _brought_about(trigger: Trigger) -> Beginning | None:
    """The event that this trigger hears, with the properties that it asks for; None where none were found."""
    asked = trigger.params.get("where")
    properties: dict[str, Any] = {}
    if asked is not None:
        condition = parse_condition(asked)
        for path, value in _wanted(condition):
            _put(properties, path, value)
        event = {"name": trigger.params["event"], "properties": properties}
        alone = needs(condition) <= {"event"}
        if alone and not compile_condition(condition)(Facts(now=0, event=event)):
            return None
    return Beginning(str(trigger.params["event"]), properties)


def _wanted(condition: Condition) -> Iterator[tuple[FieldPath, Any]]:
    """Values of an event's properties with which the condition is likely to hold."""
    match condition:
        case All():
            for part in condition.of:
                yield from _wanted(part)
        case AnyOf():
            yield from _wanted(condition.of[0])
        case Compare() if condition.op != "is_not" and not isinstance(condition.value, Ago):
            value = condition.value
            yield condition.path, value if isinstance(value, str) else value + _BESIDE.get(condition.op, 0)
        case OneOf():
            yield condition.path, condition.value[0]
        case Presence(op="exists"):
            yield condition.path, "something"
        case _:
            return


def _put(properties: dict[str, Any], path: FieldPath, value: Any) -> None:
    if path.source != "event" or path.column is not None:
        return
    inside = properties
    for key in path.keys[:-1]:
        known = inside.setdefault(key, {})
        if not isinstance(known, dict):
            return
        inside = known
    inside[path.keys[-1]] = value


class ByCampaign:
    """A campaign lets the segment in."""

    def __init__(self, runtime: Runtime, published: Published, segment: str) -> None:
        now = runtime.business_now()
        with runtime.database.write() as connection:
            self._number = create_campaign(connection, published.journey, segment, now=now, name="wend play")

    def turn(self) -> bool:
        """The workers do it."""
        return False

    def over(self, connection: Connection) -> bool:
        """Through, or cancelled."""
        state = connection.scalar(select(campaign.c.state).where(campaign.c.id == self._number))
        return state in ("done", "cancelled")

    @property
    def workflows(self) -> list[str]:
        """The campaign's own."""
        return [campaign_workflow(self._number)]


class ByEvent:
    """Everyone in the segment does what the journey begins with, a page of people at a time."""

    def __init__(self, runtime: Runtime, begin: Beginning, segment: str) -> None:
        self._runtime = runtime
        self._begin = begin
        self._segment = segment
        self._last = 0
        self._over = False

    def turn(self) -> bool:
        """Let the next ones do it."""
        if self._over:
            return False
        now = self._runtime.business_now()
        with self._runtime.database.read() as connection:
            page = members(connection, self._segment, now=now, after=self._last, limit=_PAGE)
        begin = self._begin
        acts = [
            Incoming(
                message_id=f"play/{who}", name=begin.event, at=now, contact=who, properties=begin.properties
            )
            for who in page
        ]
        if acts:
            ingest(self._runtime, acts, self._runtime.now())
            self._last = page[-1]
        self._over = len(page) < _PAGE
        return True

    def over(self, connection: Connection) -> bool:
        """Whether everyone has done it."""
        return self._over

    @property
    def workflows(self) -> list[str]:
        """None."""
        return []
