"""What may be done with whoever is parked, over HTTP and on the command line."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from engine.store.tables import account, enrolment, message, sandbox_message
from tests.api.driver import Api, move
from tests.api.test_travellers import published
from wend.command import app

MEND_ACCOUNT = (
    "The provider refuses the account: its credentials are wrong or blocked. Mend the account, then retry."
)
PATHS = "in:api_call -> mail:send_email -> out:exit"


async def parked(api: Api, workers: Runtime, database: Database, *names: str) -> tuple[str, list[str]]:
    """Contacts parked at an email of which nobody knows whether it left: (journey, enrolments)."""
    behave(database, {"share": {"auth": 1}}, None)
    journey = await published(api, PATHS)
    for name in names:
        await api.post("/contacts", {"email": f"{name}@example.com", "first_name": name})
    entered = [
        await api.post(f"/journeys/{journey}/entries", {"email": f"{name}@example.com", "key": name})
        for name in names
    ]
    move(workers)
    behave(database, {}, None)
    with database.write() as connection:
        connection.execute(update(message).values(state="unconfirmed"))
        connection.execute(update(enrolment).values(reason="unconfirmed"))
    return journey, [one["enrolment"] for one in entered]


def behave(database: Database, behaviour: dict[str, Any], broken: str | None) -> None:
    """How the account for emails behaves."""
    with database.write() as connection:
        email = account.c.name == "sandbox-email"
        connection.execute(update(account).where(email).values(behaviour=behaviour, broken=broken))


async def test_one_is_sent_again_another_leaves_and_a_third_ends(
    api: Api, workers: Runtime, database: Database
) -> None:
    """Each by its own word; what cannot be done is refused, and says what can."""
    _, (again, left, ended, undone) = await parked(api, workers, database, "ann", "bea", "cat", "dan")
    shown = await api.get(f"/enrolments/{again}")
    wrong = await api.refused("POST", f"/enrolments/{left}/replay", json={"how": "leave", "port": "no"})
    unsaid = await api.refused("POST", f"/enrolments/{left}/replay", json={"how": "exit"})
    answers = [
        await api.post(f"/enrolments/{again}/replay", {"how": "send again"}),
        await api.post(f"/enrolments/{left}/replay", {"how": "leave", "port": "sent"}),
        await api.post(f"/enrolments/{ended}/replay", {"how": "exit", "result": "given up"}),
    ]
    with database.write() as connection:
        connection.execute(update(message).values(state="retry_at"))
    decided = await api.refused("POST", f"/enrolments/{undone}/replay", json={"how": "send again"})
    gone = await api.refused("POST", f"/enrolments/{ended}/replay", json={"how": "retry"})
    move(workers)

    assert (shown["undecided"], "sent" in shown["ways"]) == (True, True)
    assert (wrong["status"], unsaid["status"], decided["status"], gone["status"]) == (422, 422, 409, 409)
    assert "'sent'" in wrong["detail"]
    assert answers == [{"enrolments": 1}] * 3
    stood = [await api.get(f"/enrolments/{one}") for one in (again, left, ended)]
    assert [one["place"] for one in stood] == ["ended"] * 3
    assert [one["result"] for one in stood] == ["done", "done", "given up"]
    with database.read() as connection:
        assert len(connection.execute(sandbox_message.select()).all()) == 1


async def test_all_of_a_cause_end_or_are_sent_again(api: Api, workers: Runtime, database: Database) -> None:
    """The incident says which ways there are, and whether sending again is meant for it."""
    journey, _ = await parked(api, workers, database, "ann", "bea")
    (incident,) = await api.all_pages("/incidents")
    wrong = await api.refused(
        "POST", f"/incidents/{incident['id']}/replay", json={"how": "leave", "port": "no"}
    )
    answer = await api.post(f"/incidents/{incident['id']}/replay", {"how": "send again"})
    move(workers)

    assert (incident["undecided"], "sent" in incident["ways"], incident["journey"]) == (True, True, journey)
    assert (wrong["status"], answer) == (422, {"enrolments": 2})
    with database.read() as connection:
        assert len(connection.execute(sandbox_message.select()).all()) == 2


async def test_a_cause_that_grows_between_two_pages_hides_none(
    api: Api, workers: Runtime, database: Database
) -> None:
    """Pages go by what a cause is, not by how many are parked for it."""
    _, ids = await parked(api, workers, database, *"abcdef")
    reasons = ["one", "two", "two", "three", "three", "three"]
    with database.write() as connection:
        for number, reason in zip(ids, reasons, strict=True):
            connection.execute(update(enrolment).where(enrolment.c.id == int(number)).values(reason=reason))
    first = await api.get("/incidents", limit=1)
    with database.write() as connection:
        moved = enrolment.c.id.in_([int(number) for number in ids[1:5]])
        connection.execute(update(enrolment).where(moved).values(reason="two"))
    seen = [first["items"][0]["reason"]]
    cursor = first["next"]
    while cursor is not None:
        page = await api.get("/incidents", limit=1, cursor=cursor)
        seen += [one["reason"] for one in page["items"]]
        cursor = page["next"]

    assert seen == ["one", "three", "two"]
    assert first["items"][0]["words"] == "One. Mend that, then retry."
    assert (await api.refused("GET", "/incidents?cursor=WzFd"))["status"] == 400


async def test_the_command_line_names_causes_by_a_short_id(
    api: Api, workers: Runtime, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list shows each id and the ports; a number of a list that may have shifted names nothing."""
    monkeypatch.setenv("WEND_DATABASE_URL", database.url)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("wend.command.local.upgrade", lambda _: None)  # its tables are the newest
    _, ids = await parked(api, workers, database, "ann", "bea")
    (incident,) = await api.all_pages("/incidents")
    runner = CliRunner()
    listed = runner.invoke(app, ["replay"]).output
    number = runner.invoke(app, ["replay", "--cause", "1"])
    both = runner.invoke(app, ["replay", "--cause", incident["short"], "--send-again", "--port", "sent"])
    one = runner.invoke(app, ["replay", "--enrolment", ids[0], "--result", "given up"]).output
    with database.write() as connection:
        connection.execute(update(message).values(state="accepted"))
    none = runner.invoke(app, ["replay", "--cause", incident["short"], "--send-again"]).output
    with database.write() as connection:
        connection.execute(update(message).values(state="unconfirmed"))
    huge = runner.invoke(app, ["replay", "--enrolment", str(2**63)])
    rest = runner.invoke(app, ["replay", "--cause", incident["short"], "--send-again"]).output
    move(workers)

    assert incident["short"] in listed
    assert "sent" in listed
    assert "Nobody can say whether the message went out." in listed
    assert "unconfirmed" not in listed
    assert "Run `wend replay`" in str(number.exception)
    assert "Choose one" in str(both.exception)
    assert "has ended" in one
    assert "1 enrolment is on its way again." in rest
    assert huge.exit_code == 2
    assert "nothing is sent again" in none
    assert "twice" in rest
    assert [(await api.get(f"/enrolments/{each}"))["result"] for each in ids] == ["given up", "done"]


