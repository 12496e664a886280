"""What every Host and its world must do, in one reusable class of tests.

A module that tests a Host subclasses `HostContract` and gives the fixture `worlds`: a function (plan, act) -> World.
`tests/unit/journey/test_memory.py` does so for the memory; the store does for its tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.flow.condition import Did
from engine.flow.plan import Plan
from engine.journey.host import Again, Outcome, Stuck, Went
from tests.unit.journey.build import (
    act,
    ask,
    draw,
    enter,
    fork,
    goal,
    leave,
    merge,
    plan,
    repeat,
    rest,
    wait,
)

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_740_992_400_000
"""2025-03-03 09:00 UTC."""

MARIO, LUCIA = 1, 2


@dataclass(frozen=True)
class Seen:
    """A strand as anybody may read it. `steps` are (node, port, at, cause)."""

    id: int
    parent: int | None
    place: str
    reason: str | None
    result: str | None
    position: str
    step: int
    at: int
    wake_at: int | None
    pending: int
    steps: list[tuple[str, str, int, str]]

    @property
    def path(self) -> list[str]:
        """The steps as "node.port"."""
        return [f"{node}.{port}" for node, port, _, _ in self.steps]


@dataclass(frozen=True)
class Doing:
    """One run of an act, as the contract's acts see it. `send` takes a channel and gives the send key."""

    contact: int
    node: str
    attempt: int
    due: int
    send: Callable[[str], str]


class World(Protocol):
    """A journey with one published plan, on some Host. Contacts 1 and 2 exist."""

    def enter(self, contact: int, at: int, cause: str, *, by_event: bool = False) -> int | None:
        """Let a contact enter; `by_event`, by the event with the message id `cause`, told before. The enrolment's id."""

    def tell(self, contact: int, message_id: str, name: str, at: int, about: str | None = None) -> bool:
        """Ingest an event, perhaps about a send key. Later ones have higher ids. False if it is known."""

    def run(self, due: int) -> None:
        """Drain, and run a leg for everyone due."""

    def read(self, due: int) -> Any:
        """Drain, and read the members who are due, as a leg does first."""

    def run_read(self, members: Any, due: int) -> None:
        """Run a leg for members read before."""

    def die(self, transaction: int, *, committed: bool) -> None:
        """Let the next leg die in its n-th transaction (from 1), just before or just after that commits. `run` returns."""

    def pause(self) -> None:
        """Hold the journey."""

    def resume(self) -> None:
        """Let it go on."""

    def replay(self, strand: int) -> None:
        """Set a parked strand moving."""

    def next_wake(self) -> int | None:
        """When the earliest rest ends."""

    def family(self, enrolment: int) -> Sequence[Seen]:
        """The enrolment and its strands, in the order of their creation."""

    def sent(self, enrolment: int) -> list[str]:
        """The send keys of the messages that left, oldest first."""


Acting = Callable[[Doing], Outcome]
Worlds = Callable[[Plan, Acting], World]


def send(doing: Doing) -> Outcome:
    """An act that sends one email."""
    doing.send("email")
    return Went("sent")


def travel(world: World, start: int, end: int) -> None:
    """Let time pass: a leg at `start`, and whenever a rest ends, up to `end`."""
    due: int | None = start
    while due is not None and due <= end:
        world.run(due)
        due = world.next_wake()


def entered(world: World, at: int = START) -> int:
    """Mario's enrolment, after its first leg."""
    enrolment = world.enter(MARIO, at, "campaign")
    assert enrolment is not None
    world.run(at)
    return enrolment


