"""Where people stand, what happened to them, what a person may do about it; with the house's own nodes and sandbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from engine.enrolment.runtime import Runtime
from engine.enrolment.tally import HOUR
from engine.journey.time import iso
from engine.store.database import Database
from engine.store.tables import account, audit, sandbox_message
from tests.api.driver import Api, move
from tests.unit.flow.drawing import draw

LONG = (
    "in:api_call -> mail:send_email -> opened:engagement -yes-> out:exit\n"
    "opened -no-> sms:send_sms -> out"
)  # fmt: skip


async def published(api: Api, paths: str = LONG, name: str = "Launch", **configs: dict[str, Any]) -> str:
    """A running journey. Gives its id."""
    document = {**draw(paths, **configs), "name": name}
    made = await api.post("/journeys", {"document": document})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    return str(made["id"])


async def ann_inside(api: Api, journey: str) -> dict[str, Any]:
    """A contact who entered. Gives the enrolment."""
    await api.post("/contacts", {"external_id": "ann", "email": "ann@example.com", "phone": "+393200000001",
                                 "first_name": "Ann"})  # fmt: skip
    body = {"key": "k1", "external_id": "ann", "properties": {"source": "shop"}}
    entered = await api.post(f"/journeys/{journey}/entries", body)
    assert entered["entered"] is True
    found: dict[str, Any] = await api.get(f"/enrolments/{entered['enrolment']}")
    return found


def words(lines: list[dict[str, Any]]) -> list[str]:
    """The words of a timeline, the oldest first."""
    return [line["words"] for line in reversed(lines)]


async def test_a_contact_travels_and_everything_is_told(api: Api, workers: Runtime) -> None:
    """From the entry to the exit, each step, message and event is a line in words, the newest first, in pages."""
    journey = await published(api)
    enrolment = await ann_inside(api, journey)
    assert (enrolment["place"], enrolment["label"], enrolment["cause"]) == ("admitted", "API call", "api:k1")

    move(workers)
    resting = await api.get(f"/enrolments/{enrolment['id']}")
    waiting = words(await api.all_pages(f"/enrolments/{enrolment['id']}/timeline"))[-1]
    (mail,) = (await api.get("/sandbox/messages"))["items"]
    acted = await api.post(f"/sandbox/messages/{mail['id']}/acts", {"act": "opened"})
    move(workers)

    done = await api.get(f"/enrolments/{enrolment['id']}")
    lines = await api.all_pages(f"/enrolments/{enrolment['id']}/timeline", limit=2)
    assert (resting["place"], resting["node"]) == ("resting", "opened")
    assert waiting.startswith("Waits at")
    assert acted == {"recorded": True}
    assert (done["place"], done["result"]) == ("ended", "done")
    assert words(lines) == [
        'Entered "Launch", version 1, as a program asked for it.',
        'Left "API call" by "entered".',
        'Email of "Send email" to ann@example.com was sent.',
        'Left "Send email" by "sent".',
        'message.opened ("Send email").',
        "tag.added: ATTIVO.",
        "segment.entered: ATTIVO.",
        'Left "Message opened?" by "yes", as message.opened happened.',
        'Left "Exit" by "ended".',
        'Ended with "done".',
    ]
    everything = await api.all_pages(f"/contacts/{enrolment['contact']}/timeline", limit=3)
    assert words(everything) == words(lines)
    assert {line["journey"] for line in everything} == {"Launch", None}


async def test_the_numbers_say_who_is_where(api: Api, workers: Runtime) -> None:
    """Places add up to those who entered; nodes tell who stands there and who left by which port, in order."""
    journey = await published(api)
    enrolment = await ann_inside(api, journey)
    move(workers)

    numbers = await api.get(f"/journeys/{journey}/numbers")

    places = ("admitted", "moving", "resting", "parked", "ended")
    assert sum(numbers[place] for place in places) == numbers["entered"] == numbers["resting"] == 1
    assert list(numbers["nodes"]) == ["in", "mail", "opened", "sms", "out"]
    assert (numbers["nodes"]["mail"]["left"], numbers["nodes"]["opened"]["resting"]) == ({"sent": 1}, 1)
    arrived = {node: one["entered"] for node, one in numbers["nodes"].items()}
    assert arrived == {"in": 1, "mail": 1, "opened": 1, "sms": 0, "out": 0}
    (listed,) = await api.all_pages("/journeys")
    assert (listed["entered"], listed["inside"], listed["problems"]) == (1, 1, 0)
    assert listed == await api.get(f"/journeys/{journey}")
    assert await api.get(f"/journeys/{journey}/numbers", version=1) == numbers
    assert (await api.refused("GET", f"/journeys/{journey}/numbers?version=2"))["status"] == 404
    here = await api.all_pages("/enrolments", journey=journey, node="opened", place="resting")
    assert [one["id"] for one in here] == [enrolment["id"]]
    for query in (
        {"node": "mail"},
        {"place": "parked"},
        {"result": "done"},
        {"contact": "17"},
        {"journey": "17"},
    ):
        assert await api.all_pages("/enrolments", **query) == [], query


async def test_numbers_of_a_period_are_of_its_hours(api: Api, workers: Runtime) -> None:
    """Who entered, came and left in those hours; where everybody stands is of now. A moment that is none is refused."""
    journey = await published(api)
    await ann_inside(api, journey)
    move(workers)
    now = workers.business_now()
    hour = iso(now - now % HOUR)

    this = await api.get(f"/journeys/{journey}/numbers", since=hour, until=iso(now + HOUR))
    earlier = await api.get(f"/journeys/{journey}/numbers", until=hour)

    assert this == await api.get(f"/journeys/{journey}/numbers")
    assert (earlier["entered"], earlier["resting"], earlier["nodes"]["mail"]["left"]) == (0, 1, {})
    assert earlier["nodes"]["opened"]["entered"] == 0
    problem = await api.refused("GET", f"/journeys/{journey}/numbers?since=yesterday")
    assert problem["status"] == 422


async def test_the_people_behind_a_number_are_listed(api: Api, workers: Runtime) -> None:
    """Who stands at a node, in which place and version; who left it by a port, wherever they are now; each by name, in
    pages, the newest first."""
    journey = await published(api)
    everyone = [(await ann_inside(api, journey))["id"]]
    for name in ("bob", "cid"):
        await api.post("/contacts", {"external_id": name, "email": f"{name}@example.com",
                                     "first_name": name.title(), "last_name": "Rossi"})  # fmt: skip
        entered = await api.post(f"/journeys/{journey}/entries", {"key": name, "external_id": name})
        everyone.append(entered["enrolment"])
    move(workers)
    mails = (await api.get("/sandbox/messages"))["items"]
    (mail,) = (one["id"] for one in mails if one["address"] == "ann@example.com")
    await api.post(f"/sandbox/messages/{mail}/acts", {"act": "opened"})
    move(workers)

    async def found(**query: Any) -> list[str]:
        return [one["id"] for one in await api.all_pages("/enrolments", journey=journey, limit=2, **query)]

    assert await found(node="mail", port="sent") == everyone[::-1]
    assert await found(node="opened", port="yes") == everyone[:1]
    assert await found(node="opened", port="no") == []
    assert await found(node="opened") == await found(place="resting", version=1) == everyone[:0:-1]
    assert await found(node="opened", place="parked") == await found(node="opened", place="moving") == []
    assert await found(place="ended") == everyone[:1]
    shown = await api.all_pages("/enrolments", journey=journey, node="opened")
    assert {one["contact_name"] for one in shown} == {"Bob Rossi", "Cid Rossi"}
    for query in ("version=1", "node=opened&port=yes", f"journey={journey}&port=yes"):
        assert (await api.refused("GET", f"/enrolments?{query}"))["status"] == 422
    assert (await api.refused("GET", f"/enrolments?journey={journey}&version=7"))["status"] == 404


async def test_parallel_paths_stand_for_their_enrolment(api: Api, workers: Runtime) -> None:
    """Who has split up stands where the paths stand, and is found there."""
    paths = (
        "in:api_call -> fork:parallel -a-> one:delay -> all:merge -> out:exit\n"
        "fork -b-> two:delay -> all"
    )  # fmt: skip
    journey = await published(api, paths, two={"for": "3 days"})
    enrolment = await ann_inside(api, journey)
    move(workers)

    shown = await api.get(f"/enrolments/{enrolment['id']}")
    numbers = await api.get(f"/journeys/{journey}/numbers")

    assert sorted(one["node"] for one in shown["strands"]) == ["one", "two"]
    assert [one["id"] for one in await api.all_pages("/enrolments", node="two")] == [enrolment["id"]]
    both = await api.all_pages("/enrolments", journey=journey, node="fork", port="a")
    assert [one["id"] for one in both] == [enrolment["id"]], (
        "a path that left by a port stands for its enrolment"
    )
    assert await api.all_pages("/enrolments", node="fork") == []
    assert (numbers["nodes"]["one"]["resting"], numbers["nodes"]["fork"]["resting"], numbers["resting"]) == (
        1,
        0,
        1,
    )
    assert (
        sum(
            line["kind"] == "standing"
            for line in await api.all_pages(f"/enrolments/{enrolment['id']}/timeline")
        )
        == 2
    )


async def test_what_is_parked_is_an_incident_and_tried_again(
    api: Api, workers: Runtime, database: Database
) -> None:
    """Who is parked is counted by cause; tried again once mended, they go on, and nothing before is done again."""
    journey = await published(api)
    with database.write() as connection:
        connection.execute(
            update(account).where(account.c.name == "sandbox-email").values(behaviour={"share": {"auth": 1}})
        )
    enrolment = await ann_inside(api, journey)
    move(workers)
    (incident,) = await api.all_pages("/incidents")
    parked = await api.all_pages(f"/incidents/{incident['id']}/enrolments")
    (listed,) = await api.all_pages("/journeys")
    mended = update(account).where(account.c.name == "sandbox-email").values(behaviour={}, broken=None)
    with database.write() as connection:
        connection.execute(mended)

    again = await api.post(f"/incidents/{incident['id']}/retry")
    move(workers)

    assert (incident["label"], incident["count"], incident["journey"]) == ("Send email", 1, journey)
    assert [one["id"] for one in parked] == [enrolment["id"]]
    assert (listed["entered"], listed["inside"], listed["problems"]) == (1, 1, 1)
    assert again == {"enrolments": 1}
    assert (await api.get(f"/enrolments/{enrolment['id']}"))["node"] == "opened"
    assert await api.all_pages("/incidents") == await api.all_pages("/incidents", journey="17") == []
    assert (await api.refused("POST", f"/incidents/{incident['id']}/retry"))["status"] == 404
    assert (await api.refused("POST", "/incidents/nonsense/retry"))["status"] == 404
    assert (await api.refused("GET", "/incidents/nonsense/enrolments"))["status"] == 404


async def test_one_parked_enrolment_is_tried_again(api: Api, workers: Runtime, database: Database) -> None:
    """One alone can be tried again, once; who is not parked cannot."""
    journey = await published(api)
    with database.write() as connection:
        connection.execute(
            update(account).where(account.c.name == "sandbox-email").values(behaviour={"script": ["auth"]})
        )
    enrolment = await ann_inside(api, journey)
    path = f"/enrolments/{enrolment['id']}/retry"
    early = await api.refused("POST", path)
    move(workers)
    with database.write() as connection:
        connection.execute(update(account).values(behaviour={}, broken=None))

    again = await api.post(path)
    move(workers)

    assert early["status"] == 409
    assert again == {"enrolments": 1}
    with database.read() as connection:
        assert len(connection.execute(select(sandbox_message)).all()) == 1
        assert "replay" in set(connection.scalars(select(audit.c.what)))


async def test_a_journey_is_paused_resumed_and_stopped(api: Api, workers: Runtime) -> None:
    """A pause holds everyone before the next act; resuming sets them moving; stopping ends everybody inside."""
    journey = await published(api)
    enrolment = await ann_inside(api, journey)
    paused = await api.post(f"/journeys/{journey}/pause")
    move(workers)
    held = await api.get(f"/enrolments/{enrolment['id']}")
    line = words(await api.all_pages(f"/enrolments/{enrolment['id']}/timeline"))[-1]

    resumed = await api.post(f"/journeys/{journey}/resume")
    move(workers)
    stopped = await api.post(f"/journeys/{journey}/stop")

    assert (paused["journey"]["state"], resumed["journey"]["state"]) == ("paused", "running")
    assert (held["place"], held["reason"], resumed["enrolments"]) == ("resting", "paused", 1)
    assert line == 'Is held at "Send email", as the journey is paused.'
    assert (stopped["journey"]["state"], stopped["enrolments"]) == ("stopped", 1)
    assert (await api.get(f"/enrolments/{enrolment['id']}"))["result"] == "stopped"
    for act in ("pause", "resume"):
        assert (await api.refused("POST", f"/journeys/{journey}/{act}"))["status"] == 409
        assert (await api.refused("POST", f"/journeys/17/{act}"))["status"] == 404


async def test_the_kill_switch_holds_messages_back(api: Api, workers: Runtime) -> None:
    """While it is off nothing is sent; switched on again, the message goes out."""
    journey = await published(api)
    off = await api.put(f"/journeys/{journey}/sending", {"on": False})
    await ann_inside(api, journey)

    move(workers)

    assert off["sending"] is False
    assert (await api.get("/sandbox/messages"))["items"] == []
    assert (await api.put(f"/journeys/{journey}/sending", {"on": True}))["sending"] is True


async def test_a_contact_enters_once_by_key_and_rule(api: Api) -> None:
    """The same key again enters nobody, nor does another key against the re-entry rule."""
    journey = await published(api)
    await ann_inside(api, journey)

    for key, why, step in (
        ("k1", "repeated", "Give another key"),
        ("k2", "once", "change the re-entry rule"),
    ):
        again = await api.post(f"/journeys/{journey}/entries", {"key": key, "email": "ann@example.com"})
        assert (again["entered"], again["enrolment"]) == (False, None)
        assert (again["refused"]["why"], again["refused"]["until"]) == (why, None)
        assert step in again["refused"]["words"]
    other = await api.post(f"/journeys/{journey}/entries", {"key": "k1", "external_id": "bob"})
    assert (other["entered"], other["refused"]) == (True, None)


async def test_an_entry_before_its_time_or_into_a_journey_that_stands_still_says_so(api: Api) -> None:
    """The answer tells until when, or what state the journey is in, with the next step."""
    reentry = {"rule": "after_time", "after": "3 days"}
    document = {**draw("in:api_call -> out:exit"), "name": "Again", "settings": {"reentry": reentry}}
    journey = (await api.post("/journeys", {"document": document}))["id"]
    await api.post(f"/journeys/{journey}/publish", {"revision": 1})
    stopped = await published(api, "in:api_call -> out:exit", "Stopped")

    async def enter(journey: str, key: str) -> Any:
        refused = (await api.post(f"/journeys/{journey}/entries", {"key": key, "external_id": "ann"}))[
            "refused"
        ]
        assert refused is None or refused["words"]
        return refused

    await enter(journey, "k1")
    await api.post(f"/journeys/{stopped}/stop")
    inside = await enter(journey, "k2")
    await api.post(f"/journeys/{journey}/pause")
    paused = await enter(journey, "k3")

    assert (inside["why"], paused["why"]) == ("inside", "paused")
    assert "Resume it" in paused["words"]
    assert (await enter(stopped, "k1"))["why"] == "stopped"


async def test_who_cannot_enter_is_told_why(api: Api) -> None:
    """A journey without a place for programs, or without a plan; nobody named; a contact who is not there."""
    journey = await published(api)
    closed = await published(api, "in:campaign -> out:exit", "Closed")
    draft = await api.post("/journeys", {"document": {**draw(LONG), "name": "Draft"}})

    for number, body, status in (
        (closed, {"external_id": "a"}, 409), (draft["id"], {"external_id": "a"}, 409), ("17", {"external_id": "a"}, 404),
        (journey, {}, 422), (journey, {"email": "x"}, 422), (journey, {"contact": "17"}, 404),
    ):  # fmt: skip
        problem = await api.refused("POST", f"/journeys/{number}/entries", json={"key": "k", **body})
        assert problem["status"] == status, (number, body)


async def test_the_inbox_shows_what_arrived_and_takes_acts(api: Api, workers: Runtime) -> None:
    """The sandbox's messages are found by channel, address and contact; acting twice is one act, replies are many."""
    journey = await published(api)
    enrolment = await ann_inside(api, journey)
    move(workers)

    (mail,) = await api.all_pages("/sandbox/messages", channel="email", address="ann@example.com",
                                  contact=enrolment["contact"])  # fmt: skip
    path = f"/sandbox/messages/{mail['id']}"
    acts = [await api.post(f"{path}/acts", {"act": act, "url": "https://example.com"})
            for act in ("clicked", "clicked", "replied", "replied")]  # fmt: skip

    assert mail["content"]["text"] == "Look, Ann"
    assert (mail["node"], mail["journey"], mail["opened_at"]) == ("mail", journey, None)
    assert [one["recorded"] for one in acts] == [True, False, True, True]
    shown = await api.get(path)
    assert shown["clicked_at"] is not None
    assert shown["opened_at"] is not None
    assert await api.all_pages("/sandbox/messages", channel="sms") == []
    assert (await api.refused("GET", "/sandbox/messages/17"))["status"] == 404
    assert (await api.refused("POST", "/sandbox/messages/17/acts", json={"act": "opened"}))["status"] == 404
    assert (await api.refused("POST", f"{path}/acts", json={"act": "eaten"}))["status"] == 422


async def test_an_unknown_enrolment_is_not_found(api: Api) -> None:
    """404 for everything about an enrolment that is not there."""
    for method, path in (("GET", ""), ("GET", "/timeline"), ("POST", "/retry")):
        assert (await api.refused(method, f"/enrolments/17{path}"))["status"] == 404
