"""`await fn.crash_test(...)`: kills a node before and after each of its requests, and counts what really happened.

After each death the engine's rules are followed: effect "once" is never run again, only looked up; the others are run
again. No point of death may lead to more effects than an undisturbed run has.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Unpack, get_args

from engine.journey.host import Again, Outcome
from nodes.sdk.definition import NodeType
from nodes.sdk.harness import Situation, Trial
from nodes.sdk.service import Killed, Moment, Request

ATTEMPTS = 4
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Crash:
    """One death: at which request (from 1), when, how many effects there were in the end, and what came of it."""

    request: int
    moment: Moment
    effects: int
    outcome: Outcome | None


async def crash_everywhere(
    node: NodeType, config: Mapping[str, Any], **situation: Unpack[Situation]
) -> list[Crash]:
    """Every crash that was tried. AssertionError names the first that made something happen twice."""
    calm = Trial(node, config, situation)
    await _until_settled(calm, None)
    usual = _counted(calm)
    if node.effect == "none" and usual:
        raise AssertionError(
            f'The node "{node.key}" declares effect "none" and changes something: {_shown(usual)}. '
            'Write effect="once", or effect="safe" if the service recognises repeats.'
        )
    crashes = []
    for request in range(len(calm.service.requests)):
        for moment in get_args(Moment):
            trial = Trial(node, config, situation)
            outcome = await _until_settled(trial, (request, moment))
            happened = _counted(trial)
            if happened - usual:
                raise AssertionError(
                    f'The node "{node.key}" acts twice when it dies {moment} request {request + 1}: '
                    f"{_shown(happened - usual)}. {_ADVICE[node.effect]}"
                )
            crashes.append(Crash(request + 1, moment, sum(happened.values()), outcome))
    return crashes


async def _until_settled(trial: Trial, kill: tuple[int, Moment] | None) -> Outcome | None:
    """Run it, dying once if told to, until it leaves, is parked, or has had its attempts (None: it died in the last)."""
    look_up = False
    outcome: Outcome | None = None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            ended = await trial.run(attempt, kill if attempt == 1 else None, look_up=look_up)
        except Killed:
            look_up = trial.node.effect == "once"
            continue
        look_up, outcome = ended.fate == "unknown", ended.outcome
        if not isinstance(outcome, Again):
            break
    return outcome


def _counted(trial: Trial) -> Counter[Place]:
    """How often each thing was done. Equal requests with one key count once where the node says that it is safe."""
    effects: Iterable[Request] = trial.service.effects
    if trial.node.effect == "safe":
        effects = {(request.place, request.ref, request.text): request for request in effects}.values()
    return Counter(request.place for request in effects)


def _shown(places: Counter[Place]) -> str:
    return ", ".join(f"{method} {address} ({count})" for (method, address), count in sorted(places.items()))


_ADVICE = {
    "none": 'Write effect="once".',
    "safe": 'Send the same body under the same ref in every attempt, or write effect="once".',
    "once": "Raise TryAgain only where surely nothing has happened, and only read in the reconcile function.",
}