class EntryContract:
    """Entering, draining, ending."""

    def test_an_enrolment_is_admitted_and_moves_once_it_is_drained(self, worlds: Worlds) -> None:
        """Who enters stands admitted before the trigger's node; the leg after the drain moves them."""
        world = worlds(plan(start=enter("delay"), delay=rest("1 day", None)), send)

        enrolment = world.enter(MARIO, START, "campaign")
        assert enrolment is not None
        (before,) = world.family(enrolment)
        world.run(START)
        (after,) = world.family(enrolment)

        assert (before.place, before.position) == ("admitted", "start")
        assert (after.place, after.position, after.wake_at) == ("resting", "delay", START + DAY)
        assert after.step > before.step
        assert after.path == ["start.entered"]

    def test_a_cause_enters_once(self, worlds: Worlds) -> None:
        """The same cause does not enter twice, even where the rule lets every event in."""
        world = worlds(plan(reentry="every_event", start=enter(None)), send)

        assert world.enter(MARIO, START, "one") is not None
        assert world.enter(MARIO, START, "one") is None
        assert world.enter(MARIO, START, "two") is not None

    def test_the_rule_once_lets_in_once(self, worlds: Worlds) -> None:
        """By default a contact enters once ever; another contact is another matter."""
        world = worlds(plan(start=enter(None)), send)

        assert world.enter(MARIO, START, "one") is not None
        world.run(START)
        assert world.enter(MARIO, START + DAY, "two") is None
        assert world.enter(LUCIA, START, "one") is not None

    def test_the_rule_after_end_lets_in_again(self, worlds: Worlds) -> None:
        """After its end a contact may enter again, and not before."""
        world = worlds(plan(reentry="after_end", start=enter("delay"), delay=rest("1 day", None)), send)

        assert world.enter(MARIO, START, "one") is not None
        world.run(START)
        assert world.enter(MARIO, START + HOUR, "two") is None
        world.run(START + DAY)
        assert world.enter(MARIO, START + DAY, "three") is not None

    def test_an_open_port_ends_with_its_name_and_an_exit_with_its_result(self, worlds: Worlds) -> None:
        """Where nothing is drawn behind a port the enrolment ends with the port's name."""
        opened = worlds(plan(start=enter("mail"), mail=act(sent=None)), send)
        exited = worlds(plan(start=enter("mail"), mail=act(sent="out"), out=leave("converted")), send)

        (one,) = opened.family(entered(opened))
        (other,) = exited.family(entered(exited))

        assert (one.place, one.result) == ("ended", "sent")
        assert (other.place, other.result) == ("ended", "converted")
        assert other.path == ["start.entered", "mail.sent", "out.end"]


