"""The rehearsal: stepping one contact through a plan in virtual time."""

from __future__ import annotations

import pytest

from engine.flow.condition import Compare, Tagged
from engine.journey.contact import Contact
from engine.journey.rehearsal import Made, Outgoing, Rehearsal, RehearsalError, Rendering
from tests.unit.journey.build import act, ask, draw, enter, fork, goal, leave, merge, plan, rest, wait
from tests.unit.journey.story import START, milliseconds

HOUR, DAY = milliseconds(hours=1), milliseconds(days=1)

COUPON = plan(
    goals=[goal("bought", "Order Completed", "converted")],
    start=enter("mail"),
    mail=act(sent="opened", no_address="sms"),
    opened=wait("2 days", "sms", yes=("message.opened", "vip", "mail"), left=("message.unsubscribed", None)),
    sms=act(sent="out", no_phone="out"),
    vip=ask(Tagged(tag="VIP"), "out", "delay"),
    delay=rest("1 day", "out"),
    out=leave("done"),
)

MARIO = Contact(1, {"first_name": "Mario", "email": "mario@example.com"})


def render(rendering: Rendering) -> Outgoing | None:
    """An email that greets; an SMS has no renderer here."""
    if rendering.node_id != "mail":
        return None
    name = rendering.contact.fields["first_name"]
    return Outgoing("email", str(rendering.contact.fields["email"]), {"subject": f"Ciao {name}"})


def path(made: list[Made]) -> list[str]:
    """Steps as "node.port"."""
    return [f"{one.node}.{one.port}" for one in made]


def test_a_step_runs_one_node() -> None:
    """Each call runs the next node, until the contact stands still."""
    rehearsal = Rehearsal(COUPON, MARIO, START, render=render)

    assert rehearsal.standing()[0].node == "start"
    assert path(rehearsal.step()) == ["start.entered"]
    assert path(rehearsal.step()) == ["mail.sent"]
    assert rehearsal.step() == []
    assert rehearsal.step() == []
    assert rehearsal.standing()[0].node == "opened"


def test_where_a_contact_stands_says_what_it_waits_for_and_the_ways_on() -> None:
    """A wait's ways on: each event with its port, and the time-out with its instant."""
    rehearsal = Rehearsal(COUPON, MARIO, START, render=render)
    rehearsal.run()

    (mario,) = rehearsal.standing()

    assert (mario.place, mario.label, mario.wake_at) == ("resting", "opened", START + 2 * DAY)
    assert [(way.port, way.to, way.events, way.message_of, way.at) for way in mario.choices] == [
        ("yes", "vip", ("message.opened",), "mail", None),
        ("left", None, ("message.unsubscribed",), None, None),
        ("timeout", "sms", (), None, START + 2 * DAY),
    ]


def test_messages_are_rendered_and_not_sent() -> None:
    """What would go out is kept with its node, its instant and its key."""
    rehearsal = Rehearsal(COUPON, MARIO, START, render=render)
    rehearsal.pass_time(START + 3 * DAY)

    (draft,) = rehearsal.drafts
    assert (draft.node, draft.at, draft.message.channel) == ("mail", START, "email")
    assert draft.message.content == {"subject": "Ciao Mario"}
    assert "mail" in draft.send_key


def test_time_passes_as_far_as_it_is_told() -> None:
    """The clock may be moved to an instant, or to the end of the next rest."""
    rehearsal = Rehearsal(COUPON, MARIO, START)
    rehearsal.run()

    assert rehearsal.pass_time(START + DAY) == []
    assert path(rehearsal.skip()) == ["opened.timeout", "sms.sent", "out.end"]
    assert (rehearsal.now, rehearsal.result, rehearsal.standing()) == (START + 2 * DAY, "done", [])
    assert rehearsal.skip() == []


def test_a_way_on_may_be_taken() -> None:
    """An event's way is taken now; a way that takes time moves the clock."""
    rehearsal = Rehearsal(COUPON, MARIO, START)
    rehearsal.run()
    strand = rehearsal.standing()[0].strand
    rehearsal.pass_time(START + HOUR)

    assert path(rehearsal.take(strand, "yes")) == ["opened.yes", "vip.no"]
    assert rehearsal.standing()[0].wake_at == START + HOUR + DAY
    assert path(rehearsal.take(strand, "on")) == ["delay.on", "out.end"]
    assert rehearsal.now == START + HOUR + DAY


