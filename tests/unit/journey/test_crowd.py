"""The rehearsal of a crowd: the numbers are those of the journeys that its contacts would have travelled one by one."""

from __future__ import annotations

from engine.flow.condition import Tagged
from engine.flow.plan import PlanNode
from engine.journey.contact import Contact
from engine.journey.crowd import Usual, rehearse
from tests.unit.journey.build import act, ask, enter, fork, leave, merge, plan, repeat, rest, wait
from tests.unit.journey.plans import START
from tests.unit.journey.story import milliseconds

MINUTE, DAY = milliseconds(minutes=1), milliseconds(days=1)


class Opening(Usual):
    """Every second contact does the first thing that a wait listens for, a day after coming to it; answers are yes."""

    def wait(self, node_id: str, node: PlanNode, contact: int) -> tuple[str, int] | None:
        """The first port, for the even ones."""
        return (next(iter(node.ports)), DAY) if contact % 2 == 0 else None

    def ask(self, node_id: str, node: PlanNode, contact: int) -> str:
        """Yes."""
        return "yes"


def test_a_crowd_does_what_its_chooser_says() -> None:
    """Events end waits in their time, later ones do not; some are still on their way when time is up."""
    journey = plan(
        start=enter("mail"),
        mail=act(sent="opened"),
        opened=wait("2 days", "sms", yes=("message.opened", "visited", "mail")),
        sms=act(sent="never"),
        never=wait(None, None, reply=("message.replied", "vip")),
        visited=wait("12 hours", "vip", page=("page", "vip")),
        vip=ask(Tagged(tag="VIP"), "out", None),
        out=leave("done"),
    )

    forecast = rehearse(journey, map(Contact, range(10)), START, 3, Opening())

    assert forecast.edges["opened", "yes"] == forecast.edges["opened", "timeout"] == 5
    assert forecast.edges["visited", "timeout"] == 5
    assert forecast.results == {"done": 5}
    assert forecast.resting == {"never": 5}


def test_a_crowd_forks_and_goes_round() -> None:
    """Strands merge, are overtaken, and loops are counted for each strand's own path."""
    journey = plan(
        start=enter("again"),
        again=repeat(2, "split", "last"),
        split=fork("join", a="short", b="long"),
        short=rest("1 hour", "join"),
        long=rest("1 day", "join"),
        join=merge("split", "any", "again"),
        last=fork("all", c="all", d="end"),
        end=leave("gone"),
        all=merge("last", "all", "out"),
        out=leave("done"),
    )

    forecast = rehearse(journey, map(Contact, range(4)), START, 30)

    assert forecast.results == {"done": 4}
    assert forecast.edges["join", "on"] == 8
    assert ("long", "on") not in forecast.edges