class WaitContract:
    """Waits end once: by the earliest event that belongs to them, or by their time-out."""

    WAITING = plan(
        start=enter("listen"),
        listen=wait("2 days", timeout="late", bought=("Order Completed", "thanks")),
        late=act(sent=None),
        thanks=act(sent=None),
    )

    def test_an_event_takes_a_waiting_enrolment_out_at_once(self, worlds: Worlds) -> None:
        """It is admitted behind the wait before any leg runs, at the event's time."""
        world = worlds(self.WAITING, send)
        enrolment = entered(world)
        (resting,) = world.family(enrolment)

        assert world.tell(MARIO, "m1", "Order Completed", START + HOUR)
        (out,) = world.family(enrolment)

        assert (resting.place, resting.reason, resting.wake_at) == ("resting", "event", START + 2 * DAY)
        assert (out.place, out.position, out.wake_at) == ("admitted", "thanks", None)
        assert out.step > resting.step
        assert out.steps[-1] == ("listen", "bought", START + HOUR, "m1")

    def test_an_event_that_nobody_waits_for_changes_nothing(self, worlds: Worlds) -> None:
        """Another name, or another contact's event, leaves the wait as it is."""
        world = worlds(self.WAITING, send)
        enrolment = entered(world)
        before = world.family(enrolment)

        world.tell(MARIO, "m1", "Product Viewed", START + HOUR)
        world.tell(LUCIA, "m2", "Order Completed", START + HOUR)

        assert world.family(enrolment) == before

    def test_a_wait_times_out_at_its_end(self, worlds: Worlds) -> None:
        """Without an event the enrolment leaves by the time-out's port, at the wait's end, however late the leg."""
        world = worlds(self.WAITING, send)
        enrolment = entered(world)

        world.run(START + 2 * DAY - 1)
        (resting,) = world.family(enrolment)
        world.run(START + 2 * DAY + HOUR)
        (after,) = world.family(enrolment)

        assert resting.place == "resting"
        assert after.steps[1:] == [
            ("listen", "timeout", START + 2 * DAY, "timeout"),
            ("late", "sent", START + 2 * DAY + HOUR, "flow"),
        ]

    def test_an_event_that_came_before_the_wait_is_found(self, worlds: Worlds) -> None:
        """An event that happened after the arrival, and was told before the leg came here, ends the wait at once."""
        world = worlds(self.WAITING, send)
        enrolment = world.enter(MARIO, START, "campaign")
        assert enrolment is not None

        world.tell(MARIO, "m1", "Order Completed", START + MINUTE)
        world.run(START + 2 * MINUTE)
        (after,) = world.family(enrolment)

        assert after.steps[1] == ("listen", "bought", START + MINUTE, "m1")

    def test_an_event_before_the_arrival_does_not_count(self, worlds: Worlds) -> None:
        """Events count from the arrival at the wait; the very instant counts."""
        world = worlds(self.WAITING, send)
        enrolment = entered(world)

        world.tell(MARIO, "m1", "Order Completed", START - 1)
        (waiting,) = world.family(enrolment)
        world.tell(MARIO, "m2", "Order Completed", START)
        (out,) = world.family(enrolment)

        assert waiting.place == "resting"
        assert out.steps[-1] == ("listen", "bought", START, "m2")

    def test_an_event_at_the_end_of_the_wait_counts_if_it_is_told_before_the_leg_looks(
        self, worlds: Worlds
    ) -> None:
        """Both ends of a wait's time count. What is told after the leg is recorded, and no more."""
        world = worlds(self.WAITING, send)
        enrolment = entered(world)

        world.tell(MARIO, "m1", "Order Completed", START + 2 * DAY)
        world.run(START + 2 * DAY)
        world.tell(MARIO, "m2", "Order Completed", START + DAY)
        (after,) = world.family(enrolment)

        assert after.path == ["start.entered", "listen.bought", "thanks.sent"]

    def test_an_event_beyond_the_end_does_not_count(self, worlds: Worlds) -> None:
        """An event after the wait's end does not end it, even when no leg has looked yet."""
        world = worlds(self.WAITING, send)
        enrolment = entered(world)

        world.tell(MARIO, "m1", "Order Completed", START + 2 * DAY + 1)
        world.run(START + 2 * DAY + 1)
        (after,) = world.family(enrolment)

        assert after.steps[1][:2] == ("listen", "timeout")

    def test_of_several_events_the_earliest_counts(self, worlds: Worlds) -> None:
        """By the time at which they happened; at one instant, by which was told first."""
        world = worlds(
            plan(
                start=enter("listen"),
                listen=wait(None, None, a=("viewed", None), b=("clicked", None)),
            ),
            send,
        )
        enrolment = world.enter(MARIO, START, "campaign")
        assert enrolment is not None

        world.tell(MARIO, "m1", "viewed", START + HOUR)
        world.tell(MARIO, "m2", "clicked", START + MINUTE)
        world.tell(MARIO, "m3", "viewed", START + MINUTE)
        world.run(START + HOUR)
        (after,) = world.family(enrolment)

        assert after.steps[-1] == ("listen", "b", START + MINUTE, "m2")

    def test_a_message_id_counts_once(self, worlds: Worlds) -> None:
        """An event that is delivered again has no second effect."""
        twice = plan(
            start=enter("one"),
            one=wait(None, None, bought=("Order Completed", "two")),
            two=wait(None, None, bought=("Order Completed", None)),
        )
        world = worlds(twice, send)
        enrolment = entered(world)

        assert world.tell(MARIO, "m1", "Order Completed", START + HOUR)
        world.run(START + HOUR)
        assert not world.tell(MARIO, "m1", "Order Completed", START + HOUR)
        (after,) = world.family(enrolment)

        assert (after.place, after.position) == ("resting", "two")

    def test_one_event_does_not_end_two_waits_in_a_row(self, worlds: Worlds) -> None:
        """Neither the next wait, nor one that counts from a node which the event made it leave, nor one from the entry
        that the event caused."""
        for since in ("here", "one", "entry"):
            world = worlds(
                plan(
                    start=enter("one"),
                    one=wait(None, None, bought=("Order Completed", "mail")),
                    mail=act(sent="two"),
                    two=wait("1 day", "late", since=since, bought=("Order Completed", None)),
                    late=leave("no second order"),
                ),
                send,
            )
            world.tell(MARIO, "m1", "Order Completed", START)
            enrolment = world.enter(MARIO, START, "m1", by_event=True)
            assert enrolment is not None
            world.run(START)
            (waiting,) = world.family(enrolment)
            world.tell(MARIO, "m2", "Order Completed", START + MINUTE)
            travel(world, START + HOUR, START + 2 * DAY)
            (after,) = world.family(enrolment)

            assert (waiting.place, waiting.position) == ("resting", "one")
            expected = "two.bought" if since == "entry" else "two.timeout"
            assert after.path[3] == expected, since

    def test_a_wait_on_a_message_hears_of_that_message_alone(self, worlds: Worlds) -> None:
        """ "Opened" means this enrolment's latest message of the node, not some other send."""
        world = worlds(
            plan(
                start=enter("mail"),
                mail=act(sent="opened"),
                opened=wait("2 days", "late", yes=("message.opened", None, "mail")),
                late=leave("not opened"),
            ),
            send,
        )
        enrolment = entered(world)
        (key,) = world.sent(enrolment)

        world.tell(MARIO, "m1", "message.opened", START + HOUR, about="another/mail/1/email/1")
        world.tell(MARIO, "m2", "message.opened", START + HOUR)
        (waiting,) = world.family(enrolment)
        world.tell(MARIO, "m3", "message.opened", START + HOUR, about=key)
        (after,) = world.family(enrolment)

        assert waiting.place == "resting"
        assert (after.place, after.result) == ("ended", "yes")

    def test_a_wait_may_count_from_a_node_left_before(self, worlds: Worlds) -> None:
        """Events since that node count, also those between it and the arrival; the timer may start there too."""
        world = worlds(
            plan(
                start=enter("mail"),
                mail=act(sent="delay"),
                delay=rest("1 day", "visited"),
                visited=wait("2 days", "late", since="mail", timer_from_anchor=True, yes=("page", None)),
                late=leave("no visit"),
            ),
            send,
        )
        mario = entered(world)
        lucia = world.enter(LUCIA, START, "campaign")
        assert lucia is not None
        world.run(START)

        world.tell(MARIO, "m1", "page", START + HOUR)
        world.run(START + DAY)
        (found,) = world.family(mario)
        (waiting,) = world.family(lucia)

        assert (found.result, found.at) == ("yes", START + DAY)
        assert waiting.wake_at == START + 2 * DAY


