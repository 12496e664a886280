"""An event made up so that a wait hears it: what a contact would have to do to leave a wait by a port."""

from collections.abc import Mapping
from typing import Any

from engine.flow.condition import All, Compare, Condition, OneOf
from engine.flow.condition_value import Scalar
from engine.flow.plan import Arm
from engine.journey.traveller import Happening
from engine.journey.waits import fits

_PLAINEST = ("message.opened",)
"""Of several events that an arm listens for, the one that it is named after."""


def event_of(events: tuple[str, ...]) -> str:
    """The event that stands for all that an arm listens for."""
    return next((name for name in events if name in _PLAINEST), events[0])


def suppose(arm: Arm, order: int, at: int, keys: Mapping[str, frozenset[str]]) -> Happening | None:
    """An event that this arm listens for; None where none can be made up."""
    sent = keys.get(arm.message_of, frozenset()) if arm.message_of is not None else frozenset()
    name = event_of(arm.events)
    properties = suppose_properties(arm.where)
    happening = Happening(order, f"rehearsal {order}", name, at, properties, min(sent, default=None))
    return happening if fits(arm, happening, keys) else None


def _fill(properties: dict[str, Any], condition: Condition) -> None:
    """Give the properties the values that a condition plainly asks for."""
    match condition:
        case All(of=parts):
            for part in parts:
                _fill(properties, part)
        case Compare(op="is", value=value) if isinstance(value, str | int | float):
            _put(properties, condition.path.keys, value)
        case OneOf() if condition.path.source == "event":
            _put(properties, condition.path.keys, condition.value[0])


def _put(properties: dict[str, Any], keys: tuple[str, ...], value: Scalar) -> None:
    if not keys:
        return
    inside = properties
    for key in keys[:-1]:
        inside = inside.setdefault(key, {})
    inside[keys[-1]] = value


def suppose_properties(where: Condition | None) -> dict[str, Any]:
    """Properties that an event would have for a condition to hold, as far as that is plain."""
    properties: dict[str, Any] = {}
    if where is not None:
        _fill(properties, where)
    return properties
