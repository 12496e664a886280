"""The contract of waits: each ends once, by the earliest event that belongs to it or by its time-out."""

from __future__ import annotations

from tests.contract.world import DAY, HOUR, LUCIA, MARIO, MINUTE, START, Worlds, entered, send, travel
from tests.unit.journey.build import act, enter, leave, plan, rest, wait


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

    def test_of_a_node_that_sent_twice_the_latest_message_counts(self, worlds: Worlds) -> None:
        """When a loop has sent again, opening the earlier message is not what the wait is about."""
        world = worlds(
            plan(
                start=enter("mail"),
                mail=act(sent="opened"),
                opened=wait("1 day", "mail", yes=("message.opened", None, "mail")),
            ),
            send,
        )
        enrolment = entered(world)
        world.run(START + DAY)
        first, second = world.sent(enrolment)

        world.tell(MARIO, "m1", "message.opened", START + DAY + HOUR, about=first)
        (waiting,) = world.family(enrolment)
        world.tell(MARIO, "m2", "message.opened", START + DAY + HOUR, about=second)
        (after,) = world.family(enrolment)

        assert (waiting.place, waiting.position) == ("resting", "opened")
        assert after.result == "yes"

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