class StrandContract:
    """Forks and merges."""

    def test_a_fork_makes_strands_and_merge_all_waits_for_the_last(self, worlds: Worlds) -> None:
        """The enrolment rests for its strands; behind the merge it has the time of the latest."""
        world = worlds(
            plan(
                start=enter("split"),
                split=fork("join", a="short", b="long"),
                short=rest("1 hour", "join"),
                long=rest("1 day", "join"),
                join=merge("split", "all", "out"),
                out=leave("done"),
            ),
            send,
        )
        enrolment = entered(world)
        root, one, other = world.family(enrolment)
        world.run(START + HOUR)
        waiting, merged, resting = world.family(enrolment)
        world.run(START + DAY)
        done = world.family(enrolment)[0]

        assert (root.place, root.reason, root.pending) == ("resting", "strands", 2)
        assert (one.parent, one.path) == (enrolment, ["split.a"])
        assert (other.parent, other.position) == (enrolment, "long")
        assert (waiting.pending, merged.result, resting.place) == (1, "merged", "resting")
        assert (done.place, done.result) == ("ended", "done")
        assert done.steps == [
            ("start", "entered", START, "flow"),
            ("join", "on", START + DAY, "flow"),
            ("out", "end", START + DAY, "flow"),
        ]

    def test_merge_any_goes_on_with_the_first_and_ends_the_others(self, worlds: Worlds) -> None:
        """Those overtaken are ended where they rest, their own strands too, and do nothing more."""
        world = worlds(
            plan(
                start=enter("split"),
                split=fork("join", a="short", b="inner"),
                short=rest("1 hour", "join"),
                inner=fork(None, x="listen", y="listen"),
                listen=wait(None, None, seen=("page", "mail")),
                mail=act(sent=None),
                join=merge("split", "any", "tail"),
                tail=rest("1 day", None),
            ),
            send,
        )
        enrolment = entered(world)
        world.run(START + HOUR)
        world.tell(MARIO, "m1", "page", START + 2 * HOUR)
        world.run(START + 2 * HOUR)
        root, *strands = world.family(enrolment)

        assert (root.place, root.position, root.at) == ("resting", "tail", START + HOUR)
        assert [strand.result for strand in strands] == ["merged", "overtaken", "overtaken", "overtaken"]
        assert world.sent(enrolment) == []

    def test_merge_any_goes_on_once_when_several_arrive_together(self, worlds: Worlds) -> None:
        """Of strands that arrive in one leg the earliest is the first, then the one drawn first."""
        world = worlds(
            plan(
                start=enter("split"),
                split=fork("join", a="long", b="short", c="short"),
                long=rest("2 hours", "join"),
                short=rest("1 hour", "join"),
                join=merge("split", "any", "mail"),
                mail=act(sent=None),
            ),
            send,
        )
        enrolment = entered(world)
        world.run(START + 3 * HOUR)
        root, *strands = world.family(enrolment)

        assert [strand.result for strand in strands] == ["overtaken", "merged", "overtaken"]
        assert root.steps[1] == ("join", "on", START + HOUR, "flow")
        assert len(world.sent(enrolment)) == 1

    def test_a_strand_that_ends_elsewhere_does_not_hold_up_the_merge(self, worlds: Worlds) -> None:
        """An exit in a branch ends that strand; when the others have arrived, the enrolment goes on."""
        world = worlds(
            plan(
                start=enter("split"),
                split=fork("join", a="join", b="delay"),
                delay=rest("1 hour", "out"),
                out=leave("gave up"),
                join=merge("split", "all", "mail"),
                mail=act(sent=None),
            ),
            send,
        )
        enrolment = entered(world)
        world.run(START + HOUR)
        root, *strands = world.family(enrolment)

        assert [strand.result for strand in strands] == ["merged", "gave up"]
        assert root.path == ["start.entered", "join.on", "mail.sent"]
        assert root.at == START + HOUR

    def test_when_no_strand_reaches_the_merge_the_last_to_end_gives_the_result(self, worlds: Worlds) -> None:
        """The last by its own time, and of equal times the one drawn last."""
        world = worlds(
            plan(
                start=enter("split"),
                split=fork("join", a="delay", b="out2", c="out3"),
                delay=rest("1 hour", "out1"),
                out1=leave("one"),
                out2=leave("two"),
                out3=leave("three"),
                join=merge("split", "all", None),
            ),
            send,
        )
        first = entered(world)
        world.run(START + HOUR)
        unmerged = worlds(plan(start=enter("split"), split=fork(None, a=None, b=None)), send)
        second = entered(unmerged)

        assert (world.family(first)[0].result, world.family(first)[0].at) == ("one", START + HOUR)
        assert unmerged.family(second)[0].result == "b"

    def test_a_fork_in_a_loop_knows_its_own_strands_only(self, worlds: Worlds) -> None:
        """That strands of an earlier round merged does not count in the next, in which none does."""
        world = worlds(
            plan(
                start=enter("again"),
                again=repeat(3, "split", None),
                split=fork("join", a="listen", b="listen"),
                listen=wait("1 hour", "join", stop=("stop", "out")),
                out=leave("stopped"),
                join=merge("split", "all", "again"),
            ),
            send,
        )
        enrolment = entered(world)
        world.run(START + HOUR)
        world.tell(MARIO, "m1", "stop", START + HOUR + MINUTE)
        travel(world, START + HOUR + MINUTE, START + DAY)
        root = world.family(enrolment)[0]

        assert (root.place, root.result, root.at) == ("ended", "stopped", START + HOUR + MINUTE)

    def test_an_event_that_ends_the_last_strand_takes_the_enrolment_out(self, worlds: Worlds) -> None:
        """Ingestion ends a strand at an open port; if its siblings have merged, the enrolment is admitted behind."""
        world = worlds(
            plan(
                start=enter("split"),
                split=fork("join", a="join", b="listen"),
                listen=wait(None, None, seen=("page", None)),
                join=merge("split", "all", "mail"),
                mail=act(sent=None),
            ),
            send,
        )
        enrolment = entered(world)
        world.tell(MARIO, "m1", "page", START + HOUR)
        out, _, strand = world.family(enrolment)
        world.run(START + HOUR)

        assert (strand.place, strand.result) == ("ended", "seen")
        assert (out.place, out.position, out.pending) == ("admitted", "mail", 0)
        assert world.family(enrolment)[0].path[-1] == "mail.sent"

    def test_a_node_in_a_merged_branch_can_be_counted_from(self, worlds: Worlds) -> None:
        """Behind a merge the enrolment's whole family counts: its messages, and when it left a node."""
        world = worlds(
            plan(
                start=enter("split"),
                split=fork("join", a="mail", b="join"),
                mail=act(sent="delay"),
                delay=rest("1 day", "join"),
                join=merge("split", "all", "opened"),
                opened=wait("1 day", "late", since="mail", yes=("message.opened", None, "mail")),
                late=leave("not opened"),
            ),
            send,
        )
        enrolment = entered(world)
        (key,) = world.sent(enrolment)
        world.tell(MARIO, "m1", "message.opened", START + HOUR, about=key)
        world.run(START + DAY)

        assert world.family(enrolment)[0].result == "yes"

    def test_a_loop_is_counted_along_the_path(self, worlds: Worlds) -> None:
        """A repeat node goes round as often as it says, counted anew after it was done, also where the loop itself forks
        and a strand of a strand comes back to it."""
        simple = worlds(
            plan(
                start=enter("outer"),
                outer=repeat(1, "again", None),
                again=repeat(2, "mail", "outer"),
                mail=act(sent="again"),
            ),
            send,
        )
        forking = worlds(
            plan(
                start=enter("again"),
                again=repeat(2, "split", None),
                split=fork(None, a="mail", b=None),
                mail=act(sent="again"),
            ),
            send,
        )
        one, other = entered(simple), entered(forking)

        assert len(simple.sent(one)) == 2
        assert len(forking.sent(other)) == 2
        assert forking.family(other)[0].place == "ended"


