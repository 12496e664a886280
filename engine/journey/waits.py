"""Which event ends a wait: the same choice for whoever looks (the leg, ingestion, the rehearsal)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.flow.condition import ORDER_CANCELLED, Condition
from engine.flow.condition_eval import Facts, compile_condition, order_id
from engine.flow.plan import Arm
from engine.journey.traveller import Happening, Hit


@dataclass(frozen=True, eq=False)
class _Same:
    """A condition as a key by identity. By value "is 1" would equal "is true", as 1 equals True."""

    condition: Condition

    def __hash__(self) -> int:
        return id(self.condition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.condition is self.condition


@lru_cache(maxsize=4096)
def _test(same: _Same) -> Callable[[Facts], bool]:
    return compile_condition(same.condition)


def cancelled_orders(happenings: Iterable[Happening]) -> frozenset[str]:
    """The ids of the orders that these events cancel."""
    found = (order_id(one.properties) for one in happenings if one.name == ORDER_CANCELLED)
    return frozenset(number for number in found if number is not None)


def minds_cancelling(arms: Iterable[Arm]) -> bool:
    """Whether it has to be known which orders are cancelled."""
    return any(arm.unless_cancelled for arm in arms)


def fits(
    arm: Arm,
    happening: Happening,
    keys: Mapping[str, frozenset[str]],
    cancelled: Collection[str] = frozenset(),
) -> bool:
    """Whether the event is one that this arm listens for.

    `keys` maps a node to the send keys of the messages that it sent to this enrolment on its last visit; `cancelled`
    are the orders of the contact that are known to be cancelled.
    """
    if happening.name not in arm.events:
        return False
    if arm.unless_cancelled and cancelled and order_id(happening.properties) in cancelled:
        return False
    if arm.message_of is not None and happening.send_key not in keys.get(arm.message_of, frozenset()):
        return False
    if arm.where is None:
        return True
    event = {"name": happening.name, "properties": happening.properties}
    return _test(_Same(arm.where))(Facts(event=event, now=happening.at))


def belongs(arm: Arm, happening: Happening, since: int, since_order: int) -> bool:
    """Whether the event is new enough for this arm. One about a message of ours always is: the provider may have had it,
    and the contact read it, long before its acceptance was known here."""
    return arm.message_of is not None or (happening.at, happening.order) > (since, since_order)


def within(happening: Happening, since: int, since_order: int, until: int | None) -> bool:
    """Whether the event lies in the wait's time: after (since, since_order), and not after `until`."""
    if (happening.at, happening.order) <= (since, since_order):
        return False
    return until is None or happening.at <= until


def first_hit(
    arms: Iterable[Arm],
    happenings: Iterable[Happening],
    keys: Mapping[str, frozenset[str]],
    since: int,
    since_order: int,
    until: int | None,
    cancelled: Collection[str] = frozenset(),
) -> Hit | None:
    """The earliest event by (at, order) that ends the wait, and where it leads; of several arms the first drawn wins."""
    best: tuple[int, int] | None = None
    hit: Hit | None = None
    listed = tuple(arms)
    for happening in happenings:
        rank = (happening.at, happening.order)
        if (best is not None and rank >= best) or (until is not None and happening.at > until):
            continue
        arm = next(
            (
                arm
                for arm in listed
                if belongs(arm, happening, since, since_order) and fits(arm, happening, keys, cancelled)
            ),
            None,
        )
        if arm is not None:
            best, hit = rank, Hit(arm.port, happening.at, happening.order, happening.message_id)
    return hit
