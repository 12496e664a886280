"""The provider port: what delivery asks of whoever carries messages, and the ways in which that can end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol


class Outgoing(NamedTuple):
    """One request to a provider. `attempt` counts from 0. The send key travels with the message.

    `wants_report` says that a journey waits for the word that it was delivered.
    """

    send_key: str
    account: str
    channel: str
    address: str
    content: dict[str, str]
    attempt: int
    at: int
    wants_report: bool = False
    behaviour: Mapping[str, Any] = MappingProxyType({})


class Accepted(NamedTuple):
    """The provider has taken the message. `delivered` when it says at once that it arrived."""

    provider_id: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider will never take it. `suppress` when the address must not be tried again."""

    reason: str
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """Surely not sent (refused connection, rate limit). It is tried again, each time after a longer pause; `after` is the
    provider's own wish, in seconds: not before."""

    reason: str
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """It may have been sent: a time-out, a reset, a server error after the request left."""

    reason: str


@dataclass(frozen=True, slots=True)
class AccountBroken:
    """The account itself is refused. Nothing was sent; nothing will be until a person mends it."""

    code: str


Receipt = Accepted | Rejected | NotSent | OutcomeUnknown | AccountBroken


class Provider(Protocol):
    """Carries messages: exactly one request for each, never a second try of its own."""

    def recognises_keys(self, behaviour: Mapping[str, Any]) -> bool:
        """Whether an account of this behaviour recognises a key that it has accepted, so that it may be asked again."""

    def send(self, requests: Sequence[Outgoing]) -> list[Receipt]:
        """Send each; one receipt each, in order. Never raises for one message's sake."""