class GoalContract:
    """Goals beat everything."""

    def test_a_goal_ends_the_enrolment_and_its_strands_wherever_they_are(self, worlds: Worlds) -> None:
        """Resting, parked, admitted alike."""

        def stuck(doing: Doing) -> Outcome:
            return Stuck("broken")

        world = worlds(
            plan(
                goals=[goal("bought", "Order Completed", "converted")],
                start=enter("split"),
                split=fork(None, a="delay", b="mail", c="listen"),
                delay=rest("1 day", None),
                mail=act(sent=None),
                listen=wait(None, None, seen=("page", "mail")),
            ),
            stuck,
        )
        enrolment = entered(world)
        world.tell(MARIO, "m1", "page", START + MINUTE)
        before = world.family(enrolment)
        world.tell(MARIO, "m2", "Order Completed", START + HOUR)
        after = world.family(enrolment)
        world.run(START + DAY)

        assert [one.place for one in before] == ["resting", "resting", "parked", "admitted"]
        assert {one.place for one in after} == {"ended"}
        assert {one.result for one in after} == {"converted"}
        assert all(new.step > old.step for new, old in zip(after, before, strict=True))
        assert after[0].steps[-1] == ("bought", "reached", START + HOUR, "m2")
        assert list(world.family(enrolment)) == list(after)

    def test_a_goal_beats_a_wait_for_the_same_event(self, worlds: Worlds) -> None:
        """Watches are looked at before waits."""
        world = worlds(
            plan(
                goals=[goal("bought", "Order Completed", "converted")],
                start=enter("listen"),
                listen=wait(None, None, yes=("Order Completed", "mail")),
                mail=act(sent=None),
            ),
            send,
        )
        enrolment = entered(world)
        world.tell(MARIO, "m1", "Order Completed", START + HOUR)

        assert world.family(enrolment)[0].result == "converted"

    def test_a_goal_may_lead_on_and_is_reached_once(self, worlds: Worlds) -> None:
        """It takes the enrolment out to its target, once; a second event is like any other."""
        world = worlds(
            plan(
                goals=[goal("bought", "Order Completed", "converted", target="thanks")],
                start=enter("split"),
                split=fork("join", a="delay", b="delay"),
                delay=rest("1 day", "join"),
                join=merge("split", "all", None),
                thanks=act(sent="listen"),
                listen=wait(None, None, more=("Order Completed", None)),
            ),
            send,
        )
        enrolment = entered(world)
        world.tell(MARIO, "m1", "Order Completed", START + HOUR)
        admitted = world.family(enrolment)[0]
        world.run(START + HOUR)
        world.tell(MARIO, "m2", "Order Completed", START + 2 * HOUR)
        root, *strands = world.family(enrolment)

        assert (admitted.place, admitted.position, admitted.pending) == ("admitted", "thanks", 0)
        assert root.path == ["start.entered", "bought.reached", "thanks.sent", "listen.more"]
        assert {strand.result for strand in strands} == {"converted"}

    def test_a_goal_counts_from_the_entry_on(self, worlds: Worlds) -> None:
        """Not what happened before it, nor the event that caused it; but what happened after, though it was told before."""
        world = worlds(
            plan(
                goals=[goal("bought", "Order Completed", "converted")],
                reentry="every_event",
                start=enter("delay"),
                delay=rest("1 day", None),
            ),
            send,
        )
        world.tell(MARIO, "m1", "Order Completed", START)
        by_it = world.enter(MARIO, START, "m1", by_event=True)
        before_it = world.enter(MARIO, START - HOUR, "late cart")
        after_it = world.enter(MARIO, START + HOUR, "cart")
        assert by_it is not None
        assert before_it is not None
        assert after_it is not None

        assert world.family(by_it)[0].place == "admitted"
        assert world.family(before_it)[0].result == "converted"
        assert world.family(after_it)[0].place == "admitted"


