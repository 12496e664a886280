"""`ctx`: all that a node may know and use, besides its config."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from nodes.sdk.calls import NodeHttp
from nodes.sdk.log import Log
from nodes.sdk.secrets import Secrets

# Imported where it is used: whoever imports `wend` to write a node needs no template engine.
if TYPE_CHECKING:
    from engine.content.templates import Kind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class View:
    """A mapping whose keys read as attributes. Read-only; what is not there is None."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_facts", facts)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._facts.get(name)

    def __getitem__(self, name: str) -> Any:
        return self._facts.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(
            f'"{name}" cannot be set here: what a node is given is read-only. '
            "Return Result(port, values), or draw an Update contact node."
        )

    def __repr__(self) -> str:
        # Never the values: they are personal data, and reprs end up in logs.
        return f"{type(self).__name__}({', '.join(self._facts)})"


def facts_of(view: View) -> Mapping[str, Any]:
    """All that a view shows, as a mapping."""
    return {name: view[name] for name in view}


class ContactView(View):
    """The contact: `id`, the columns (`ctx.contact.phone`) and the attributes (`ctx.contact.city`)."""

    __slots__ = ()


class EventView(View):
    """What made the contact enter: its `name`, `properties`, and each property by its own name."""

    __slots__ = ()

    def __init__(self, trigger: Mapping[str, Any]) -> None:
        properties = trigger.get("properties")
        super().__init__({**(properties if isinstance(properties, Mapping) else {}), **trigger})


@dataclass(frozen=True, slots=True)
class JourneyView:
    """Where this happens. `values` holds what earlier nodes gave: {node id: {name: value}}; `timezone` is the journey's."""

    id: int = 0
    name: str = ""
    plan: int = 0
    enrolment: int = 0
    node: str = ""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Context:
    """One call of a node for one contact.

    `key` is the same in every attempt of this visit (strand/node/visit): pass it on to whoever recognises repeats.
    `attempt` counts from 1. `event` is empty when no event made the contact enter. `due` is the business instant.
    """

    contact: ContactView
    event: EventView
    journey: JourneyView
    key: str
    attempt: int
    http: NodeHttp
    log: Log
    secrets: Secrets
    due: int = field(repr=False)

    def now(self) -> datetime:
        """The business time, in UTC. In a demonstration or a rehearsal it runs ahead of the clock on the wall."""
        return _EPOCH + timedelta(milliseconds=self.due)

    def render(self, source: str, kind: "Kind" = "text") -> str:
        """A template of the config, with the values of this contact, event and journey in it.

        `kind` is "text"; "line" for one line (an address, a subject), "html" for HTML, where values are escaped.
        NeedsPerson where a variable is missing or the template is wrong.
        """
        from nodes.sdk.texts import rendered

        return rendered(self, source, kind)
