"""One call of a node for one contact: what its answer, or its failure, means for the engine and for the ledger."""

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

import orjson
from pydantic import BaseModel

from engine.flow.duration import Duration
from engine.journey.acting import MOST_PAUSE
from engine.journey.host import Again, Outcome, Stuck, Went
from engine.journey.time import after
from nodes.http import AddressRefused, HttpFailure, ReplyTooLarge, RequestRefused
from nodes.sdk.answers import NeedsPerson, Result, TryAgain, Unknown
from nodes.sdk.context import Context
from nodes.sdk.definition import NodeType
from nodes.sdk.faults import PauseUnfit, UndeclaredPort, UndeclaredSecret, ValuesNotJson

LONGEST_CALL, LONGEST_LOOK_UP = 20.0, 15.0
"""Seconds that a call may take, and a look-up after it. With a batch's TIME_BOX they stay below the deadline of a claim
in the ledger, so that its result is written in time."""
FIRST_PAUSE, LONGEST_PAUSE = 60_000, 3_600_000
UNKNOWN_CODE = "unknown"

Fate = Literal["accepted", "retry_at", "unknown"]
"""What the ledger is told: it is done; surely nothing has happened; nobody can say."""

_MISTAKES = (UndeclaredPort, UndeclaredSecret, ValuesNotJson, PauseUnfit)
_NUL_MAYBE = b"\\u0000"
_logger = logging.getLogger("wend.nodes")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended. `reason` is the port that was left by, or why there is none."""

    outcome: Outcome
    fate: Fate
    reason: str


@dataclass(frozen=True, slots=True)
class Calling:
    """A node, and what holds for one call of it. `config` is the config as plain JSON, `cfg` as the node reads it; `later`
    gives the business instant so many real milliseconds from now."""

    node: NodeType
    cfg: BaseModel
    config: Mapping[str, Any]
    ctx: Context
    zone: ZoneInfo
    later: Callable[[int], int]

    async def run(self) -> Ended:
        """Call the node. Only what is no Exception (a crash, an interrupt) comes out of this."""
        try:
            return self._went(await _within(LONGEST_CALL, self.node(self.ctx, self.cfg)))
        except Exception as error:
            if self._may_have_happened(error):
                return await self.look_up(error)
            return self._stopped(error)

    async def look_up(self, cause: Exception | None = None) -> Ended:
        """Ask the node whether an earlier attempt, or this one before it failed with `cause`, has happened."""
        function = self.node.reconcile_function
        if function is not None:
            try:
                found = await _within(LONGEST_LOOK_UP, function(self.ctx, self.cfg))
                if found is not None:
                    return self._went(found)
            except Exception as error:
                self._note(error)
        if isinstance(cause, _MISTAKES):
            return Ended(self._bug(cause), "unknown", UNKNOWN_CODE)
        if function is None:
            return Ended(Stuck(_unknown_because(cause)), "unknown", UNKNOWN_CODE)
        # "Not found" proves nothing: the request may still be on its way. So the question is asked again later.
        return Ended(self._again(None, "it is not known yet whether this happened"), "unknown", UNKNOWN_CODE)

    def _went(self, answer: str | Result) -> Ended:
        result = answer if isinstance(answer, Result) else Result(answer)
        port = self.node.port(result.port, self.config)
        return Ended(Went(port.key, plain_values(self.node.key, result.values)), "accepted", port.key)

    def _may_have_happened(self, error: Exception) -> bool:
        if self.node.effect != "once" or isinstance(error, TryAgain | NeedsPerson):
            return False
        return isinstance(error, Unknown) or self.ctx.http.requests_sent > 0

    def _stopped(self, error: Exception) -> Ended:
        """What to do about an error after which surely nothing has happened that must not happen twice."""
        outcome: Outcome
        match error:
            case TryAgain():
                outcome = self._wished(error)
            case NeedsPerson():
                outcome = Stuck(error.reason)
            case AddressRefused() | RequestRefused() | ReplyTooLarge():
                outcome = Stuck(f"request: {error}")
            case HttpFailure() | Unknown() | TimeoutError():
                outcome = self._again(None, type(error).__name__)
            case _:
                outcome = self._bug(error)
        return Ended(outcome, "retry_at", type(error).__name__)

    def _again(self, wish: float | Duration | None, reason: str) -> Again:
        """A pause begins when it is asked for, which can be long after the leg was due. Seconds are real ones, as those mean
        them who ask for a pause; only a duration is business time."""
        if isinstance(wish, Duration):
            at = after(max(self.ctx.due, self.later(0)), wish, self.zone)
        elif wish is not None:
            at = self.later(_milliseconds(self.node.key, wish))
        else:
            at = self.later(min(FIRST_PAUSE << min(self.ctx.attempt - 1, 10), LONGEST_PAUSE))
        return Again(at, reason)

    def _wished(self, asked: TryAgain) -> Again | Stuck:
        try:
            return self._again(asked.after, asked.reason)
        except PauseUnfit as unfit:
            return self._bug(unfit)

    def _bug(self, error: Exception) -> Stuck:
        self._note(error)
        code = f"bug:{type(error).__name__}"
        # Any other error's text may quote a contact.
        return Stuck(f"{code}: {error}" if isinstance(error, _MISTAKES) else code)

    def _note(self, error: Exception) -> None:
        """Log where an error came from, without its text, which may quote a contact."""
        frames = traceback.extract_tb(error.__traceback__)
        path = " < ".join(
            f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames[-5:])
        )
        _logger.error("%s %s failed: %s in %s", self.node.key, self.ctx.key, type(error).__name__, path)


def _milliseconds(node: str, wish: object) -> int:
    """A number of seconds as a pause. PauseUnfit for what is no number, no end, or longer than ten years."""
    if isinstance(wish, bool) or not isinstance(wish, int | float):
        raise PauseUnfit(node, f"a {type(wish).__name__}")
    if not wish * 1_000 <= MOST_PAUSE:  # nor is "not a number"
        raise PauseUnfit(node, "a number that is too large, or none")
    return max(0, round(wish * 1_000)) if wish > 0 else 0


async def _within(seconds: float, answer: Awaitable[Any]) -> Any:
    async with asyncio.timeout(seconds):
        return await answer


def _unknown_because(cause: Exception | None) -> str:
    if isinstance(cause, Unknown) and cause.reason:
        return f"{UNKNOWN_CODE}: {cause.reason}"
    if cause is None or isinstance(cause, Unknown):
        return UNKNOWN_CODE
    return (
        f"{UNKNOWN_CODE}: a request had left when the node stopped with {type(cause).__name__}. "
        "Look at the receiving service, then send again, or let them leave by a port."
    )


def plain_values(node: str, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The values as they will be read again. ValuesNotJson if they cannot be stored as they are."""
    if values is None:
        return None
    try:
        read: Any = json.loads(json.dumps(dict(values), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValuesNotJson(node, type(error).__name__) from None
    check_storable(node, read)
    return dict(read)


def check_storable(node: str, values: Any) -> None:
    """ValuesNotJson for values that the tables cannot take: they write with orjson, which refuses numbers beyond 64 bits and
    halves of characters, and PostgreSQL refuses a NUL."""
    try:
        stored = orjson.dumps(values)
    except (TypeError, RecursionError) as error:
        raise ValuesNotJson(node, type(error).__name__) from None
    if _NUL_MAYBE in stored and _holds_nul(orjson.loads(stored)):
        raise ValuesNotJson(node, "a NUL")


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))
