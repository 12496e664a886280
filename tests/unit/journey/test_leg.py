"""The leg runner, by tables: a plan, what happens, and the whole story that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from engine.flow.condition import Compare
from engine.flow.document import Settings
from engine.flow.plan import Plan, PlanNode
from engine.journey.contact import Contact
from engine.journey.host import Again, Outcome, Stuck, Went
from engine.journey.memory import Call, Memory, MemoryScope
from engine.journey.traveller import Traveller
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
    until,
    wait,
)
from tests.unit.journey.story import START, Story, given, milliseconds

MINUTE, HOUR, DAY = milliseconds(minutes=1), milliseconds(hours=1), milliseconds(days=1)


@dataclass(frozen=True)
class Case:
    """A rule, a plan, what happens, and the story."""

    rule: str
    plan: Plan
    play: Callable[[Plan], Story]
    told: list[str]


NOT_OPENED = plan(
    start=enter("mail"),
    mail=act(sent="opened"),
    opened=wait("2 days", "sms", yes=("message.opened", "thanks", "mail")),
    sms=act(sent="out"),
    out=leave("reminded"),
    thanks=leave("opened"),
)

RACE = plan(
    start=enter("split"),
    split=fork("join", quick="a", slow="b"),
    a=rest("1 hour", "join"),
    b=rest("3 hours", "mail"),
    mail=act(sent="join"),
    join=merge("split", "any", "out"),
    out=leave("done"),
)

CASES = [
    Case(
        "an enrolment that does nothing is reminded when its wait ends",
        NOT_OPENED,
        lambda p: given(p).after(days=3),
        ["start.entered", "mail.sent", "opened.timeout +2d", "sms.sent +2d", "out.end +2d", "ended: reminded"],
    ),
    Case(
        "an event ends the wait at its own time, though the leg comes later",
        NOT_OPENED,
        lambda p: given(p).asleep(hours=30).event("message.opened", about="mail", ago=HOUR).late(hours=1),
        ["start.entered", "mail.sent", "opened.yes +1d 5h", "thanks.end +1d 5h", "ended: opened"],
    ),
    Case(
        "after a standstill rests end when they should have ended, and acts happen when they happen",
        NOT_OPENED,
        lambda p: given(p).late(days=2, hours=5),
        [
            "start.entered", "mail.sent", "opened.timeout +2d", "sms.sent +2d 5h", "out.end +2d 5h",
            "ended: reminded",
        ],
    ),
    Case(
        "a rest of up to an hour ends on a second, a longer one on a minute, rounded up",
        plan(
            start=enter("mail"), mail=act(sent="short"), short=rest("30 seconds", "long"), long=rest("61 minutes", None)
        ),
        lambda p: given(p, mail=[Again(START + 200), Went("sent")]).after(hours=2),
        ["start.entered", "mail.sent +1s", "short.on +31s", "long.on +1h 2min", "ended: on"],
    ),
    Case(
        "a chain of rests keeps its own time in one late leg",
        plan(start=enter("one"), one=rest("1 hour", "two"), two=rest("2 hours", "three"), three=rest("1 day", None)),
        lambda p: given(p).late(hours=5),
        ["start.entered", "one.on +1h", "two.on +3h", "resting at three +1d 3h"],
    ),
    Case(
        "a date that has gone by is passed at once by its own port",
        plan(
            start=enter("past"),
            past=until("future", "missed", date="2025-03-01"),
            missed=until("future", None, date="2025-03-04T10:00:00Z"),
            future=leave("never"),
        ),
        lambda p: given(p).after(days=2),
        ["start.entered", "past.past", "missed.on +1d 1h", "future.end +1d 1h", "ended: never"],
    ),
    Case(
        "a window is waited for on the contact's own clock",
        plan(start=enter("window"), window=until(None, None, opens="09:00", closes="17:00")),
        lambda p: given(p, Contact(1, timezone="America/New_York")).after(days=1),
        ["start.entered", "window.on +5h", "ended: on"],
    ),
    Case(
        "the journey's zone counts for a contact without one",
        plan(
            settings=Settings(timezone="America/New_York"),
            start=enter("window"),
            window=until(None, None, opens="09:00", closes="17:00"),
        ),
        lambda p: given(p).after(days=1),
        ["start.entered", "window.on +5h", "ended: on"],
    ),
    Case(
        "a date of the contact is waited for, and one that is not known is passed",
        plan(
            start=enter("renewal"),
            renewal=until("birthday", "unknown", attribute="renewal", offset_days=-1),
            birthday=until(None, "unknown", attribute="birthday"),
            unknown=leave("unknown"),
        ),
        lambda p: given(p, Contact(1, {"attributes": {"renewal": "2025-03-05"}})).after(days=2),
        ["start.entered", "renewal.on +15h", "birthday.past +15h", "unknown.end +15h", "ended: unknown"],
    ),
    Case(
        "a question takes the first branch that holds",
        plan(
            start=enter("vip"),
            vip=ask(Compare(op="is", field="contact.plan", value="gold"), "yes", "no"),
            yes=leave("gold"),
            no=leave("other"),
        ),
        lambda p: given(p, Contact(1, {"attributes": {"plan": "gold"}})),
        ["start.entered", "vip.yes", "yes.end", "ended: gold"],
    ),
    Case(
        "a loop goes round as often as it says",
        plan(start=enter("again"), again=repeat(2, "mail", None), mail=act(sent="delay"), delay=rest("1 day", "again")),
        lambda p: given(p).after(days=5),
        [
            "start.entered", "again.again", "mail.sent", "delay.on +1d", "again.again +1d", "mail.sent +1d",
            "delay.on +2d", "again.done +2d", "ended: done",
        ],
    ),
    Case(
        "the first of two strands goes on alone",
        RACE,
        lambda p: given(p).after(days=1),
        ["start.entered", "join.on +1h", "out.end +1h", "0.0 split.quick", "0.0 a.on +1h", "0.1 split.slow", "ended: done"],
    ),
    Case(
        "strands that are due together go in the order of the plan, so that the slower one sends before it is overtaken",
        RACE,
        lambda p: given(p).late(hours=4),
        [
            "start.entered", "join.on +1h", "out.end +1h", "0.0 split.quick", "0.0 a.on +1h",
            "0.1 split.slow", "0.1 b.on +3h", "0.1 mail.sent +4h", "ended: done",
        ],
    ),
    Case(
        "a strand waits for its turn: what a sibling at an earlier node did is known at a later one",
        plan(
            start=enter("split"),
            split=fork(None, a="mail", b="delay"),
            mail=act(sent="seen"),
            delay=rest("1 hour", "stop"),
            stop=leave("stopped"),
            seen=wait("1 day", None, since="delay", yes=("page", None)),
        ),
        lambda p: given(p, mail=[Again(START + HOUR), Went("sent")]).asleep(hours=2).event("page").late(hours=1),
        [
            "start.entered", "0.0 split.a", "0.0 mail.sent +3h", "0.0 seen.yes +3h",
            "0.1 split.b", "0.1 delay.on +1h", "0.1 stop.end +1h", "ended: yes",
        ],
    ),
    Case(
        "strands that come to a node together look at what was before any of them left it",
        plan(
            start=enter("mail"),
            mail=act(sent="split"),
            split=fork(None, a="seen", b="seen"),
            seen=wait(None, None, since="seen", yes=("page", None)),
        ),
        lambda p: given(p, mail=[Again(START + MINUTE), Went("sent")]).asleep(minutes=1).event("page").late(),
        [
            "start.entered", "mail.sent +1min", "0.0 split.a +1min", "0.0 seen.yes +1min", "0.1 split.b +1min",
            "0.1 seen.yes +1min", "ended: yes",
        ],
    ),
    Case(
        "an exit in a branch ends that strand alone",
        plan(
            start=enter("split"),
            split=fork("join", a="out", b="delay"),
            out=leave("gave up"),
            delay=rest("1 hour", "join"),
            join=merge("split", "all", None),
        ),
        lambda p: given(p).after(hours=1),
        ["start.entered", "join.on +1h", "0.0 split.a", "0.0 out.end", "0.1 split.b", "0.1 delay.on +1h", "ended: on"],
    ),
    Case(
        "an inner fork's last result is its strand's, and may be the enrolment's",
        plan(
            start=enter("outer"),
            outer=fork(None, a="inner", b=None),
            inner=fork(None, x="delay", y=None),
            delay=rest("1 hour", "out"),
            out=leave("late"),
        ),
        lambda p: given(p).after(hours=1),
        [
            "start.entered", "0.0 outer.a", "0.1 outer.b", "0.0.0 inner.x", "0.0.0 delay.on +1h", "0.0.0 out.end +1h",
            "0.0.1 inner.y", "ended: late",
        ],
    ),
    Case(
        "an enrolment that a goal has sent to a merge passes it",
        plan(
            goals=[goal("bought", "order", "converted", target="join")],
            start=enter("split"),
            split=fork("join", a="delay", b="delay"),
            delay=rest("1 day", "join"),
            join=merge("split", "all", None),
        ),
        lambda p: given(p).event("order").after(hours=1),
        ["start.entered", "bought.reached", "join.on", "0.0 split.a", "0.1 split.b", "ended: on"],
    ),
    Case(
        "a retry rests from now on, not from the arrival",
        plan(start=enter("mail"), mail=act(sent=None)),
        lambda p: given(p, mail=[Again(START + 2 * HOUR), Again(START + 2 * HOUR + 1_500)]).after(days=1),
        ["start.entered", "mail.sent +2h 2s", "ended: sent"],
    ),
    Case(
        "an act that needs a person parks its enrolment",
        plan(start=enter("mail"), mail=act(sent=None)),
        lambda p: given(p, mail=[Stuck("account")]).after(days=1),
        ["start.entered", "parked at mail: account"],
    ),
    Case(
        "in a pause waits end and acts do not begin",
        NOT_OPENED,
        lambda p: given(p).pause().after(days=3),
        ["start.entered", "mail.sent", "opened.timeout +2d", "resting at sms: paused"],
    ),
    Case(
        "after a pause acts happen when it ends",
        NOT_OPENED,
        lambda p: given(p).pause().after(days=3).resume(),
        ["start.entered", "mail.sent", "opened.timeout +2d", "sms.sent +3d", "out.end +3d", "ended: reminded"],
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_story_is_as_told(case: Case) -> None:
    """Each case states its rule."""
    assert case.play(case.plan).told() == case.told


def test_equal_contacts_take_equal_arms() -> None:
    """A random split depends on its salt and the contact alone, and its arms have their shares."""
    split = plan(start=enter("pick"), pick=draw("salt", a=None, b=None))
    memory = Memory(split)
    for contact in range(1_000):
        memory.enter(contact, START, "one")
    memory.travel(START, START)
    other = Memory(split)
    for contact in reversed(range(1_000)):
        other.enter(contact, START + DAY, "two")
    other.travel(START + DAY, START + DAY)

    arms = {row.contact: row.result for row in memory.rows.by_id.values()}
    assert arms == {row.contact: row.result for row in other.rows.by_id.values()}
    assert 450 < sum(arm == "a" for arm in arms.values()) < 550


def test_a_port_that_came_after_the_plan_ends_like_an_open_one() -> None:
    """A node's code may have got an optional port since; whoever leaves by it ends with its key, and nobody is lost."""
    memory = Memory(plan(start=enter("mail"), mail=act(sent=None)), act=lambda call: Went("no_address"))
    memory.enter(1, START, "one")
    memory.travel(START, START)

    assert [row.result for row in memory.rows.by_id.values()] == ["no_address"]


