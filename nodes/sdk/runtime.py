"""What the engine calls at an act: the code of its node, for a group, alike in every form and for every effect.

A node with a batch form gets the whole group. Any other is called for one contact at a time, IN_FLIGHT at once. For
effect "once" these are claimed in the ledger before, so that of two attempts at the same visit only one calls it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.flow.plan import PlanNode
from engine.journey.host import Again, Gone, Outcome, Stuck, Went
from engine.journey.time import zone
from engine.journey.traveller import Traveller
from engine.store.batch import Batch
from nodes.http import OutgoingHttp
from nodes.sdk.attempt import Calling, check_storable
from nodes.sdk.calls import NodeHttp
from nodes.sdk.context import ContactView, Context, EventView, JourneyView
from nodes.sdk.definition import NodeType
from nodes.sdk.faults import UndeclaredPort, UpgradeFailed, ValuesNotJson
from nodes.sdk.log import Log
from nodes.sdk.secrets import Secrets

IN_FLIGHT = 50
"""How many contacts one batch serves at once."""
TIME_BOX = 15.0
"""Seconds after which a batch begins no further call: a slow receiver must not hold up a cohort, nor the results of
those who were served."""
TURN_PAUSE, CLAIM_PAUSE, HELD_PAUSE = 1_000, 60_000, 1_000
"""Real milliseconds until the rest of a batch is taken up again, until a claim of another attempt is, and until a journey
that has just been held is looked at again: from then on the leg lets everyone rest."""


class MissingNode(LookupError):
    """No installed package has the code of a plan's node."""

    def __init__(self, key: str, version: int) -> None:
        super().__init__(key, version)
        self.key = key
        self.version = version

    def __str__(self) -> str:
        return (
            f'The code of the node type "{self.key}" at version {self.version} is not installed. '
            "Install its package beside the workers, start them again, and replay."
        )


