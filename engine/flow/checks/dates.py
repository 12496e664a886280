"""Rests until a moment that can come."""

from collections.abc import Iterator

from engine.flow.condition_moment import moment
from engine.flow.contract import WaitUntil
from engine.flow.diagnostic import Diagnostic, diagnostic, shown
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

_DAY = 86_400_000
_PAST = "past"


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find dates that have passed everywhere on earth."""
    for node in resolved.nodes.values():
        contract = node.contract
        if (
            not isinstance(contract, WaitUntil)
            or contract.date is None
            or contract.yearly
            or world.now is None
        ):
            continue
        at = moment(contract.date)
        # A date without a time may mean its last minute, and without an offset it is over last at UTC-12.
        slack = _DAY // 2 + (_DAY if len(contract.date) == 10 else 0)
        if at is not None and at + contract.offset_days * _DAY + slack < world.now:
            yield diagnostic(
                "date-passed", node, field="date", date=shown(contract.date), what=_instead(node)
            )


def _instead(node: ResolvedNode) -> str:
    """What happens to contacts where the date has passed."""
    if all(port.key != _PAST for port in node.ports):
        return "everybody goes on at once"
    if _PAST in node.out:
        return f'everybody leaves by "{_PAST}" at once'
    return f'nothing is connected to "{_PAST}", so everybody ends there at once, with the result "{_PAST}"'
