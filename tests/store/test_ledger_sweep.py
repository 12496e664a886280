"""The ledger sweep's look costs the same however many messages are open."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.sql import Select

from engine.enrolment import ledger_sweep
from engine.enrolment.ledger_sweep import LedgerSweep, waiting_page
from engine.store.tables import enrolment, message
from tests.store.world import World
from tests.unit.journey.build import enter, plan, rest


def waiting(world: World, people: int, each: int) -> list[int]:
    """Contacts who rest, each with so many messages that are still to be sent there. Gives their enrolments."""
    published = world.publish(plan(start=enter("r"), r=rest("1 day", None)))
    roots = world.enter(published, world.contacts([f"c{number}" for number in range(people)]))
    world.travel()
    rows = [
        {
            "send_key": f"{at.id}/{number}", "strand": at.id, "contact": at.contact, "journey": at.journey,
            "plan": at.plan, "node": at.position, "visit": at.visit, "channel": "email", "address": "a@example.com",
            "account": "mailbox", "state": "retry_at" if number % 2 else "planned", "attempts": 0,
            "retry_at": world.now if number % 2 else None, "created_at": world.now,
        }
        for at in world.rows(enrolment)
        for number in range(each)
    ]  # fmt: skip
    with world.database.write() as connection:
        connection.execute(insert(message), rows)
    return sorted(roots)


def gone_on(world: World, *strands: int) -> None:
    """These have come to the node again since their messages were planned."""
    with world.database.write() as connection:
        for strand in strands:
            connection.execute(
                text("UPDATE message SET visit = visit - 1 WHERE strand = :it"), {"it": strand}
            )


def plan_of(connection: Connection, query: Select[tuple[str, int, bool]]) -> str:
    """How the database answers a query."""
    compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return str(connection.exec_driver_sql(f"{explain} {compiled}").all())


def test_a_look_goes_on_behind_the_last_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has gone on is found by the look that comes to his messages, all of them; behind the last it begins anew."""
    monkeypatch.setattr(ledger_sweep, "LOOK", 3)
    roots = waiting(world, 4, 2)
    gone_on(world, roots[1], roots[3])
    sweep = LedgerSweep(world.runtime)
    cancelled = [sweep.run().cancelled for _ in range(4)]
    gone_on(world, roots[0])
    cancelled += [sweep.run().cancelled for _ in range(2)]

    assert sum(cancelled[:4]) == 4
    assert sum(cancelled) == 6
    assert all(count <= 3 for count in cancelled)
    left = {row.strand: row.state for row in world.rows(message) if row.state != "cancelled"}
    assert list(left) == [roots[2]]


def test_one_with_more_messages_than_a_page_holds_up_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look goes on behind him."""
    monkeypatch.setattr(ledger_sweep, "LOOK", 3)
    roots = waiting(world, 2, 3)
    gone_on(world, roots[1])
    sweep = LedgerSweep(world.runtime)

    assert [sweep.run().cancelled for _ in range(2)] == [0, 3]


def test_a_look_reads_a_page_by_its_index(world: World) -> None:
    """Messages are walked through among those still to be sent alone, and enrolments found by their id: nothing is scanned."""
    roots = waiting(world, 2, 5_000)
    with world.database.write() as connection:
        connection.execute(text("ANALYZE"))
        found = plan_of(connection, waiting_page(0))
        read = len(connection.execute(waiting_page(roots[0])).all())

    assert "message_waiting" in found
    assert "Seq Scan on message" not in found
    assert "SCAN message'" not in found
    assert read == ledger_sweep.LOOK
