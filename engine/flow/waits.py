"""What rests and waits promise: which of them stop everybody, and which way out of them nobody takes."""

from engine.flow.contract import Bought, Contract, Delay, Engagement, WaitFor, WaitUntil


def endless_port(contract: Contract | None) -> str | None:
    """The port at the limit of a wait that has no limit: nobody takes it."""
    match contract:
        case Engagement(within=None):
            return "no"
        case WaitFor(within=None):
            return "timeout"
        case _:
            return None


def is_rest(contract: Contract | None) -> bool:
    """Whether contacts may stand still here. A length of 0 holds nobody."""
    match contract:
        case Delay():
            return contract.for_.amount > 0
        case Bought():
            return contract.within is not None and contract.within.amount > 0
        case Engagement() | WaitFor():
            return contract.within is None or contract.within.amount > 0
        case _:
            return isinstance(contract, WaitUntil)


def always_rests(contract: Contract | None) -> bool:
    """Whether time passes for everybody who comes here, each time.

    Not: a date or a window, which may be over or open; a wait since an earlier moment, which may be over.
    """
    match contract:
        case Delay():
            return contract.for_.amount > 0
        case WaitUntil():
            return contract.at is not None and contract.date is None and contract.attribute is None
        case WaitFor():
            here = contract.since == "here"
            return here and (contract.within is None or contract.within.amount > 0)
        case Bought():
            return contract.since == "here" and contract.within is not None and contract.within.amount > 0
        case _:
            return False


def counts_from(contract: Contract | None) -> str | None:
    """The node from whose leaving a wait or question counts, where it names one."""
    if isinstance(contract, WaitFor | Bought) and contract.since not in ("here", "entry"):
        return contract.since
    return None
