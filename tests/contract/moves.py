"""The contract of entries, acts and fences: who moves, how often, and what a crash may not change."""

from __future__ import annotations

from engine.flow.condition import Did
from engine.journey.host import Again, Outcome, Stuck, Went
from tests.contract.world import DAY, HOUR, LUCIA, MARIO, MINUTE, START, Doing, Worlds, entered, send, travel
from tests.unit.journey.build import act, ask, draw, enter, fork, goal, leave, merge, plan, rest, wait


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