async def test_of_two_parallel_paths_one_may_go_on(api: Api, workers: Runtime, database: Database) -> None:
    """Both are told in the list, each with its node and cause. What can be done with one alone is done with that one; what can
    be done with none is refused, and changes nothing."""
    behave(database, {"share": {"auth": 1}}, None)
    with database.write() as connection:
        sms = account.c.name == "sandbox-sms"
        connection.execute(update(account).where(sms).values(behaviour={"share": {"auth": 1}}))
    journey = await published(
        api,
        "in:api_call -> fork:parallel -a-> mail:send_email -> all:merge -> out:exit\n"
        "fork -b-> text:send_sms -> all",
    )
    await api.post("/contacts", {"email": "ann@example.com", "phone": "+393200000001", "first_name": "ann"})
    await api.post(f"/journeys/{journey}/entries", {"email": "ann@example.com", "key": "k1"})
    move(workers)
    with database.write() as connection:
        connection.execute(update(message).where(message.c.node == "mail").values(state="unconfirmed"))

    (listed,) = await api.all_pages(f"/enrolments?journey={journey}")
    address = f"/enrolments/{listed['id']}"
    wrong = await api.refused("POST", f"{address}/replay", json={"how": "leave", "port": "no"})
    one = await api.post(f"{address}/replay", {"how": "send again"})
    shown = await api.get(address)

    assert [(at["node"], at["reason"]) for at in listed["parked"]] == [
        ("mail", "provider_auth"),
        ("text", "provider_auth"),
    ]
    assert {at["words"] for at in listed["parked"]} == {MEND_ACCOUNT}
    assert [path["words"] for path in shown["strands"]] == [None, MEND_ACCOUNT]
    assert wrong["status"] == 422
    assert one == {"enrolments": 1}
    assert [at["node"] for at in shown["parked"]] == ["text"]
