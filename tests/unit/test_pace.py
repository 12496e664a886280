"""The pace of sends: pauses after failures, and slots of a rate."""

from __future__ import annotations

from engine.delivery.pace import LONGEST_PAUSE_MS, NEAR_MS, pause_before, plan_slots, whole_second
from nodes.sdk.sending import ATTEMPTS

NOW = 1_740_992_400_000


def test_pauses_double_up_to_an_hour() -> None:
    """Each is between half of a power of two, in seconds, and the whole of it."""
    pauses = [pause_before("1/mail/2/email/x", attempt) for attempt in range(40)]

    for attempt, pause in enumerate(pauses):
        whole = min(1000 * 2**attempt, LONGEST_PAUSE_MS)
        assert whole // 2 <= pause <= whole


def test_pauses_differ_from_message_to_message_and_are_the_same_each_time() -> None:
    """Those who failed together come back spread over half of the pause."""
    pauses = [pause_before(f"{number}/mail/2/email/x", 10) for number in range(100)]

    assert pauses == [pause_before(f"{number}/mail/2/email/x", 10) for number in range(100)]
    assert len(set(pauses)) > 90
    assert max(pauses) - min(pauses) > 400_000


def test_a_providers_wish_is_heard_up_to_an_hour() -> None:
    """Not before it, and never for ten years."""
    assert pause_before("k", 0, 30.0) == 30_000
    assert pause_before("k", 0, 3e8) == LONGEST_PAUSE_MS


def test_the_tries_of_a_message_last_for_hours() -> None:
    """Even where every pause is as short as it may be."""
    shortest = sum(min(1000 * 2**attempt, LONGEST_PAUSE_MS) // 2 for attempt in range(ATTEMPTS - 1))

    assert shortest > 6 * 3_600_000


def test_slots_follow_each_other_at_the_rate() -> None:
    """Ten a second, in whole seconds, one claim behind another."""
    queues: dict[str, float] = {}
    first = plan_slots(queues, "a", 10.0, NOW, 20, idle=False)
    second = plan_slots(queues, "a", 10.0, NOW, 10, idle=False)

    assert [slot - NOW for slot in first] == [0] + [1000] * 10 + [2000] * 9
    assert {slot - NOW for slot in second} == {2000, 3000}
    assert queues == {"a": NOW + 3000}


def test_a_slow_rate_has_slots_of_its_own() -> None:
    """One in ten seconds is one in ten seconds."""
    slots = plan_slots({}, "a", 0.1, NOW, 500, idle=False)

    assert slots == [NOW + number * 10_000 for number in range(500)]


def test_a_few_do_not_wait_for_a_campaign() -> None:
    """Behind hours of queue, one message tries again within a minute; of many, only a second's worth."""
    queues = {"a": NOW + 3_600_000.0}

    (alone,) = plan_slots(queues, "a", 10.0, NOW, 1, idle=False)
    many = plan_slots(queues, "a", 10.0, NOW, 100, idle=False)

    assert NOW <= alone <= whole_second(NOW + NEAR_MS)
    assert sum(slot <= NOW + NEAR_MS for slot in many) == 10
    assert queues["a"] == NOW + 3_600_000 + 90 * 100


def test_the_queue_of_an_idle_account_is_forgotten() -> None:
    """Whom it was planned for has gone: nobody waits behind them."""
    queues = {"a": NOW + 3_600_000.0}

    assert plan_slots(queues, "a", 1.0, NOW, 2, idle=True) == [NOW, NOW + 1000]
