"""`await fn.test({...}, contact={...}, http=[...])`: one call of a node, as the engine would make it, without one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from pydantic import BaseModel

from engine.journey.host import Outcome, Stuck, Went
from engine.journey.time import instant, zone
from nodes.sdk.attempt import Calling, Ended
from nodes.sdk.calls import NodeHttp
from nodes.sdk.context import ContactView, Context, EventView, JourneyView
from nodes.sdk.definition import NodeType
from nodes.sdk.log import Log, Note
from nodes.sdk.secrets import Secrets, variable_of
from nodes.sdk.service import Moment, Replies, Request, Service

NOW = "2025-03-05T12:00:00Z"
KEY = "1/node/1"


class Situation(TypedDict, total=False):
    """The world of a test. `secrets` by their names, `values` as {node: {name: value}}, `now` as ISO 8601."""

    contact: Mapping[str, Any]
    event: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, str]
    http: Replies
    now: str
    key: str
    attempt: int
    timezone: str
    journey: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a call. `port` is None where it did not leave; `parked` then says why, or `again_at` when.

    `calls` are the requests that arrived at the service; `effects` how many of them changed something.
    """

    port: str | None
    values: dict[str, Any]
    calls: list[Request] = field(repr=False)
    logs: list[Note] = field(repr=False)
    outcome: Outcome
    effects: int

    @property
    def parked(self) -> str | None:
        """Why it is parked, if it is."""
        return self.outcome.code if isinstance(self.outcome, Stuck) else None

    @property
    def again_at(self) -> int | None:
        """The business instant at which it is tried again, if it is."""
        return getattr(self.outcome, "at", None)


@dataclass
class Trial:
    """A node with a config in a situation, which may be run several times against one service."""

    node: NodeType
    config: Mapping[str, Any]
    situation: Situation

    def __post_init__(self) -> None:
        if self.node.function is None:
            raise TypeError(
                f'The node "{self.node.key}" has no function for one contact. Test its batch form on a database.'
            )
        self.cfg: BaseModel = self.node.read(self.config)
        self.service = Service(self.situation.get("http", ()))
        self.notes: list[Note] = []

    async def run(
        self, attempt: int = 1, kill: tuple[int, Moment] | None = None, *, look_up: bool = False
    ) -> Ended:
        """One attempt; with `look_up` only the question whether an earlier one happened. Killed comes out of this."""
        self.service.begin(kill)
        async with self.service.client() as client:
            calling = self._calling(NodeHttp(client, self._key, lambda: self._due // 1_000), attempt)
            try:
                ended = await (calling.look_up() if look_up else calling.run())
            finally:
                self.notes += calling.ctx.log.notes
        if self.service.unanswered:
            raise AssertionError(
                f'The node "{self.node.key}" makes a request, and the test has no reply for it. Pass http=[{{...}}].'
            )
        return ended

    @property
    def _key(self) -> str:
        return self.situation.get("key", KEY)

    @property
    def _due(self) -> int:
        return instant(self.situation.get("now", NOW))

    def _calling(self, http: NodeHttp, attempt: int) -> Calling:
        situation = self.situation
        log = Log(self.node.key, self._key)
        given = {variable_of(name): value for name, value in situation.get("secrets", {}).items()}

        def seen(secret: str) -> None:
            http.hide(secret)
            log.hide(secret)

        ctx = Context(
            contact=ContactView(situation.get("contact", {})),
            event=EventView(situation.get("event", {})),
            journey=JourneyView(
                id=1,
                name=situation.get("journey", "Test"),
                node=self._key.split("/")[1],
                values=situation.get("values", {}),
                timezone=situation.get("timezone", "UTC"),
            ),
            key=self._key,
            attempt=attempt,
            http=http,
            log=log,
            secrets=Secrets(self.node.secrets_of(self.config), seen, given),
            due=self._due,
        )
        return Calling(
            self.node,
            self.cfg,
            self.config,
            ctx,
            zone(situation.get("timezone"), "UTC"),
            lambda ms: ctx.due + ms,
        )


async def try_once(
    node: NodeType, config: Mapping[str, Any], look_up: bool, **situation: Unpack[Situation]
) -> Tried:
    """Run a node once, and tell what came of it."""
    trial = Trial(node, config, situation)
    ended = await trial.run(situation.get("attempt", 1), look_up=look_up)
    outcome = ended.outcome
    went = outcome if isinstance(outcome, Went) else None
    return Tried(
        port=went.port if went else None,
        values=dict(went.output or {}) if went else {},
        calls=trial.service.requests,
        logs=trial.notes,
        outcome=outcome,
        effects=len(trial.service.effects),
    )
