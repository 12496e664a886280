"""Forecasts: a crowd goes through a plan, and chance decides what each of it does."""

import random
from collections import Counter
from time import monotonic

from api.errors import ForecastTooLong
from api.forecasts.schemas import ChanceNode, ChancePort, Count, ForecastIn, ForecastOut, PortCount
from api.rehearsals.queries import labels_of
from api.rehearsals.service import Subject
from engine.flow.plan import Act, Ask, PlanNode, Wait
from engine.journey.contact import Contact
from engine.journey.crowd import Forecast, Usual, rehearse
from engine.journey.memory import usual_port
from engine.journey.time import DAY, after, zone

SECONDS = 10.0
"""How long a forecast may take. Who has not entered by then is left out."""
_TOGETHER = 2_000
_LOOK_EVERY = 500
_HAPPENS = 0.4
"""The chance that something happens at a wait, and that a question is answered by its branches, if nothing is said."""


class _TimeUp(Exception):
    """The time is up."""


def forecast(subject: Subject, wanted: ForecastIn, at: int) -> ForecastOut:
    """Let a crowd travel, a few thousand at a time, while there is time."""
    plan = subject.plan
    chances = {
        node: _ports(plan.nodes[node], wanted.chances.get(node, {}))
        for node in plan.order
        if isinstance(plan.nodes[node].operation, Act | Ask | Wait)
    }
    crowd = _Crowd(chances, wanted.seed, monotonic() + SECONDS)
    parts: list[Forecast] = []
    try:
        for first in range(1, wanted.contacts + 1, _TOGETHER):
            last = min(first + _TOGETHER, wanted.contacts + 1)
            people = [Contact(number) for number in range(first, last)]
            parts.append(rehearse(plan, people, at, wanted.days, crowd))
    except _TimeUp:
        if not parts:
            raise ForecastTooLong(
                f"Not even {_TOGETHER:,} contacts get through in {SECONDS:.0f} seconds. "
                "Ask for fewer days, or give a loop a longer rest."
            ) from None
    return _answer(subject, wanted, chances, parts)


def _ports(node: PlanNode, said: dict[str, float]) -> dict[str, float]:
    """The chance of each port; the last takes what is left, and all add up to one."""
    operation = node.operation
    if isinstance(operation, Wait):
        listed = list(dict.fromkeys(arm.port for arm in operation.arms))
        usually = dict.fromkeys(listed, _HAPPENS / max(1, len(listed)))
        rest = operation.timeout_port
    elif isinstance(operation, Ask):
        listed = list(dict.fromkeys(branch.port for branch in operation.branches))
        usually = dict.fromkeys(listed, _HAPPENS / max(1, len(listed)))
        rest = operation.otherwise
    else:
        rest = usual_port(node)
        usually = {port: 0.0 for port in node.ports if port != rest}
    chances = {port: said.get(port, chance) for port, chance in usually.items() if port != rest}
    total = sum(chances.values())
    if total > 1:
        chances = {port: chance / total for port, chance in chances.items()}
    left = max(0.0, 1 - sum(chances.values()))
    return {**chances, "" if rest is None else rest: left}


class _Crowd(Usual):
    """Whose acts are left to chance; the same seed gives the same numbers."""

    def __init__(self, chances: dict[str, dict[str, float]], seed: int, ends: float) -> None:
        self._chances = chances
        self._dice = random.Random(seed)  # dice for a forecast, and they must fall the same way again
        self._ends = ends
        self._asked = 0

    def act(self, node_id: str, node: PlanNode, contact: int) -> str:
        """By chance, most often the usual port."""
        return self._drawn(node_id)

    def ask(self, node_id: str, node: PlanNode, contact: int) -> str:
        """By chance."""
        return self._drawn(node_id)

    def wait(self, node_id: str, node: PlanNode, contact: int) -> tuple[str, int] | None:
        """By chance, rather early than late."""
        operation = node.operation
        assert isinstance(operation, Wait)
        port = self._drawn(node_id)
        if port in ("", operation.timeout_port):
            return None
        longest = DAY if operation.within is None else after(0, operation.within, zone(None, "UTC"))
        return port, round(longest * self._dice.random() ** 3)

    def _drawn(self, node: str) -> str:
        self._asked += 1
        if self._asked % _LOOK_EVERY == 0 and monotonic() > self._ends:
            raise _TimeUp
        drawn = self._dice.random()
        ports = self._chances[node]
        for port, chance in ports.items():
            drawn -= chance
            if drawn < 0:
                return port
        return next(reversed(ports))


def _answer(
    subject: Subject, wanted: ForecastIn, chances: dict[str, dict[str, float]], parts: list[Forecast]
) -> ForecastOut:
    edges: Counter[tuple[str, str]] = Counter()
    results: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    parked: Counter[str] = Counter()
    for part in parts:
        edges.update(part.edges)
        results.update(part.results)
        waiting.update(part.resting)
        parked.update(part.parked)
    return ForecastOut(
        asked=wanted.contacts,
        entered=sum(part.entered for part in parts),
        days=wanted.days,
        edges=[PortCount(node=node, port=port, count=n) for (node, port), n in sorted(edges.items())],
        results=_counts(results),
        waiting=_counts(waiting),
        parked=_counts(parked),
        chances=[_shown(subject, node, ports) for node, ports in chances.items() if len(ports) > 1],
    )


def _counts(counter: Counter[str]) -> list[Count]:
    return [Count(name=name, count=count) for name, count in counter.most_common()]


def _shown(subject: Subject, node: str, ports: dict[str, float]) -> ChanceNode:
    drawn = subject.plan.nodes[node]
    labels = labels_of(subject, node)
    last = list(ports)[-1]
    return ChanceNode(
        node=node,
        label=drawn.label,
        family=drawn.family,
        ports=[
            ChancePort(
                port=port, label=labels.get(port, port.replace("_", " ") or "Nothing happens"),
                chance=round(chance, 6), rest=port == last,
            )
            for port, chance in ports.items()
        ],
    )  # fmt: skip
