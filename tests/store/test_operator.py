"""What an operator does: replay, pause, resume, stop, the kill switch."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import update

from engine.enrolment import control, control_sweep, replay
from engine.enrolment.control import NotRunning, pause_journey, resume_journey, stop_journey, switch_sending
from engine.enrolment.control_sweep import ControlSweep
from engine.enrolment.plans import Published
from engine.enrolment.replay import (
    NotParked,
    begin_replay,
    parked_groups,
    replay_group,
    replay_one,
    run_replay,
)
from engine.flow.plan import Plan
from engine.journey.host import Outcome, Stuck, Went
from engine.store.batch import Batch
from engine.store.heartbeats import beats
from engine.store.ids import new_id
from engine.store.tables import account, admission, audit, enrolment, message, replay_item, sandbox_message
from tests.store.world import HOUR, MINUTE, START, World, send
from tests.unit.journey.build import act, enter, fork, merge, plan, rest, wait


class Broken:
    """An act that parks with a code, until it is mended."""

    def __init__(self, code: str = "provider_auth") -> None:
        self.code: str | None = code
        self.ran: list[str] = []

    def __call__(self, batch: Batch) -> list[Outcome]:
        """Run it."""
        self.ran += [batch.node_id] * len(batch.travellers)
        if batch.node_id == "second" and self.code is not None:
            return [Stuck(self.code) for _ in batch.travellers]
        return [Went("sent") for _ in batch.travellers]


def two_acts() -> Plan:
    """Two acts in a row, then a day's rest."""
    return plan(start=enter("first"), first=act(sent="second"), second=act(sent="r"), r=rest("1 day", None))


def parked(
    world: World, names: list[str], name: str = "Journey"
) -> tuple[Published, tuple[int, ...], Broken]:
    """Contacts parked at the second act."""
    broken = Broken()
    world.acts.code["act"] = broken
    published = world.publish(two_acts(), name)
    roots = world.enter(published, world.contacts(names))
    world.travel()
    return published, roots, broken


def replayed(world: World, number: int) -> int:
    """Replay one of the listed causes."""
    with world.database.read() as connection:
        group = parked_groups(connection)[number]
    return replay_group(world.database, group, now=world.now, who="ops")


# ------------------------------------------------------------------------------------------------ replay


def test_what_is_parked_is_listed_by_cause(world: World) -> None:
    """Plan, node and reason make a cause; the largest comes first."""
    _, _, broken = parked(world, ["a", "b", "c"])
    broken.code = "template:missing"
    world.enter(world.publish(two_acts()), world.contacts(["d"]))
    world.travel()

    with world.database.read() as connection:
        groups = parked_groups(connection)

    assert [(one.journey, one.number, one.node, one.label, one.reason, one.count) for one in groups] == [
        ("Journey", 1, "second", "second", "provider_auth", 3),
        ("Journey", 2, "second", "second", "template:missing", 1),
    ]


