"""A tiny language for what happens to one contact: given a plan, after(days=2), expect.

    given(plan).event("page").after(hours=1).late(days=2).told() == ["start.entered", "listen.page", ...]

A line is "node.port", with the time since the beginning where it is not 0, and the strand where it is not the root's:
"0.1 delay.on +1d 2h". The last line says where the contact stands.
"""

from __future__ import annotations

from engine.flow.plan import Plan
from engine.journey.contact import Contact
from engine.journey.host import Outcome, Went
from engine.journey.memory import Answering, Call, Memory, usual_port
from engine.journey.memory_rows import Row
from engine.journey.traveller import Happening

START = 1_740_992_400_000
"""2025-03-03 09:00 UTC, a Monday."""

MARIO = 1
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1))


def milliseconds(*, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> int:
    """A length of time."""
    return ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1_000


class Story:
    """One contact, from 3 March 2025, 09:00 UTC. Acts send an email, and do what they are told to, else succeed."""

    def __init__(
        self, plan: Plan, contact: Contact, outcomes: dict[str, list[Outcome]], answer: Answering | None
    ) -> None:
        self.now = START
        self.memory = Memory(plan, {MARIO: contact}, act=self._act, answer=answer)
        self.outcomes = outcomes
        self._events = 0
        self.memory.enter(MARIO, START, "story")
        self.memory.travel(START, START)

    def after(self, **time: int) -> Story:
        """Time passes, and everyone moves as it does."""
        start, self.now = self.now, self.now + milliseconds(**time)
        self.memory.travel(start, self.now)
        return self

    def late(self, **time: int) -> Story:
        """Time passes while no worker runs; then one does."""
        self.now += milliseconds(**time)
        self.memory.travel(self.now, self.now)
        return self

    def asleep(self, **time: int) -> Story:
        """Time passes while no worker runs."""
        self.now += milliseconds(**time)
        return self

    def event(self, name: str, *, about: str | None = None, ago: int = 0, **properties: object) -> Story:
        """Something happens now, or happened so many milliseconds ago; perhaps to the first message of a node."""
        keys = [message.send_key for message in self.memory.sent.values() if message.node == about]
        self._events += 1
        self.memory.ingest(
            MARIO,
            Happening(
                self._events, f"m{self._events}", name, self.now - ago, properties, keys[0] if keys else None
            ),
        )
        return self

    def pause(self) -> Story:
        """The journey is held."""
        self.memory.pause()
        return self

    def resume(self) -> Story:
        """It goes on."""
        self.memory.resume()
        return self.after()

    def told(self) -> list[str]:
        """The steps of every strand, and where the contact stands."""
        rows = list(self.memory.rows.by_id.values())
        names = {row.strand: _name(row, rows) for row in rows}
        lines = [
            " ".join(filter(None, [names[row.strand], f"{passed.node}.{passed.port}", _since(passed.at)]))
            for row in rows
            for passed in row.steps
        ]
        return [*lines, self.stands()]

    def stands(self) -> str:
        """Where the contact stands: "ended: sent", "parked at mail: broken", "resting at delay +2d"."""
        root = next(iter(self.memory.rows.by_id.values()))
        if root.place == "ended":
            return f"ended: {root.result}"
        until = _since(root.wake_at) if root.wake_at is not None else None
        return f"{root.place} at {root.position}{f' {until}' if until else f': {root.reason}' if root.reason else ''}"

    def sends(self) -> list[str]:
        """The nodes that sent a message, in order."""
        return [message.node for message in self.memory.sent.values()]

    def _act(self, call: Call) -> Outcome:
        planned = self.outcomes.get(call.node_id)
        outcome = planned.pop(0) if planned else Went(usual_port(call.node))
        if isinstance(outcome, Went):
            call.send("email", "mario@example.com")
        return outcome


def given(
    plan: Plan,
    contact: Contact | None = None,
    *,
    answer: Answering | None = None,
    **outcomes: list[Outcome],
) -> Story:
    """A contact has entered. `outcomes` are what acts do, one a try."""
    return Story(plan, contact or Contact(MARIO), outcomes, answer)


def _name(row: Row, rows: list[Row]) -> str:
    if row.parent is None:
        return ""
    parent = next(one for one in rows if one.strand == row.parent)
    siblings = [one.strand for one in rows if one.parent == row.parent]
    return f"{_name(parent, rows) or '0'}.{siblings.index(row.strand)}"


def _since(at: int) -> str:
    left, parts = at - START, []
    for unit, length in _UNITS:
        if left >= length:
            parts.append(f"{left // length}{unit}")
            left %= length
    return f"+{' '.join(parts)}" if parts else ""