class ActContract:
    """Acts: tries, pauses, parking, and what a crash may not change."""

    MAILING = plan(start=enter("mail"), mail=act(attempts=3, sent="delay"), delay=rest("1 day", None))

    def test_an_act_that_asks_for_it_is_tried_again_under_the_same_key(self, worlds: Worlds) -> None:
        """It rests, then runs that node alone once more; the visit, and so the send key, stays."""
        keys: list[str] = []
        attempts: list[int] = []

        def second_time(doing: Doing) -> Outcome:
            keys.append(doing.send("email"))
            attempts.append(doing.attempt)
            return Went("sent") if doing.attempt else Again(doing.due + 90_500, "rate")

        world = worlds(self.MAILING, second_time)
        enrolment = entered(world)
        (resting,) = world.family(enrolment)
        travel(world, START, START + HOUR)
        (after,) = world.family(enrolment)

        assert (resting.place, resting.position, resting.wake_at) == ("resting", "mail", START + 91_000)
        assert (len(set(keys)), attempts) == (1, [0, 1])
        assert after.steps[1] == ("mail", "sent", START + 91_000, "flow")
        assert len(world.sent(enrolment)) == 1

    def test_an_act_that_asks_too_often_is_parked(self, worlds: Worlds) -> None:
        """After the node's limit of tries; waiting for a rate or a window does not count as one."""
        tries: list[int] = []

        def never(doing: Doing) -> Outcome:
            tries.append(doing.attempt)
            return Again(doing.due + MINUTE, "no answer", counts=len(tries) != 1)

        world = worlds(self.MAILING, never)
        enrolment = entered(world)
        travel(world, START, START + DAY)
        (after,) = world.family(enrolment)

        assert tries == [0, 0, 1, 2]
        assert (after.place, after.position, after.reason) == ("parked", "mail", "attempts: no answer")

    def test_a_parked_enrolment_is_replayed_at_its_node(self, worlds: Worlds) -> None:
        """Nodes before it do not run again, and the send key is the same."""
        broken = [True]
        keys: list[str] = []

        def account(doing: Doing) -> Outcome:
            keys.append(f"{doing.node} {doing.send('sms')}")
            return Stuck("account") if doing.node == "second" and broken[0] else Went("sent")

        world = worlds(
            plan(start=enter("first"), first=act(sent="second"), second=act(sent=None)),
            account,
        )
        enrolment = entered(world)
        (parked,) = world.family(enrolment)
        broken[0] = False
        world.replay(enrolment)
        (admitted,) = world.family(enrolment)
        world.run(START + DAY)
        (after,) = world.family(enrolment)

        assert (parked.place, parked.reason, parked.position) == ("parked", "account", "second")
        assert (admitted.place, admitted.position) == ("admitted", "second")
        assert admitted.step > parked.step
        assert after.path == ["start.entered", "first.sent", "second.sent"]
        assert [key.split()[0] for key in keys] == ["first", "second", "second"]
        assert keys[1] == keys[2]

    def test_a_pause_holds_before_acts_and_nowhere_else(self, worlds: Worlds) -> None:
        """Waits and rests end in a pause; whoever comes to an act rests before it until the journey is resumed."""
        world = worlds(
            plan(
                start=enter("listen"),
                listen=wait("1 hour", "mail", seen=("page", "mail")),
                mail=act(sent=None),
            ),
            send,
        )
        mario = entered(world)
        lucia = world.enter(LUCIA, START, "campaign")
        assert lucia is not None
        world.run(START)
        world.pause()
        world.tell(MARIO, "m1", "page", START + MINUTE)
        travel(world, START + MINUTE, START + DAY)
        held = [world.family(one)[0] for one in (mario, lucia)]
        world.resume()
        again = [world.family(one)[0] for one in (mario, lucia)]
        world.run(START + 2 * DAY)

        assert [(one.place, one.reason, one.position) for one in held] == [("resting", "paused", "mail")] * 2
        assert [one.place for one in again] == ["admitted"] * 2
        assert [world.family(one)[0].steps[-1][:3] for one in (mario, lucia)] == [
            ("mail", "sent", START + 2 * DAY)
        ] * 2

    def test_a_leg_that_never_rests_is_cut(self, worlds: Worlds) -> None:
        """An enrolment that goes round and round without a rest is parked, and holds up nobody else."""
        world = worlds(
            plan(
                start=enter("split"),
                split=draw("salt", a="round"),
                round=draw("salt", a="split"),
            ),
            send,
        )
        enrolment = entered(world)
        (cut,) = world.family(enrolment)

        assert (cut.place, cut.reason) == ("parked", "loop")
        assert len(cut.steps) == 1_000

    def test_a_condition_since_the_entry_does_not_count_what_caused_it(self, worlds: Worlds) -> None:
        """An ask that counts events since the entry leaves out the event by which the contact entered."""
        asking = plan(
            start=enter("again"),
            again=ask(Did(event="Order Completed", since_anchor=True), "yes", "no"),
            yes=leave("again"),
            no=leave("first"),
        )
        world = worlds(asking, send)
        world.tell(MARIO, "m1", "Order Completed", START)
        first = world.enter(MARIO, START, "m1", by_event=True)
        second = world.enter(LUCIA, START, "campaign")
        world.tell(LUCIA, "m2", "Order Completed", START)
        assert first is not None
        assert second is not None
        world.run(START)

        assert world.family(first)[0].result == "first"
        assert world.family(second)[0].result == "again"


