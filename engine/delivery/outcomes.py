"""What becomes of travellers at a send, where one of them may have several letters: one for each device."""

from typing import Final

from engine.journey.host import Again, Gone, Outcome, Stuck, Went

SENT: Final = Went("sent")
_PORTS = ("unknown", "rejected", "refused")


class Doubtful(Again):
    """Not now: it may have been sent, and the provider's word is still missing."""


class Outcomes(dict[int, Outcome]):
    """{strand: outcome}. Of a traveller's letters the weightiest outcome counts: whoever still has one to send comes
    back; otherwise they have been written to if one letter was accepted."""

    def add(self, strand: int, outcome: Outcome) -> None:
        """Take in what became of one letter, or of a traveller who has none."""
        known = self.setdefault(strand, outcome)
        if known is not outcome:
            self[strand] = _weightier(known, outcome)


def _weightier(one: Outcome, other: Outcome) -> Outcome:
    if isinstance(one, Again) and type(one) is type(other):
        assert isinstance(other, Again)
        counts = one.counts or other.counts
        first = min(one, other, key=lambda again: again.at)
        return type(first)(first.at, first.reason, counts, first.exact)
    return min(one, other, key=_weight)


def _weight(outcome: Outcome) -> int:
    match outcome:
        case Gone():
            return 0
        case Doubtful():
            return 3
        case Again():
            return 1
        case Stuck():
            return 4
        case Went(port) if port == SENT.port:
            return 2
        case Went(port) if port in _PORTS:
            return 5 + _PORTS.index(port)
    return 5 + len(_PORTS)