def test_something_may_happen() -> None:
    """An event ends the wait that listens for it, reaches goals, or is not heard."""
    rehearsal = Rehearsal(COUPON, MARIO, START, render=render)
    rehearsal.run()

    assert rehearsal.happen("message.opened") == []
    assert path(rehearsal.happen("message.opened", message_of="mail")) == ["opened.yes", "vip.no"]
    assert path(rehearsal.happen("Order Completed", {"total": 64})) == ["bought.reached"]
    assert rehearsal.result == "converted"
    assert path(rehearsal.log)[-1] == "bought.reached"


def test_ports_of_acts_and_answers_may_be_chosen() -> None:
    """Acts take their usual port, questions ask what is known of the contact, unless somebody chooses."""
    chosen = Rehearsal(COUPON, MARIO, START)
    chosen.choose("mail", "no_address")
    vip = Rehearsal(COUPON, Contact(1, tags=frozenset({"VIP"})), START)
    vip.run()

    assert path(chosen.run())[1:] == ["mail.no_address", "sms.sent", "out.end"]
    assert path(vip.take(vip.standing()[0].strand, "yes")) == ["opened.yes", "vip.yes", "out.end"]


def test_strands_stand_side_by_side() -> None:
    """Behind a fork each strand is shown; its parent is not, until they have merged."""
    rehearsal = Rehearsal(
        plan(
            start=enter("split"),
            split=fork("join", a="delay", b="listen"),
            delay=rest("1 day", "join"),
            listen=wait(None, None, seen=("page", "join")),
            join=merge("split", "all", None),
        ),
        MARIO,
        START,
    )
    rehearsal.run()

    first, second = rehearsal.standing()
    rehearsal.take(second.strand, "seen")

    assert [(one.node, one.parent) for one in (first, second)] == [("delay", 1), ("listen", 1)]
    assert [one.node for one in rehearsal.standing()] == ["delay"]
    assert path(rehearsal.skip()) == ["delay.on", "join.on"]


def test_an_endless_leg_is_shown_as_one() -> None:
    """A loop that never rests parks the contact, and may be tried again."""
    rehearsal = Rehearsal(plan(start=enter("round"), round=draw("salt", a="round")), MARIO, START)
    rehearsal.run()

    assert (rehearsal.standing()[0].place, rehearsal.standing()[0].reason) == ("parked", "loop")


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (lambda r: r.take(99, "yes"), "There is no strand 99 under way. Take one of those in `standing`."),
        (lambda r: r.take(1, "nowhere"), '"opened" has no port "nowhere". Name one of: yes, left, timeout.'),
        (lambda r: r.choose("opened", "yes"), 'Nobody chooses at "opened". Choose the port of an act'),
        (lambda r: r.choose("lost", "yes"), 'The plan has no node "lost". Name one of its nodes.'),
        (
            lambda r: r.pass_time(START - 1),
            "The clock of a rehearsal runs forward only. Give a later instant",
        ),
        (lambda r: r.happen("message.opened", message_of="sms"), '"sms" has sent nothing yet. Run'),
        (lambda r: r.replay(1), "This strand is not parked. Replay one that is"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(attempt: object, text: str) -> None:
    """Every refusal names the place and the next step."""
    assert callable(attempt)
    rehearsal = Rehearsal(COUPON, MARIO, START)
    rehearsal.run()

    with pytest.raises(RehearsalError) as caught:
        attempt(rehearsal)

    assert str(caught.value).startswith(text)


def test_a_condition_reads_what_is_known_of_the_contact() -> None:
    """Fields, attributes and tags come from the contact's plain data."""
    asking = plan(
        start=enter("gold"),
        gold=ask(Compare(op="is", field="contact.attributes.plan", value="gold"), None, None),
    )
    known = Rehearsal(asking, Contact(1, {"attributes": {"plan": "gold"}}), START)
    unknown = Rehearsal(asking, MARIO, START)
    known.run()
    unknown.run()

    assert (known.result, unknown.result) == ("yes", "no")
