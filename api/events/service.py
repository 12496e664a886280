"""Calls in Segment's shape, brought in as events."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from api.errors import BadValue
from api.events.schemas import Batch, Call, Identify, Result, Seen, Taken, Track
from api.house import House
from engine.audience.events import IDENTIFY, Incoming, corrected
from engine.enrolment.ingest import ingest
from engine.store.ids import new_id

OURS = ("message.", "coupon.", "tag.", "segment.", "journey.", "contact.")
"""Beginnings of the names of events that Wend itself brings about, and that nobody else may."""
_ITEM: TypeAdapter[Track | Seen | Identify] = TypeAdapter(
    Annotated[Track | Seen | Identify, Field(discriminator="type")]
)


def take(house: House, call: Track | Seen | Identify) -> Taken:
    """Take one call in. BadValue for a name that is Wend's own."""
    name = _name(call)
    if name.startswith(OURS):
        raise BadValue("event", _reserved(name))
    received = house.runtime.now()
    return _ingest(house, [_incoming(house, call, call.sent_at, received)], [None], received)


def take_batch(house: House, batch: Batch) -> Taken:
    """Take in the calls of a batch that can be understood, and say of the others why not."""
    received = house.runtime.now()
    incoming: list[Incoming] = []
    refused: list[Result | None] = []
    for item in batch.batch:
        call, wrong = _understood(item, batch)
        if call is None:
            message_id = item.get("messageId") if isinstance(item, dict) else None
            known = message_id if isinstance(message_id, str) else None
            refused.append(Result(message_id=known, state="refused", problems=wrong))
        else:
            refused.append(None)
            incoming.append(_incoming(house, call, call.sent_at or batch.sent_at, received))
    return _ingest(house, incoming, refused, received)


def _understood(item: Any, batch: Batch) -> tuple[Track | Seen | Identify | None, list[str]]:
    if not isinstance(item, dict):
        return None, ["This is no call. Give an object with its type and who it is about."]
    try:
        call = _ITEM.validate_python(item)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)[:10]
        return None, [_told(one["loc"], one["msg"]) for one in found]
    if _name(call).startswith(OURS):
        return None, [_reserved(_name(call))]
    if batch.context:
        call.context = {**batch.context, **(call.context or {})}
    return call, []


def _told(place: tuple[int | str, ...], message: str) -> str:
    # The first part of the place is the type by which the shape was chosen.
    where = ".".join(str(part)[:60] for part in place[1:]) or "type"
    return f"{where}: {message.removeprefix('Value error, ')}"[:300]


def _reserved(name: str) -> str:
    return f'"{name[:60]}" is an event of Wend\'s own, which nobody else may bring about. Use another name.'


def _name(call: Call) -> str:
    if isinstance(call, Track):
        return call.event
    return call.type if isinstance(call, Seen) else IDENTIFY


def _incoming(house: House, call: Track | Seen | Identify, sent_at: int | None, received: int) -> Incoming:
    at = received if call.timestamp is None else corrected(call.timestamp, sent_at, received)
    return Incoming(
        message_id=call.message_id or f"api-{new_id()}",
        name=_name(call),
        at=house.runtime.clock.business(at),
        user_id=call.user_id or None,
        anonymous_id=call.anonymous_id or None,
        properties=_properties(call),
        traits=_traits(call),
    )


def _properties(call: Track | Seen | Identify) -> dict[str, Any]:
    if isinstance(call, Identify):
        return {}
    found = dict(call.properties or {})
    if isinstance(call, Seen):
        for key in ("name", "category"):
            value = getattr(call, key)
            if value is not None:
                found.setdefault(key, value)
    return found


def _traits(call: Call) -> dict[str, Any] | None:
    if not isinstance(call, Identify):
        return None
    elsewhere = (call.context or {}).get("traits")
    return {**(elsewhere if isinstance(elsewhere, dict) else {}), **(call.traits or {})}


def _ingest(house: House, incoming: list[Incoming], refused: list[Result | None], received: int) -> Taken:
    brought = ingest(house.runtime, incoming, received)
    problems: dict[str, list[str]] = {}
    for message_id, problem in brought.problems:
        problems.setdefault(message_id, []).append(str(problem))
    taken = iter(incoming)
    results = []
    for one in refused:
        if one is None:
            event = next(taken)
            one = Result(
                message_id=event.message_id, state="taken", problems=problems.get(event.message_id, [])
            )
        results.append(one)
    return Taken(
        success=all(one.state == "taken" for one in results),
        recorded=brought.recorded,
        repeated=brought.repeated,
        results=results,
    )