class Died(Exception):
    """A worker died here, on purpose."""


def mailing(call: Call) -> Outcome:
    """An act that sends."""
    call.send("email", "mario@example.com")
    return Went("sent")


class Fragile(Memory):
    """A memory whose next transactions die, before they commit."""

    deaths = 0

    @contextmanager
    def scope(self, group: Sequence[Traveller]) -> Iterator[MemoryScope]:
        """A transaction."""
        with super().scope(group) as scope:
            yield scope
            if self.deaths:
                self.deaths -= 1
                raise Died


def test_what_was_read_is_committed_before_what_follows_acts_on_it() -> None:
    """An answer that a dead attempt got may be another one for the next: no act may follow from the first."""
    answers = ["yes", "no"]

    def changing(node: PlanNode, traveller: Traveller, due: int) -> str:
        return answers.pop(0)

    memory = Fragile(
        plan(
            start=enter("vip"),
            vip=ask(Compare(op="is", field="contact.plan", value="gold"), "gold", "other"),
            gold=act(sent=None),
            other=act(sent=None),
        ),
        act=mailing,
        answer=changing,
    )
    memory.enter(1, START, "one")
    memory.drain()
    memory.deaths = 1

    with pytest.raises(Died):
        memory.leg(START)
    memory.leg(START)

    assert [message.node for message in memory.sent.values()] == ["other"]


def test_an_act_that_dies_before_its_commit_runs_again_under_its_key() -> None:
    """The message has left; the next attempt finds it under the same key, and goes on."""
    memory = Fragile(
        plan(start=enter("mail"), mail=act(sent="delay"), delay=rest("1 day", None)),
        act=mailing,
    )
    memory.enter(1, START, "one")
    memory.drain()
    memory.deaths = 1

    with pytest.raises(Died):
        memory.leg(START)
    memory.leg(START)

    assert len(memory.sent) == 1
    assert [passed.node for passed in memory.rows.by_id[1].steps] == ["start", "mail"]


def test_one_contact_does_not_hold_up_another() -> None:
    """Of a cohort in which one is parked, one retries and one goes on, each gets its own."""
    outcomes: dict[int, Outcome] = {1: Stuck("account"), 2: Again(START + HOUR), 3: Went("sent")}
    memory = Memory(
        plan(start=enter("mail"), mail=act(sent=None)), act=lambda call: outcomes[call.traveller.contact]
    )
    for contact in outcomes:
        memory.enter(contact, START, "one")
    memory.travel(START, START)

    assert [row.place for row in memory.rows.by_id.values()] == ["parked", "resting", "ended"]
