"""The contract of forks, merges, loops and goals."""

from __future__ import annotations

from engine.journey.host import Outcome, Stuck
from tests.contract.world import DAY, HOUR, MARIO, MINUTE, START, Doing, Worlds, entered, send, travel
from tests.unit.journey.build import act, enter, fork, goal, leave, merge, plan, repeat, rest, wait


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

    def test_a_goal_that_is_told_late_does_not_turn_back_time(self, worlds: Worlds) -> None:
        """The enrolment goes on at the latest time of its live strands, however old the event that reached the goal."""
        world = worlds(
            plan(
                goals=[goal("bought", "Order Completed", "converted", target="delay")],
                start=enter("split"),
                split=fork(None, a="listen", b="short"),
                listen=wait(None, None, seen=("page", None)),
                short=rest("1 day", "mail"),
                mail=act(sent="second"),
                second=wait(None, None, seen=("page", None)),
                delay=rest("1 hour", None),
            ),
            send,
        )
        enrolment = entered(world)
        world.run(START + DAY)
        world.tell(MARIO, "m1", "Order Completed", START + MINUTE)
        world.run(START + DAY)
        root = world.family(enrolment)[0]

        assert root.steps[-1] == ("bought", "reached", START + DAY, "m1")
        assert (root.position, root.wake_at) == ("delay", START + DAY + HOUR)

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
