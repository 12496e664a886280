"""What a person may do with whoever is parked: retry, send again, let leave by a port, or end."""

from __future__ import annotations

from hashlib import blake2b

import pytest
from sqlalchemy import update

from engine.delivery.ledger import insert_messages
from engine.enrolment import replay
from engine.enrolment.control import switch_sending
from engine.enrolment.parked import NoSuchCause, cause_named
from engine.enrolment.replay import (
    How,
    NotUndecided,
    ReplayUnclear,
    begin_replay,
    parked_groups,
    replay_group,
    replay_one,
    run_replay,
)
from engine.store.tables import (
    account,
    admission,
    audit,
    enrolment,
    message,
    replay_item,
    sandbox_message,
    step,
)
from nodes.sdk.service import Service
from tests.store.test_node_acts import HOOK, Acting, journey
from tests.store.test_operator import Broken, parked
from tests.store.world import HOUR, MINUTE, START, World, send
from tests.unit.journey.build import act, enter, fork, leave, merge, plan, rest

SEND_AGAIN = How("send again")
recipient = blake2b(b"anna@example.com", digest_size=6).hexdigest()


def lost(world: World, names: str = "anna bea") -> tuple[Acting, Service, list[int]]:
    """Contacts parked at a webhook whose answer was lost."""
    acting = Acting(world)
    service = acting.serve(["lost"])
    strands = acting.run(journey(("webhook", HOOK)), names)
    assert world.places() == {"parked": len(strands)}
    return acting, service, strands


def test_sending_again_is_a_new_visit_with_a_key_of_its_own(world: World) -> None:
    """A retry asks the ledger, which still does not know, and parks again; sending again calls once more, and no more."""
    acting, service, strands = lost(world, "anna")
    replay_one(world.database, strands[0], now=world.now, who="ops")
    world.travel()
    still = world.row(strands[0])
    calls = len(service.requests)
    service = acting.serve([{}])
    replay_one(world.database, strands[0], now=world.now, who="ops", how=SEND_AGAIN)
    admitted = world.row(strands[0])
    world.travel()

    assert (still.place, still.visit, calls) == ("parked", 2, 1)
    assert (admitted.place, admitted.visit) == ("admitted", admitted.step)
    assert world.row(strands[0]).result == "done"
    assert [request.ref for request in service.requests] == [f"{strands[0]}/a1/{admitted.visit}"]
    assert sorted(row.state for row in world.rows(message)) == ["accepted", "unknown"]
    assert [row.details["how"] for row in world.rows(audit) if row.what == "replay"] == [
        "retry",
        "send again",
    ]


def test_all_of_a_cause_send_again_but_whoever_is_decided_by_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider's word that came meanwhile counts: that one stays where it is, and a retry lets it go on."""
    monkeypatch.setattr(replay, "PAGE", 2)
    acting, _, strands = lost(world, "anna bea carla")
    with world.database.write() as connection:
        told = message.c.strand == strands[1]
        connection.execute(update(message).where(told).values(state="accepted", reason="ok"))
    service = acting.serve([{}])
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    done = replay_group(world.database, group, now=world.now, who="ops", how=SEND_AGAIN)
    lanes = {row.lane for row in world.rows(admission)}
    world.travel()
    places = [world.row(strand).place for strand in strands]
    with pytest.raises(NotUndecided, match="Retry it"):
        replay_one(world.database, strands[1], now=world.now, who="ops", how=SEND_AGAIN)
    replay_one(world.database, strands[1], now=world.now, who="ops")
    world.travel()

    assert (group.undecided, done, lanes) == (True, 2, {"bulk"})
    assert places == ["ended", "parked", "ended"]
    assert len(service.requests) == 2
    assert world.row(strands[1]).result == "done"
    results = [row.result for row in world.rows(replay_item) if row.strand == strands[1]]
    assert sorted(results) == ["again", "not undecided"]