class FenceContract:
    """Two attempts of a leg, and attempts that die."""

    LONG = plan(
        start=enter("pick"),
        pick=draw("salt", a="mail"),
        mail=act(sent="split"),
        split=fork("join", a="short", b="second"),
        short=rest("1 hour", "join"),
        second=act(sent="join"),
        join=merge("split", "all", "third"),
        third=act(sent="delay"),
        delay=rest("1 day", None),
    )

    def test_who_was_moved_by_another_attempt_drops_out(self, worlds: Worlds) -> None:
        """A leg that read its members before another one moved them changes nothing and sends nothing."""
        world = worlds(self.LONG, send)
        enrolment = world.enter(MARIO, START, "campaign")
        assert enrolment is not None

        stale = world.read(START)
        world.run(START)
        before, sent = world.family(enrolment), world.sent(enrolment)
        world.run_read(stale, START)

        assert list(world.family(enrolment)) == list(before)
        assert world.sent(enrolment) == sent

    def test_who_was_taken_out_meanwhile_drops_out(self, worlds: Worlds) -> None:
        """A goal that is reached between a leg's reading and its writing wins."""
        world = worlds(self.LONG.model_copy(update={"goals": (goal("g", "bought", "converted"),)}), send)
        enrolment = world.enter(MARIO, START, "campaign")
        assert enrolment is not None

        stale = world.read(START)
        world.tell(MARIO, "m1", "bought", START + 1)
        world.run_read(stale, START + 1)

        assert world.family(enrolment)[0].result == "converted"
        assert world.sent(enrolment) == []

    def test_a_leg_that_dies_at_any_commit_is_made_good_by_the_next(self, worlds: Worlds) -> None:
        """Killed before or after any of its commits and run again, it ends as one that was left alone."""
        calm = worlds(self.LONG, send)
        expected = entered(calm)
        travel(calm, START, START + HOUR)

        for transaction in range(1, 9):
            for committed in (False, True):
                world = worlds(self.LONG, send)
                enrolment = world.enter(MARIO, START, "campaign")
                assert enrolment is not None
                world.die(transaction, committed=committed)
                world.run(START)
                travel(world, START, START + HOUR)
                world.run(START + HOUR)

                told = [(one.path, one.place, one.at) for one in world.family(enrolment)]
                assert told == [(one.path, one.place, one.at) for one in calm.family(expected)]
                assert len(world.sent(enrolment)) == 3

    def test_steps_never_share_a_number_with_the_fence(self, worlds: Worlds) -> None:
        """Each change of place or position raises the step, so that an older reading never matches."""
        world = worlds(self.LONG, send)
        enrolment = world.enter(MARIO, START, "campaign")
        assert enrolment is not None
        seen: dict[int, tuple[int, str, str]] = {}

        for due in (START, START + HOUR, START + DAY + HOUR):
            for one in world.family(enrolment):
                number, place, position = seen.get(one.id, (-1, "", ""))
                moved = place != one.place or position != one.position
                assert one.step > number if moved else one.step >= number
                assert len(one.steps) <= one.step
                seen[one.id] = (one.step, one.place, one.position)
            world.run(due)


class HostContract(EntryContract, WaitContract, StrandContract, GoalContract, ActContract, FenceContract):
    """All of it."""
