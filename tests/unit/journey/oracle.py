"""The oracle: a naive interpreter of plans, one contact at a time, written only for tests.

A strand is a generator that walks the plan and yields what it waits for. It shares no code with the leg runner, and knows
neither fences nor trails nor transactions. What the two must have in common is the meaning of a plan, no more.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.flow.plan import (
    Act,
    Arm,
    Ask,
    Draw,
    Enter,
    Exit,
    Fork,
    Goal,
    Merge,
    Plan,
    Repeat,
    RestFor,
    RestUntil,
    Wait,
)
from tests.unit.journey.oracle_parts import (
    Broken,
    Enrolment,
    Fate,
    Life,
    Sending,
    Split,
    Still,
    Strand,
    Time,
    Told,
    Turn,
    Way,
    ancestors,
)


class Oracle:
    """A journey, played contact by contact. `fate` decides for acts, `answer` for asks, `renewals` are dates of contacts."""

    def __init__(
        self,
        plan: Plan,
        fate: Callable[[int, str, int, int], Fate],
        answer: Callable[[int, str, int, int], str],
        share: Callable[[Draw, int], str],
        renewals: dict[int, str],
        most: int,
    ) -> None:
        self.plan = plan
        self.fate, self.answer, self.share, self.renewals, self.most = fate, answer, share, renewals, most
        self.enrolments: list[Enrolment] = []
        self.events: dict[int, list[Told]] = {}
        self.sent: dict[int, list[Sending]] = {}
        self.known: set[str] = set()
        self.paused = False
        self.now = 0
        self.in_leg = False

    # -------------------------------------------------------------------------------------------- from outside

    def enter(self, contact: int, at: int, cause: str, order: int | None) -> None:
        earlier = [one for one in self.enrolments if one.contact == contact]
        rule = self.plan.settings.reentry.rule
        inside = any(one.root.live for one in earlier)
        refused = (rule == "once" and earlier) or (rule == "after_end" and inside)
        if self.paused or refused or any(one.cause == cause for one in earlier):
            return
        entry = (at, -1 if order is None else order)
        enrolment = Enrolment(len(self.enrolments), contact, cause, entry)
        start = self.plan.triggers[0].node
        root = Strand(enrolment, "0", 0, None, start, entry)
        enrolment.strands.append(root)
        self.enrolments.append(enrolment)
        self.begin(root, self.walk(root, start))
        self.seek_goals(enrolment, sorted(self.events.get(contact, []), key=lambda e: (e.at, e.order)))

    def tell(self, contact: int, event: Told) -> None:
        if event.message_id in self.known:
            return
        self.known.add(event.message_id)
        self.events.setdefault(contact, []).append(event)
        for enrolment in [one for one in self.enrolments if one.contact == contact and one.root.live]:
            if self.seek_goals(enrolment, [event]):
                continue
            for strand in list(enrolment.strands):
                if strand.place == "resting" and strand.events is not None:
                    wait, since = strand.events
                    hit = self.first(enrolment, wait.arms, [event], since, strand.until)
                    if hit is not None:
                        self.resume(strand, hit)

    def seek_goals(self, enrolment: Enrolment, events: list[Told]) -> bool:
        for goal in self.plan.goals:
            if goal.node in enrolment.reached:
                continue
            hit = self.first(enrolment, goal.arms, events, enrolment.entry, None)
            if hit is not None:
                self.reach(enrolment, goal, hit[1])
                return True
        return False

    def reach(self, enrolment: Enrolment, goal: Goal, event: Told) -> None:
        enrolment.reached.add(goal.node)
        root = enrolment.root
        root.time = max(strand.time for strand in enrolment.strands if strand.live)
        for strand in enrolment.strands[1:]:
            if strand.live:
                self.stop(strand, goal.result)
        self.close(root)
        self.step(root, goal.node, goal.port, (event.at, event.order), event.message_id)
        if goal.target is None:
            self.finish(root, goal.result)
        else:
            self.begin(root, self.walk(root, goal.target))

    def pause(self) -> None:
        self.paused = True

    def go_on(self) -> None:
        self.paused = False
        for enrolment in self.enrolments:
            for strand in enrolment.strands:
                if strand.place == "resting" and strand.reason == "paused":
                    strand.place, strand.reason = "admitted", None

    def replay(self, strand: Strand) -> None:
        strand.place, strand.reason, strand.attempt = "admitted", None, 0

    # -------------------------------------------------------------------------------------------- time

    def travel(self, start: int, end: int) -> None:
        due: int | None = start
        while due is not None and due <= end:
            self.leg(due)
            due = min(
                (s.until for e in self.enrolments for s in e.strands if s.until is not None), default=None
            )

    def leg(self, now: int) -> None:
        self.now, self.in_leg = now, True
        for enrolment in self.enrolments:
            enrolment.steps_in_leg = 0
            for strand in enrolment.strands:
                due = strand.place == "resting" and strand.until is not None and strand.until <= now
                strand.walking = strand.place == "admitted" or due
            while walking := [strand for strand in enrolment.strands if strand.walking and strand.live]:
                self.move(enrolment, walking)
        self.in_leg = False

    def move(self, enrolment: Enrolment, walking: list[Strand]) -> None:
        """Let those at the earliest node go one node further."""
        earliest = min((strand.node for strand in walking), key=self.plan.order.index)
        group = [strand for strand in walking if strand.node == earliest]
        operation = self.plan.nodes[earliest].operation
        if isinstance(operation, Merge):
            group.sort(key=lambda strand: (strand.time[0], strand.index))
        if enrolment.steps_in_leg >= self.most and not isinstance(operation, Exit):
            for strand in group:
                self.stand(strand, Broken("loop"))
            return
        # Who comes to a node together looks at what was before any of them left it.
        enrolment.left_before = dict(enrolment.left)
        for strand in group:
            if strand.live:
                self.resume(strand, None)

    # -------------------------------------------------------------------------------------------- walking

    def begin(self, strand: Strand, life: Life) -> None:
        """Put a walk before its first node."""
        strand.life = life
        self.resume(strand, None)

    def resume(self, strand: Strand, news: Any) -> None:
        """Let a walk go on with what it waited for, until it yields the next."""
        assert strand.life is not None
        strand.until = strand.events = None
        try:
            self.stand(strand, strand.life.send(news))
        except StopIteration:
            strand.walking = False

    def stand(self, strand: Strand, wanted: Turn | Still | Broken | Split) -> None:
        match wanted:
            case Turn():
                strand.place = "moving" if self.in_leg else "admitted"
                strand.reason, strand.walking = None, self.in_leg
            case Still(until, reason, events):
                strand.place, strand.reason, strand.walking = "resting", reason, False
                strand.until, strand.events = until, events
            case Broken(code):
                strand.place, strand.reason, strand.walking = "parked", code, False
                strand.until = strand.events = None
            case Split(strands):
                strand.place, strand.reason, strand.walking = "resting", "strands", False
                strand.pending, strand.ended = len(strands), []
                for child in strands:
                    port = child.steps[0][1]
                    target = self.plan.nodes[child.node].ports[port]
                    if target is not None:
                        self.begin(child, self.walk(child, target))
                for child in strands:
                    if child.life is None:
                        self.finish(child, child.steps[0][1])

    def walk(self, strand: Strand, node_id: str) -> Life:
        while True:
            strand.node, strand.attempt = node_id, 0
            node = self.plan.nodes[node_id]
            at_once = isinstance(node.operation, Exit) and strand.parent is None and not self.in_leg
            if not at_once:
                yield Turn()
            if isinstance(node.operation, Exit):
                self.step(strand, node_id, next(iter(node.ports)))
                self.finish(strand, node.operation.result)
                return
            way = yield from self.pass_node(strand, node_id)
            if way is None:
                return
            target = self.plan.nodes[way[0]].ports[way[1]]
            if target is None:
                self.finish(strand, way[1])
                return
            node_id = target

    def pass_node(self, strand: Strand, node_id: str) -> Generator[Any, Any, Way | None]:
        operation = self.plan.nodes[node_id].operation
        match operation:
            case Enter():
                port: str | None = next(iter(self.plan.nodes[node_id].ports))
            case Draw():
                port = self.share(operation, strand.enrolment.contact)
            case Ask():
                told = len(self.events.get(strand.enrolment.contact, []))
                port = self.answer(strand.enrolment.contact, node_id, self.now, told)
            case Repeat():
                port = operation.again if self.rounds(strand, node_id) < operation.most else operation.done
            case RestFor() | RestUntil():
                return (yield from self.delay(strand, node_id, operation))
            case Wait():
                return (yield from self.listen(strand, node_id, operation))
            case Act():
                return (yield from self.act(strand, node_id, operation))
            case Fork():
                merged: Way = yield Split(list(self.children(strand, node_id, operation)))
                return merged
            case Merge() if strand.parent is None:
                port = operation.port
            case Merge():
                self.arrive(strand, operation, node_id)
                return None
            case _:
                raise AssertionError(operation)
        assert port is not None
        self.step(strand, node_id, port)
        return node_id, port

    def delay(self, strand: Strand, node_id: str, operation: RestFor | RestUntil) -> Generator[Any, Any, Way]:
        at = strand.time[0]
        if isinstance(operation, RestFor):
            moment: int | None = at + operation.duration.milliseconds
        else:
            moment = self.moment(strand, operation)
        if moment is None:
            assert isinstance(operation, RestUntil)
            assert operation.past_port is not None
            self.step(strand, node_id, operation.past_port)
            return node_id, operation.past_port
        end = at if moment <= at else rounded(moment, at)
        if end > self.now:
            yield Still(end, None)
        self.step(strand, node_id, operation.port, (end, -1))
        return node_id, operation.port

    def moment(self, strand: Strand, operation: RestUntil) -> int | None:
        at = strand.time[0]
        if operation.opens is not None and operation.closes is not None:
            instant = datetime.fromtimestamp(at / 1000, UTC)
            opens, closes = int(operation.opens[:2]), int(operation.closes[:2])
            if opens <= instant.hour < closes or (opens > closes and not closes <= instant.hour < opens):
                return at
            opening = instant.replace(hour=opens, minute=0, second=0, microsecond=0)
            opening += timedelta(days=1 if instant.hour >= opens else 0)
            return int(opening.timestamp()) * 1000
        text = operation.date or self.renewals.get(strand.enrolment.contact)
        if text is None:
            return None
        moment = int(datetime.fromisoformat(text).timestamp()) * 1000
        return moment if moment >= at else None

    def listen(self, strand: Strand, node_id: str, wait: Wait) -> Generator[Any, Any, Way]:
        enrolment, at = strand.enrolment, strand.time[0]
        if wait.since == "here":
            since = strand.time
        elif wait.since == "entry":
            since = enrolment.entry
        else:
            since = enrolment.left_before.get(wait.since, strand.time)
        until = None
        if wait.within is not None:
            start = since[0] if wait.timer_from_anchor else at
            until = rounded(start + wait.within.milliseconds, at)
        hit = self.first(enrolment, wait.arms, self.told(enrolment), since, until)
        if hit is None and (until is None or until > self.now):
            hit = yield Still(until, "event", (wait, since))
            if hit is None:
                hit = self.first(enrolment, wait.arms, self.told(enrolment), since, until)
        if hit is None:
            assert until is not None
            assert wait.timeout_port is not None
            self.step(strand, node_id, wait.timeout_port, (until, -1), "timeout")
            return node_id, wait.timeout_port
        port, event = hit
        self.step(strand, node_id, port, (event.at, event.order), event.message_id)
        return node_id, port

    def told(self, enrolment: Enrolment) -> list[Told]:
        return sorted(self.events.get(enrolment.contact, []), key=lambda event: (event.at, event.order))

    def first(
        self, enrolment: Enrolment, arms: tuple[Arm, ...], events: list[Told], since: Time, until: int | None
    ) -> tuple[str, Told] | None:
        """The first of these events that comes by `until`, and after `since` unless it is about a message, and that an
        arm listens for; its port."""
        for event in events:
            if until is None or event.at <= until:
                for arm in arms:
                    new = arm.message_of is not None or (event.at, event.order) > since
                    if new and self.fits(enrolment, arm, event):
                        return arm.port, event
        return None

    def fits(self, enrolment: Enrolment, arm: Arm, event: Told) -> bool:
        if event.name not in arm.events or (arm.where is not None and event.n != 1):
            return False
        if arm.unless_cancelled and any(
            told.name == "Order Cancelled" and told.n == event.n for told in self.told(enrolment)
        ):
            return False
        if arm.message_of is None:
            return True
        return event.about is not None and event.about in enrolment.latest.get(arm.message_of, set())

    def act(self, strand: Strand, node_id: str, act: Act) -> Generator[Any, Any, Way]:
        enrolment, arrived, run = strand.enrolment, strand.time[0], -1
        while True:
            if self.paused:
                yield Still(None, "paused")
                continue
            if run < 0:
                run = strand.runs[node_id] = strand.runs.get(node_id, -1) + 1
            fate = self.fate(enrolment.contact, node_id, run, strand.attempt)
            if fate.sends:
                self.send(enrolment, (enrolment.number, strand.lineage, node_id, run))
            early = fate.kind == "not yet" and self.now - arrived < fate.delay
            if fate.kind == "stuck":
                yield Broken("broken")
            elif early:
                yield Still(rounded(max(arrived + fate.delay, self.now + 1), self.now), "again")
            elif fate.kind == "again" and strand.attempt + 1 >= act.attempts:
                yield Broken("attempts: not now")
            elif fate.kind == "again":
                strand.attempt += 1
                yield Still(rounded(self.now + fate.delay, self.now), "again")
            else:
                self.step(strand, node_id, fate.port, (self.now, -1))
                return node_id, fate.port

    def send(self, enrolment: Enrolment, message: Sending) -> None:
        messages = self.sent.setdefault(enrolment.contact, [])
        if message in messages:
            return
        messages.append(message)
        # One message a run, so the latest of a node is the only one that counts.
        enrolment.latest[message[2]] = {message}

    # -------------------------------------------------------------------------------------------- strands

    def children(self, parent: Strand, node_id: str, fork: Fork) -> Iterator[Strand]:
        enrolment = parent.enrolment
        for port in fork.ports:
            lineage = f"{parent.lineage}.{parent.children}"
            parent.children += 1
            child = Strand(enrolment, lineage, len(enrolment.strands), parent, node_id, parent.time)
            enrolment.strands.append(child)
            self.step(child, node_id, port)
            yield child

    def arrive(self, strand: Strand, merge: Merge, node_id: str) -> None:
        parent = strand.parent
        assert parent is not None
        if merge.mode == "all":
            self.finish(strand, "merged")
            return
        strand.place, strand.result = "ended", "merged"
        for other in strand.enrolment.strands:
            if other.live and parent in ancestors(other):
                self.stop(other, "overtaken")
        self.pass_merge(parent, node_id, strand.time)

    def pass_merge(self, parent: Strand, node_id: str, time: Time) -> None:
        merge = self.plan.nodes[node_id].operation
        assert isinstance(merge, Merge)
        parent.time = time
        self.step(parent, node_id, merge.port)
        self.resume(parent, (node_id, merge.port))

    def finish(self, strand: Strand, result: str) -> None:
        """A walk is over; perhaps its parent's standing still is, too."""
        strand.place, strand.reason, strand.result, strand.walking = "ended", None, result, False
        strand.until = strand.events = None
        parent = strand.parent
        if parent is None:
            return
        parent.pending -= 1
        parent.ended.append((strand.time, strand.index, result))
        if parent.pending:
            return
        time = max(time for time, _, _ in parent.ended)
        if any(how == "merged" for _, _, how in parent.ended):
            fork = self.plan.nodes[parent.node].operation
            assert isinstance(fork, Fork)
            assert fork.merge is not None
            self.pass_merge(parent, fork.merge, time)
        else:
            last = max(parent.ended, key=lambda one: (one[0][0], one[1]))
            self.close(parent)
            parent.time = time
            self.finish(parent, last[2])

    def stop(self, strand: Strand, result: str) -> None:
        """End a walk from outside."""
        self.close(strand)
        strand.place, strand.reason, strand.result, strand.walking = "ended", None, result, False
        strand.until = strand.events = None

    def close(self, strand: Strand) -> None:
        if strand.life is not None:
            strand.life.close()
            strand.life = None

    # -------------------------------------------------------------------------------------------- the record

    def step(
        self, strand: Strand, node_id: str, port: str, time: Time | None = None, cause: str = "flow"
    ) -> None:
        strand.time = max(strand.time, strand.time if time is None else time)
        strand.steps.append((node_id, port, strand.time[0], cause))
        enrolment = strand.enrolment
        enrolment.left[node_id] = max(strand.time, enrolment.left.get(node_id, strand.time))
        enrolment.steps_in_leg += 1

    def rounds(self, strand: Strand, node_id: str) -> int:
        """How often its path left a repeat node to go round again since the last time that it was done."""
        path = [step for one in reversed([strand, *ancestors(strand)]) for step in one.steps]
        count = 0
        for node, port, _, _ in path:
            if node == node_id:
                count = count + 1 if port == "again" else 0
        return count


def rounded(until: int, since: int) -> int:
    """The end of a rest: on a second when it is at most an hour long, else on a minute."""
    unit = 1_000 if until - since <= 3_600_000 else 60_000
    return until if until % unit == 0 else until + unit - until % unit