@pytest.mark.parametrize(
    ("state", "code"), [("cancelled", "cancelled: told"), ("unconfirmed", "unconfirmed")]
)
def test_a_message_that_is_final_in_the_ledger_can_be_sent_again(world: World, state: str, code: str) -> None:
    """What the ledger calls final parks again at every retry; sent again, it leaves under another key."""
    published = world.publish(plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    (root,) = world.enter(published, [world.contact("anna")])
    switch_sending(world.database, published.journey, on=False, now=world.now, who="ops")
    world.travel()
    visit = world.row(root).visit
    with world.database.write() as connection:
        forgets = {"recognises_keys": False}
        connection.execute(update(account).where(account.c.name == "sandbox-email").values(behaviour=forgets))
        insert_messages(
            connection,
            [(f"{root}/mail/{visit}/email/{recipient}", root, world.row(root).contact, published.journey, published.id, "mail",
              visit, "email", "anna@example.com", "sandbox-email", "t", None, state, None, None, None, 1, "told", world.now)],
        )  # fmt: skip
    switch_sending(world.database, published.journey, on=True, now=world.now, who="ops")
    world.travel(START + 5 * MINUTE)
    first = world.row(root)
    replay_one(world.database, root, now=world.now, who="ops")
    world.travel()
    second = world.row(root)
    replay_one(world.database, root, now=world.now, who="ops", how=SEND_AGAIN)
    world.travel()

    assert (first.place, first.reason) == (second.place, second.reason) == ("parked", code)
    assert world.row(root).position == "r"
    (sent,) = world.rows(sandbox_message)
    assert sent.send_key != f"{root}/mail/{visit}/email/{recipient}"


def test_whoever_leaves_by_a_port_does_not_run_the_node(world: World) -> None:
    """The step says that a person did it; a port that is not there names those that are, and nobody moves."""
    _, service, strands = lost(world)
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    with pytest.raises(ReplayUnclear, match=r"no port 'sent' to leave by\. Choose one of: 'failed', 'ok'"):
        replay_group(world.database, group, now=world.now, who="ops", how=How("leave", port="sent"))
    done = replay_group(world.database, group, now=world.now + MINUTE, who="ops", how=How("leave", port="ok"))
    world.travel()

    assert done == 2
    assert {world.row(strand).result for strand in strands} == {"done"}
    assert len(service.requests) == 2
    (passed,) = world.rows(step, step.c.strand == strands[0], step.c.node == "a1")
    assert (passed.port, passed.cause, passed.at) == ("ok", "replay", START + MINUTE)
    assert [row.state for row in world.rows(message)] == ["unknown", "unknown"]
    (entry,) = [row for row in world.rows(audit) if row.what == "replay"]
    assert (entry.details["how"], entry.details["port"]) == ("leave", "ok")


def test_leaving_goes_on_where_the_port_leads(world: World) -> None:
    """To an open port it ends the enrolment with the port's name; to a node it is admitted before that."""
    world.acts.code["act"] = Broken()
    published = world.publish(
        plan(start=enter("second"), second=act(sent="r", other=None), r=rest("1 day", None))
    )
    on, out = world.enter(published, world.contacts(["anna", "bea"]))
    world.travel()
    replay_one(world.database, on, now=world.now, who="ops", how=How("leave", port="sent"))
    replay_one(world.database, out, now=world.now, who="ops", how=How("leave", port="other"))
    world.travel()

    assert (world.row(on).place, world.row(on).position) == ("resting", "r")
    assert (world.row(out).place, world.row(out).result) == ("ended", "other")


def test_an_exit_ends_the_enrolment_with_all_its_paths(world: World) -> None:
    """Both strands end, the one that rests and the one that is parked; whoever is not parked stays inside."""
    world.acts.code["act"] = Broken()
    forked = plan(
        start=enter("f"), f=fork("m", x="second", y="r"), second=act(sent="m"), r=rest("1 hour", "m"),
        m=merge("f", "all", "end"), end=leave("done"),
    )  # fmt: skip
    published = world.publish(forked)
    roots = world.enter(published, world.contacts(["anna", "bea"]))
    world.travel()
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    (other,) = world.enter(published, world.contacts(["carla"]))
    done = replay_group(world.database, group, now=world.now, who="ops", how=How("exit", result="given up"))
    again = run_replay(world.database, world.rows(replay_item)[0].operation)

    assert (done, again) == (2, 2)
    assert {(world.row(root).place, world.row(root).result) for root in roots} == {("ended", "given up")}
    assert {row.place for row in world.rows(enrolment, enrolment.c.root.in_(roots))} == {"ended"}
    assert world.row(other).place == "admitted"


def test_both_parked_strands_of_one_enrolment_leave_at_once(world: World) -> None:
    """They meet at their merge, and the enrolment goes on once."""
    world.acts.code["act"] = Broken()
    forked = plan(
        start=enter("f"), f=fork("m", x="second", y="second"), second=act(sent="m"),
        m=merge("f", "all", "r"), r=rest("1 day", None),
    )  # fmt: skip
    (root,) = world.enter(world.publish(forked), [world.contact("anna")])
    world.travel()
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    done = replay_group(world.database, group, now=world.now, who="ops", how=How("leave", port="sent"))
    world.travel(START + HOUR)

    assert done == 2
    assert world.path(root) == ["start.entered", "m.on"]


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"action": "leave"}, "Name the port"),
        ({"action": "retry", "port": "ok"}, "Name the port"),
        ({"action": "exit", "result": "  "}, "Name the result"),
        ({"action": "exit", "result": "x" * 201}, "too long"),
        ({"action": "leave", "port": "ok", "newest": True}, "Leave it out"),
    ],
)
def test_what_is_not_said_in_full_is_refused(said: dict[str, object], what: str) -> None:
    """Each says what to correct."""
    with pytest.raises(ReplayUnclear, match=what):
        How(**said)  # type: ignore[arg-type]


def test_a_cause_is_named_by_an_id_that_does_not_shift(world: World) -> None:
    """Another cause that grows past it changes the order, not the ids; one that is gone says so."""
    _, _, broken = parked(world, ["anna", "bea"])
    with world.database.read() as connection:
        (before,) = parked_groups(connection)
    broken.code = "template:missing"
    parked(world, ["c", "d", "e"], "Another")
    with world.database.read() as connection:
        first, second = parked_groups(connection)
    assert begin_replay(world.database, second, now=world.now, who="ops")

    assert (first.journey, second.short) == ("Another", before.short)
    assert cause_named([first, second], f" {before.short.upper()} ").journey == "Journey"
    assert first.short != second.short
    with pytest.raises(NoSuchCause, match="Run `wend replay`"):
        cause_named([first], before.short)