def test_all_of_one_cause_go_on_at_their_node_and_earlier_nodes_never_run_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty enrolments parked by one fault complete after it is mended, page by page, and their visit stays."""
    monkeypatch.setattr(replay, "PAGE", 7)
    _, roots, broken = parked(world, [f"c{number}" for number in range(20)])
    before = {root: world.row(root) for root in roots}
    broken.code, broken.ran = None, []
    progress: list[int] = []
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    operation = begin_replay(world.database, group, now=world.now, who="ops")
    done = run_replay(world.database, operation, progress=progress.append, size=7)
    admitted = {root: world.row(root) for root in roots}
    world.travel()

    assert (done, progress) == (20, [7, 14, 20, 20])
    assert {(row.place, row.position) for row in admitted.values()} == {("admitted", "second")}
    assert all(admitted[root].visit == before[root].visit for root in roots)
    assert all(admitted[root].step == before[root].step + 1 for root in roots)
    assert {row.lane for row in world.rows(admission)} | {"bulk"} == {"bulk"}
    assert broken.ran == ["second"] * 20
    assert world.path(roots[0]) == ["start.entered", "first.sent", "second.sent"]
    (entry,) = world.rows(audit)
    assert (entry.who, entry.what, entry.details["count"]) == ("ops", "replay", 20)


def test_a_replay_that_is_run_twice_skips_whoever_has_moved(world: World) -> None:
    """The second run of an operation, and one whose enrolments were replayed otherwise, set nobody moving again."""
    _, roots, broken = parked(world, ["a", "b"])
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    first = begin_replay(world.database, group, now=world.now, who="ops")
    second = begin_replay(world.database, group, now=world.now, who="ops")
    replay_one(world.database, roots[0], now=world.now, who="ops")
    world.travel()
    counts = [run_replay(world.database, operation) for operation in (first, first, second)]

    results = {(row.operation, row.strand): row.result for row in world.rows(replay_item)}
    assert counts == [1, 1, 0]
    assert results[first, roots[0]] == "no longer parked"
    assert results[first, roots[1]] == "again"
    assert results[second, roots[1]] == "no longer parked"
    broken.code = None
    world.travel()
    assert replayed(world, 0) == 1


def test_one_that_is_not_parked_cannot_be_replayed(world: World) -> None:
    """Nothing is tried again that does not stand still for a fault."""
    (root,) = world.enter(world.publish(plan(start=enter("r"), r=rest("1 day", None))), [world.contact("a")])
    world.travel()

    with pytest.raises(NotParked, match="Look at its timeline"):
        replay_one(world.database, root, now=world.now, who="ops")


def test_a_parked_strand_goes_on_beside_its_siblings(world: World) -> None:
    """One strand of several is replayed alone, and the merge gets them all."""
    broken = Broken()
    world.acts.code["act"] = broken
    forked = plan(
        start=enter("f"), f=fork("m", x="second", y="r"), second=act(sent="m"), r=rest("1 hour", "m"),
        m=merge("f", "all", "end"), end=rest("1 day", None),
    )  # fmt: skip
    (root,) = world.enter(world.publish(forked), [world.contact("a")])
    world.travel(START + HOUR)
    broken.code = None
    assert replayed(world, 0) == 1
    world.travel(START + HOUR)

    assert world.path(root) == ["start.entered", "m.on"]
    assert world.row(root).position == "end"


def test_a_replayed_send_keeps_its_key_and_leaves_once(world: World) -> None:
    """An account that was broken parks its sends; mended, they leave under the key that they had."""

    def behave(behaviour: dict[str, object], broken: str | None) -> None:
        with world.database.write() as connection:
            connection.execute(
                update(account)
                .where(account.c.name == "sandbox-email")
                .values(behaviour=behaviour, broken=broken)
            )

    behave({"script": ["auth"]}, None)
    published = world.publish(plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    (root,) = world.enter(published, [world.contact("a")])
    world.travel()
    (before,) = world.rows(message)
    stood = world.row(root)
    behave({}, None)
    replayed(world, 0)
    world.travel()

    (after,) = world.rows(message)
    assert (stood.place, stood.reason, before.state) == ("parked", "provider_auth", "retry_at")
    assert (after.send_key, after.state, world.row(root).position) == (before.send_key, "accepted", "r")
    assert [row.send_key for row in world.rows(sandbox_message)] == [after.send_key]


# ------------------------------------------------------------------------------------------------ pause, stop


def test_a_pause_holds_acts_and_its_end_sets_everybody_moving(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, and as often as it is begun again; each is held once."""
    monkeypatch.setattr(control, "PAGE", 3)
    published = world.publish(
        plan(start=enter("r"), r=rest("1 hour", "a"), a=act(done="z"), z=rest("1 day", None))
    )
    roots = world.enter(published, world.contacts(f"c{number}" for number in range(8)))
    world.travel()
    pause_journey(world.database, published.journey, now=world.now, who="ops")
    pause_journey(world.database, published.journey, now=world.now, who="ops")
    world.travel(START + HOUR)
    held = {(row.place, row.reason, row.position) for row in world.rows(enrolment)}
    seen: list[int] = []
    first = resume_journey(world.database, published.journey, now=world.now, who="ops", progress=seen.append)
    second = resume_journey(world.database, published.journey, now=world.now, who="ops")
    world.travel()

    assert held == {("resting", "paused", "a")}
    assert (first, second, seen) == (8, 0, [3, 6, 8, 8])
    assert {world.row(root).position for root in roots} == {"z"}
    assert [row.what for row in world.rows(audit)] == ["pause", "resume"]