class Behaviours:
    """The code of the given node types. `http` makes the outgoing client of a batch; `environment` holds secrets."""

    def __init__(
        self,
        nodes: Iterable[NodeType],
        http: Callable[[], OutgoingHttp] = OutgoingHttp,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._nodes: dict[str, dict[int, NodeType]] = {}
        for node in nodes:
            self._nodes.setdefault(node.key, {})[node.version] = node
        self._http = http
        self._environment = environment

    def keys(self) -> list[str]:
        """The node types that it can run, in alphabetical order."""
        return sorted(self._nodes)

    def run(self, batch: Batch) -> list[Outcome]:
        """One outcome for each traveller, in order. Raises only what a batch form raises."""
        try:
            node, config = self._found(batch.node)
            cfg = node.read(config)
        except MissingNode as missing:
            return [Stuck(f"node_missing: {missing}")] * len(batch.travellers)
        except ValidationError as error:
            return [Stuck(_unfit(batch.node, error))] * len(batch.travellers)
        except UpgradeFailed as failed:
            return [Stuck(f"bug:UpgradeFailed: {failed}")] * len(batch.travellers)
        except Exception as error:
            return [Stuck(_unread(batch.node, error))] * len(batch.travellers)
        if node.batch_function is not None:
            return _checked(node, config, batch, node.batch_function(batch, cfg))
        group = _Group(batch, node, cfg, config, self._environment)
        with batch.turn.elsewhere():
            return asyncio.run(group.run(self._http))

    def _found(self, wanted: PlanNode) -> tuple[NodeType, Mapping[str, Any]]:
        """The code for a plan's node, and its config: of exactly its version, or of the next newer one that reads it.

        A newer one reads it by its upgrades, or as it is where it fits and no way out is gone.
        """
        versions = self._nodes.get(wanted.type, {})
        for version in sorted(versions):
            if version == wanted.version:
                return versions[version], wanted.config
            if version > wanted.version:
                config = _read_by(versions[version], wanted)
                if config is not None:
                    return versions[version], config
        raise MissingNode(wanted.type, wanted.version)


def _read_by(newer: NodeType, wanted: PlanNode) -> Mapping[str, Any] | None:
    """The config of a plan's node as a newer version reads it; None where it cannot."""
    try:
        config = newer.upgraded(wanted.config, wanted.version)
    except KeyError:
        return None
    by_functions = newer.upgrades.keys() >= set(range(wanted.version, newer.version))
    there = {port.key for port in newer.manifest.ports_of(config)}
    return config if by_functions or wanted.ports.keys() <= there else None


def _checked(
    node: NodeType, config: Mapping[str, Any], batch: Batch, outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """The outcomes of a batch form, with those parked who left by a port that is not there."""
    if len(outcomes) != len(batch.travellers):
        raise ValueError(
            f'The batch form of the node "{node.key}" gave {len(outcomes)} outcomes for {len(batch.travellers)} '
            "travellers. Return one for each, in their order."
        )
    made: list[Outcome] = []
    for outcome in outcomes:
        try:
            if isinstance(outcome, Went):
                node.port(outcome.port, config)
                if outcome.output is not None:
                    check_storable(node.key, outcome.output)
            made.append(outcome)
        except (UndeclaredPort, ValuesNotJson) as error:
            made.append(Stuck(f"bug:{type(error).__name__}: {error}"))
    return made


def _unfit(node: PlanNode, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"])) or "the whole"
    return (
        f'config: The config of the node "{node.label}" does not fit its type "{node.type}" ({place}: {first["msg"]}). '
        "Correct it, publish the journey again, and replay."
    )


def _unread(node: PlanNode, error: Exception) -> str:
    return (
        f'bug:{type(error).__name__}: The config of the node "{node.label}" could not be read by its type "{node.type}". '
        "Mend the type, start the workers again, and replay."
    )


@dataclass
class _Group:
    """A batch at a node that is called for one contact at a time."""

    batch: Batch
    node: NodeType
    cfg: BaseModel
    config: Mapping[str, Any]
    environment: Mapping[str, str] | None

    async def run(self, make_client: Callable[[], OutgoingHttp]) -> list[Outcome]:
        loop = asyncio.get_running_loop()
        ends = loop.time() + TIME_BOX
        outcomes: dict[int, Outcome] = {}
        async with make_client() as client:
            for first in range(0, len(self.batch.travellers), IN_FLIGHT):
                chunk = self.batch.travellers[first : first + IN_FLIGHT]
                if first and loop.time() >= ends:
                    turn = Again(self.batch.later(TURN_PAUSE), "waiting for its turn", counts=False)
                    outcomes |= {traveller.strand: turn for traveller in self.batch.travellers[first:]}
                    break
                outcomes |= await self._serve(chunk, client)
        return [outcomes[traveller.strand] for traveller in self.batch.travellers]

    async def _serve(self, chunk: Sequence[Traveller], client: OutgoingHttp) -> dict[int, Outcome]:
        """Those whose contacts are still there, and who hold a claim where one is needed, all at once."""
        outcomes: dict[int, Outcome] = {}
        present: list[Traveller] = []
        for traveller in chunk:
            if traveller.contact in self.batch.people:
                present.append(traveller)
            else:
                outcomes[traveller.strand] = Stuck("contact_missing")
        if self.node.effect == "once":
            return outcomes | await self._serve_once(present, client)
        ended = await asyncio.gather(*(self._calling(traveller, client).run() for traveller in present))
        return outcomes | {t.strand: end.outcome for t, end in zip(present, ended, strict=True)}

    async def _serve_once(self, chunk: Sequence[Traveller], client: OutgoingHttp) -> dict[int, Outcome]:
        batch = self.batch
        verdicts = batch.claims.claim(batch, {traveller.strand: batch.key(traveller) for traveller in chunk})
        outcomes: dict[int, Outcome] = {}
        called: list[Traveller] = []
        calls = []
        for traveller in chunk:
            verdict, _, port = verdicts[traveller.strand].partition(":")
            if verdict in ("run", "unknown", "unconfirmed") or (verdict == "accepted" and not port):
                calling = self._calling(traveller, client)
                called.append(traveller)
                calls.append(calling.run() if verdict == "run" else calling.look_up())
            else:
                outcomes[traveller.strand] = self._already(verdict, port)
        for traveller, ended in zip(called, await asyncio.gather(*calls), strict=True):
            outcomes[traveller.strand] = ended.outcome
            batch.claims.settle(batch, batch.key(traveller), ended.fate, ended.reason)
        return outcomes

    def _already(self, verdict: str, port: str) -> Outcome:
        """What follows from what the ledger has of an earlier attempt."""
        match verdict:
            case "gone":
                return Gone()
            case "accepted":
                return Went(port)
            case "sending" | "planned" | "retry_at":
                return Again(self.batch.later(CLAIM_PAUSE), "waiting for an earlier attempt", counts=False)
            case "held":
                return Again(self.batch.later(HELD_PAUSE), "the journey is held", counts=False)
            case _:
                return Stuck(verdict)

    def _calling(self, traveller: Traveller, client: OutgoingHttp) -> Calling:
        batch = self.batch
        key = batch.key(traveller)
        http = NodeHttp(client.recording(), key, lambda: batch.now() // 1_000)
        log = Log(self.node.key, key)
        person = batch.people[traveller.contact]

        def seen(secret: str) -> None:
            http.hide(secret)
            log.hide(secret)

        ctx = Context(
            contact=ContactView({**person.facts(), "id": person.id}),
            event=EventView(traveller.trigger or {}),
            journey=JourneyView(
                id=batch.journey_id,
                name=batch.journey_name,
                plan=batch.plan_id,
                enrolment=traveller.root,
                node=batch.node_id,
                values=batch.values.get(traveller.root, {}),
                timezone=batch.plan.settings.timezone,
            ),
            key=key,
            attempt=traveller.attempt + 1,
            http=http,
            log=log,
            secrets=Secrets(self.node.secrets_of(self.config), seen, self.environment),
            due=batch.due,
        )
        return Calling(
            self.node,
            self.cfg,
            self.config,
            ctx,
            zone(traveller.timezone, batch.plan.settings.timezone),
            batch.later,
        )