def test_a_stop_ends_everybody_wherever_they_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Admitted, resting, forked and parked alike end with the result `stopped`, strands too; nobody enters after."""
    monkeypatch.setattr(control, "PAGE", 2)
    world.acts.code["act"] = Broken()
    everywhere = plan(
        start=enter("f"), f=fork("m", x="w", y="second"), w=wait("2 days", "m", seen=("x", "m")), second=act(sent="m"),
        m=merge("f", "all", None),
    )  # fmt: skip
    published = world.publish(everywhere)
    world.enter(published, world.contacts(["a", "b", "c"]))
    world.travel()
    world.enter(published, world.contacts(["d", "e"]))
    count = stop_journey(world.database, published.journey, now=START + MINUTE, who="ops")
    again = stop_journey(world.database, published.journey, now=START + MINUTE, who="ops")
    late = world.enter(published, world.contacts(["f"]))

    rows = world.rows(enrolment)
    assert (count, again, late) == (5, 0, ())
    assert {(row.place, row.result) for row in rows} == {("ended", "stopped")}
    assert {row.ended_at for row in rows if row.root is None} == {START + MINUTE}
    assert len(rows) == 5 + 2 * 3
    with pytest.raises(NotRunning, match="The journey is stopped"):
        resume_journey(world.database, published.journey, now=world.now, who="ops")


class Killed(BaseException):
    """The process is no more."""


def killed(_: int) -> None:
    """Dies when the first page is done."""
    raise Killed


def test_a_stop_that_dies_between_two_pages_is_finished_by_the_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody whom it had not come to goes on; a stop that is still under way is not meddled with at once."""
    monkeypatch.setattr(control, "PAGE", 2)
    monkeypatch.setattr(control_sweep, "PATIENCE_SECONDS", 0.0)
    published = world.publish(plan(start=enter("r"), r=rest("1 hour", "mail"), mail=send(sent=None)))
    world.enter(published, world.contacts(["a", "b", "c", "d", "e"]))
    world.travel()
    with pytest.raises(Killed):
        stop_journey(world.database, published.journey, now=world.now, who="ops", progress=killed)
    sweep = ControlSweep(world.runtime)
    left = world.places()
    finished = [sweep.run(), sweep.run(), sweep.run()]
    world.travel(START + 2 * HOUR)

    assert left == {"ended": 2, "resting": 3}
    assert [one.ended for one in finished] == [0, 3, 0]
    assert {(row.place, row.result) for row in world.rows(enrolment)} == {("ended", "stopped")}
    assert world.rows(sandbox_message) == []


def test_a_stop_that_gives_signs_of_life_is_left_to_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it lasts: whoever stops the journey counts everybody. One that has stood still is finished."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(control, "PAGE", 2)
    published = world.publish(plan(start=enter("r"), r=rest("1 hour", None)))
    world.enter(published, world.contacts([f"c{number}" for number in range(9)]))
    world.travel()
    sweep = ControlSweep(world.runtime)
    swept: list[int] = []

    def slowly(_: int) -> None:
        clock[0] += 8.0
        swept.append(sweep.run().ended)

    counted = stop_journey(world.database, published.journey, now=world.now, who="ops", progress=slowly)
    with world.database.read() as connection:
        signs = beats(connection, control.SIGNS)

    assert (counted, swept) == (9, [0] * 6)
    assert signs == {}


def test_a_resume_that_dies_between_two_pages_is_finished_by_the_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom it had not come to goes on, strands too; who rests there for another reason is left alone."""
    monkeypatch.setattr(control, "PAGE", 2)
    monkeypatch.setattr(control_sweep, "PATIENCE_SECONDS", 0.0)
    forked = plan(
        start=enter("f"), f=fork("m", x="a", y="b"), a=act(done="m"), b=act(done="m"), m=merge("f", "all", "z"),
        z=rest("1 day", None),
    )  # fmt: skip
    published = world.publish(forked)
    roots = world.enter(published, world.contacts(["a", "b", "c"]))
    world.drain()
    sweep = ControlSweep(world.runtime)
    sweep.run()
    pause_journey(world.database, published.journey, now=world.now, who="ops")
    world.travel()
    while_paused = sweep.run().resumed
    with pytest.raises(Killed):
        resume_journey(world.database, published.journey, now=world.now, who="ops", progress=killed)
    finished = [sweep.run().resumed, sweep.run().resumed, sweep.run().resumed]
    lanes = {row.lane for row in world.rows(admission)}
    world.travel()

    assert (while_paused, finished, lanes) == (0, [0, 4, 0], {"bulk"})
    assert {world.row(root).position for root in roots} == {"z"}


def test_the_kill_switch_stops_sends_and_loses_none(world: World) -> None:
    """While it is off no message is claimed; switched on again, every message leaves once."""
    published = world.publish(plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    roots = world.enter(published, world.contacts(["a", "b"]))
    switch_sending(world.database, published.journey, on=False, now=world.now, who="ops")
    world.travel(START + MINUTE)
    off = [world.row(root).position for root in roots], len(world.rows(sandbox_message))
    switch_sending(world.database, published.journey, on=True, now=world.now, who="ops")
    world.travel(START + 10 * MINUTE)

    assert off == (["mail", "mail"], 0)
    assert [world.row(root).position for root in roots] == ["r", "r"]
    assert len({row.send_key for row in world.rows(sandbox_message)}) == 2
    assert [row.what for row in world.rows(audit)] == ["sending off", "sending on"]


def test_a_journey_that_is_not_there_says_so(world: World) -> None:
    """An unknown id is told, and nothing is written."""
    with pytest.raises(NotRunning, match="There is no journey"):
        pause_journey(world.database, new_id(), now=START, who="ops")
    assert world.rows(audit) == []
