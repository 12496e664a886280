"""`POST /v1/rehearsals`: one contact tries a journey; nothing is sent, nothing stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.house import House
from engine.store.database import Database
from engine.store.tables import METADATA
from tests.api.driver import Api

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
BEGAN = "2026-03-03T08:00:00Z"
MARIO = {
    "first_name": "Mario",
    "email": "mario@example.com",
    "phone": "+393200000001",
    "timezone": "Europe/Rome",
    "attributes": {"favourite": "robots"},
}
VISITS = {"do": "happen", "event": "landing.visited"}
TO_THE_VISIT = {"do": "pass", "until": "2026-03-03T12:01:00Z"}
FINISH = {"do": "finish"}


def example(name: str) -> dict[str, Any]:
    """The document of an example."""
    document: dict[str, Any] = json.loads((EXAMPLES / name / "journey.json").read_text())
    return document


async def rehearsed(api: Api, name: str, *acts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An example, rehearsed with Mario through these acts."""
    body = {"document": example(name), "invented": MARIO, "at": BEGAN, "acts": list(acts), **more}
    answer: dict[str, Any] = await api.post("/rehearsals", body)
    return answer


def path(answer: dict[str, Any]) -> list[str]:
    """The steps, as "03-03 12:01:00 visited.visited"."""
    return [
        f"{line['at'][5:10]} {line['at'][11:19]} {line['node']}.{line['port']}"
        for line in answer["story"]
        if line["kind"] == "step"
    ]


def messages(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages as they would arrive."""
    return [line["message"] for line in answer["story"] if line["kind"] == "message"]


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


async def test_mario_gets_a_coupon_two_days_after_his_visit(api: Api) -> None:
    """A visit at 12:01:00; 48 hours later, to the second, one code and one SMS that holds it."""
    waiting = await rehearsed(api, "mario", TO_THE_VISIT, VISITS)
    (there,) = waiting["standing"]
    before = await rehearsed(
        api, "mario", TO_THE_VISIT, VISITS, {"do": "pass", "until": "2026-03-05T12:00:59Z"}
    )
    after = await rehearsed(
        api, "mario", TO_THE_VISIT, VISITS, {"do": "pass", "until": "2026-03-05T12:01:00Z"}
    )

    assert (there["node"], there["wake_at"]) == ("two_days", "2026-03-05T12:01:00Z")
    assert waiting["next_at"] == "2026-03-05T12:01:00Z"
    assert [one["channel"] for one in messages(before)] == ["email"]
    email, sms = messages(after)
    assert email["content"]["subject"] == "10% off robots"
    assert (email["recipient"], sms["recipient"]) == ("mario@example.com", "+393200000001")
    (coupon,) = after["contact"]["coupons"]
    assert (coupon["promotion"], coupon["given_at"]) == ("SPECIAL-20", "2026-03-05T12:01:00Z")
    assert f"the code {coupon['code']}" in sms["content"]["text"]
    assert f"https://shop.example.com/products/TOY-01?coupon={coupon['code']}" in sms["content"]["text"]
    assert path(after) == [
        "03-03 08:00:00 start.entered",
        "03-03 08:00:00 email.sent",
        "03-03 12:01:00 visited.visited",
        "03-05 12:01:00 two_days.timeout",
        "03-05 12:01:00 bought.not_bought",
        "03-05 12:01:00 coupon.given",
        "03-05 12:01:00 sms.sent",
    ]


async def test_an_order_within_the_two_days_ends_the_journey(api: Api) -> None:
    """The goal hears of the order that the contact makes at a wait; no coupon, no SMS."""
    buys = {"do": "take", "node": "two_days", "port": "bought"}
    answer = await rehearsed(
        api, "mario", TO_THE_VISIT, VISITS, {"do": "pass", "duration": "1 day"}, buys, FINISH
    )

    assert answer["result"] == "converted"
    assert len(messages(answer)) == 1
    assert path(answer)[-3:] == [
        "03-04 12:01:00 order.reached",
        "03-04 12:01:00 in_time.bought",
        "03-04 12:01:00 converted.ended",
    ]


async def test_who_never_visits_is_told_goodbye_after_seven_days(api: Api) -> None:
    """An open is no visit; the end is `no visit`, seven days after the email."""
    opened = {"do": "happen", "event": "message.opened", "message_of": "email"}
    answer = await rehearsed(api, "mario", opened, FINISH)

    assert (answer["result"], answer["now"]) == ("no visit", "2026-03-10T08:00:00Z")
    assert [one["channel"] for one in messages(answer)] == ["email"]
    assert answer["contact"]["tags"] == ["ATTIVO"]


async def test_a_purchase_in_the_shop_does_not_stop_the_coupon(api: Api) -> None:
    """An order offline is heard, and is not what the journey asks for."""
    offline = {"do": "happen", "event": "Order Completed", "properties": {"channel": "offline"}}
    answer = await rehearsed(api, "mario", TO_THE_VISIT, VISITS, offline, {"do": "skip"})

    assert [one["channel"] for one in messages(answer)] == ["email", "sms"]


async def test_who_does_not_open_gets_the_code_after_two_days(api: Api) -> None:
    """Not opened, two days later a coupon by SMS; opened, the end."""
    began = await rehearsed(api, "coupon")
    silent = await rehearsed(api, "coupon", {"do": "skip"})
    opened = await rehearsed(api, "coupon", {"do": "take", "node": "opened", "port": "yes"})

    (there,) = began["standing"]
    assert [(way["port"], way["words"], way["at"]) for way in there["choices"]] == [
        ("yes", 'Opens "Send the offer"', None),
        ("no", "Nothing more happens: the time passes", "2026-03-05T08:00:00Z"),
    ]
    assert (silent["result"], [one["channel"] for one in messages(silent)]) == (
        "coupon sent",
        ["email", "sms"],
    )
    assert path(silent)[2:] == [
        "03-05 08:00:00 opened.no",
        "03-05 08:00:00 coupon.given",
        "03-05 08:00:00 sms.sent",
        "03-05 08:00:00 sent.ended",
    ]
    assert (opened["result"], len(messages(opened))) == ("opened", 1)
    words = [line["words"] for line in opened["story"] if line["kind"] == "event"]
    assert 'Opens "Send the offer"' in words


@pytest.mark.parametrize(
    ("change", "port", "note"),
    [
        ({"phone": None}, "unreachable", "Not sent: the contact has no phone number."),
        ({"consents": {"sms": "refused"}}, "refused", "Not sent: the contact wants no SMS."),
    ],
)
async def test_why_no_message_goes_out_is_said(
    api: Api, change: dict[str, Any], port: str, note: str
) -> None:
    """Without an address, or against the contact's word, the act leaves by its port and says why."""
    answer = await rehearsed(api, "coupon", {"do": "skip"}, invented={**MARIO, **change})

    assert "sms.sent" not in " ".join(path(answer))
    assert answer["result"] == port
    assert (port, note) in [
        (line["note"], line["words"]) for line in answer["story"] if line["kind"] == "note"
    ]


async def test_a_promotion_that_has_ended_gives_no_code(api: Api) -> None:
    """A coupon after the end of its promotion is `expired`, as in earnest."""
    document = example("coupon")
    document["promotions"]["SPECIAL-20"]["ends_at"] = "2026-03-04T00:00:00Z"
    answer = await rehearsed(api, "coupon", {"do": "skip"}, document=document)

    assert (answer["result"], answer["contact"]["coupons"]) == ("expired", [])


async def test_who_unsubscribes_gets_no_more_of_that_channel(api: Api) -> None:
    """An unsubscription is the contact's word from then on."""
    document = example("coupon")
    document["nodes"]["again"] = {"type": "send_email", "config": {"template": "offer"}}
    document["edges"]["e5"]["to"] = "again"
    document["edges"]["e7"] = {"from": "again", "port": "sent", "to": "sms"}
    document["templates"]["code"]["text"] = "Bye"
    leaves = {"do": "happen", "event": "message.unsubscribed", "message_of": "email"}
    answer = await rehearsed(api, "coupon", leaves, {"do": "skip"}, document=document)

    assert answer["contact"]["consents"]["email"] == "refused"
    assert answer["result"] == "refused"


async def test_a_real_contact_is_read_and_asked(api: Api) -> None:
    """A split asks what is known of a real contact: its tags and what it did before; a person may answer otherwise."""
    contact = await api.post(
        "/contacts", {"external_id": "anna", "email": "anna@example.com", "first_name": "Anna"}
    )
    await api.put(f"/contacts/{contact['id']}/tags/VIP", None)
    document = {
        "schema": 1,
        "name": "VIP?",
        "nodes": {
            "in": {"type": "campaign"},
            "vip": {"type": "has_tag", "config": {"tag": "VIP"}},
            "mark": {"type": "add_tag", "config": {"tag": "GREETED"}},
            "known": {
                "type": "update_contact",
                "config": {"set": {"greeting": "Ciao {{ contact.first_name }}"}},
            },
            "out": {"type": "exit", "config": {"result": "vip"}},
            "no": {"type": "exit", "config": {"result": "other"}},
        },
        "edges": {
            "a": {"from": "in", "port": "entered", "to": "vip"},
            "b": {"from": "vip", "port": "yes", "to": "mark"},
            "c": {"from": "vip", "port": "no", "to": "no"},
            "d": {"from": "mark", "port": "done", "to": "known"},
            "e": {"from": "known", "port": "done", "to": "out"},
        },
    }
    asked = {"document": document, "contact": contact["id"], "at": "2099-01-01T00:00:00Z"}
    known = await api.post("/rehearsals", asked)
    otherwise = await api.post("/rehearsals", {**asked, "choices": {"vip": "no"}})
    after = await api.get(f"/contacts/{contact['id']}")

    assert (known["result"], known["contact"]["tags"]) == ("vip", ["GREETED", "VIP"])
    assert known["contact"]["attributes"] == {"greeting": "Ciao Anna"}
    assert (otherwise["result"], otherwise["contact"]["tags"]) == ("other", ["VIP"])
    assert ([tag["name"] for tag in after["tags"]], after["attributes"]) == (["VIP"], {})


async def test_nothing_is_stored_and_nothing_sent(api: Api, database: Database, house: House) -> None:
    """Every row of every table is the same after rehearsals, forecasts and refusals as before."""
    contact = await api.post("/contacts", {**MARIO, "external_id": "mario"})
    journey = await api.post("/journeys", {"document": example("mario")})
    before = everything(database)

    await rehearsed(api, "mario", TO_THE_VISIT, VISITS, FINISH)
    await api.post("/rehearsals", {"journey": journey["id"], "contact": contact["id"], "acts": [FINISH]})
    await api.post("/rehearsals/forecast", {"journey": journey["id"], "contacts": 200})
    await api.refused("POST", "/rehearsals", json={"document": {"schema": 1, "name": "Empty", "nodes": {}}})

    assert everything(database) == before


async def test_the_same_request_gives_the_same_answer(api: Api) -> None:
    """Codes, splits and times depend on what was asked alone."""
    acts = [TO_THE_VISIT, VISITS, FINISH]

    assert await rehearsed(api, "mario", *acts) == await rehearsed(api, "mario", *acts)


async def test_a_random_split_is_sticky_to_the_contact(api: Api) -> None:
    """The arm goes by who it is: one number always takes the same, and others take others."""
    document = {
        "schema": 1,
        "name": "Draw",
        "nodes": {
            "in": {"type": "campaign"},
            "draw": {
                "type": "random_split",
                "config": {"arms": [{"port": "a", "weight": 1}, {"port": "b", "weight": 1}]},
            },
        },
        "edges": {"e": {"from": "in", "port": "entered", "to": "draw"}},
    }
    document["nodes"] |= {one: {"type": "exit", "config": {"result": one}} for one in "ab"}  # type: ignore[operator]
    document["edges"] |= {one: {"from": "draw", "port": one, "to": one} for one in "ab"}  # type: ignore[operator]

    async def arm(number: int) -> str:
        answer = await rehearsed(api, "mario", document=document, invented={"number": number})
        return str(answer["result"])

    arms = [await arm(number) for number in range(1, 11)]
    assert set(arms) == {"a", "b"}
    assert arms == [await arm(number) for number in range(1, 11)]


async def test_an_act_that_no_longer_fits_is_named(api: Api) -> None:
    """The script is played up to it; what stands behind it is left out."""
    answer = await rehearsed(api, "coupon", {"do": "take", "node": "gone", "port": "yes"}, FINISH)

    assert answer["misfit"]["act"] == 0
    assert answer["misfit"]["detail"].startswith('The contact does not stand at "gone" now.')
    assert answer["standing"][0]["node"] == "opened"


async def test_a_template_without_a_value_stops_the_contact(api: Api) -> None:
    """As in earnest it is parked, and the words name the variable; a value and a second try let it go on."""
    document = example("coupon")
    document["templates"]["offer"]["subject"] = "For {{ contact.attributes.city }}"
    answer = await rehearsed(api, "coupon", document=document)

    (there,) = answer["standing"]
    assert there["place"] == "parked"
    assert "contact.attributes.city" in there["words"]


async def test_what_an_act_writes_is_told_as_it_would_be_written(api: Api) -> None:
    """A number stays one, empty takes a value away, and conditions behind it see that."""
    asked = {"op": "is", "field": "contact.attributes.n", "value": 4}
    document = {
        "schema": 1,
        "name": "Write",
        "nodes": {
            "in": {"type": "campaign"},
            "write": {
                "type": "update_contact",
                "config": {
                    "set": {"n": "{{ contact.attributes.n + 1 }}", "first_name": "", "favourite": None}
                },
            },
            "four": {"type": "condition", "config": {"condition": asked}},
            "yes": {"type": "exit", "config": {"result": "four"}},
            "no": {"type": "exit", "config": {"result": "other"}},
        },
        "edges": {
            "a": {"from": "in", "port": "entered", "to": "write"},
            "b": {"from": "write", "port": "done", "to": "four"},
            "c": {"from": "four", "port": "yes", "to": "yes"},
            "d": {"from": "four", "port": "no", "to": "no"},
        },
    }
    someone = {**MARIO, "attributes": {"favourite": "robots", "n": 3}}

    answer = await api.post("/rehearsals", {"document": document, "invented": someone, "at": BEGAN})

    notes = [line["words"] for line in answer["story"] if line["kind"] == "note"]
    assert notes == ["n is 4 now.", "first_name is taken away.", "favourite is taken away."]
    assert answer["result"] == "four"


async def test_a_message_shows_dates_in_the_journeys_zone(api: Api) -> None:
    """A contact without a zone of their own reads a date as the journey's zone has it."""
    document = example("welcome")
    document["settings"] = {**document.get("settings", {}), "timezone": "Europe/Rome"}
    shown = "{{ '2025-03-31T23:30:00Z'|date('%-d %B') }}"
    for template in document["templates"].values():
        template |= {part: shown for part in ("subject", "text", "title") if part in template}
    someone = {key: value for key, value in MARIO.items() if key != "timezone"}

    answer = await api.post("/rehearsals", {"document": document, "invented": someone, "at": BEGAN})

    assert {message["content"]["text"] for message in messages(answer)} == {"1 April"}


async def test_a_document_with_errors_answers_with_its_diagnostics(api: Api) -> None:
    """What keeps it from being published keeps it from being tried: node and field are named."""
    document = example("coupon")
    document["nodes"]["email"]["config"]["template"] = "nowhere"
    problem = await api.refused("POST", "/rehearsals", json={"document": document, "invented": MARIO})

    assert problem["status"] == 422
    assert ("email", "template") in [
        (one["node"], one["field"].strip("/").split("/")[-1]) for one in problem["diagnostics"]
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "Nothing is named"),
        ({"document": "mario", "acts": [{"do": "pass"}]}, "does not say how much"),
        ({"document": "mario", "acts": [{"do": "pass", "duration": "soon"}]}, "soon"),
        ({"document": "mario", "acts": [{"do": "pass", "until": "2099-01-01T00:00:00Z"}]}, "ten years"),
        ({"document": "mario", "acts": [{"do": "skip"}] * 201}, "acts"),
        ({"document": "mario", "trigger": "nowhere"}, "Name one of: start"),
        ({"document": "mario", "invented": {"phone": "12"}}, "no phone number"),
        ({"document": "mario", "contact": "1"}, "no contact 1"),
        ({"journey": "1"}, "no journey"),
    ],
)
async def test_what_cannot_be_rehearsed_is_refused_with_the_next_step(
    api: Api, body: dict[str, Any], says: str
) -> None:
    """Every refusal is a 4xx that says what is wrong."""
    if body.get("document") == "mario":
        body = {**body, "document": example("mario")}
    problem = await api.refused("POST", "/rehearsals", json=body)

    assert problem["status"] in (404, 422)
    assert says in json.dumps(problem)


async def test_a_loop_without_end_is_bounded(api: Api) -> None:
    """A loop that rests a minute a round is followed for so many steps, and then refused."""
    document = {
        "schema": 1,
        "name": "Round",
        "nodes": {"in": {"type": "campaign"}, "rest": {"type": "delay", "config": {"for": "1 minute"}}},
        "edges": {
            "a": {"from": "in", "port": "entered", "to": "rest"},
            "b": {"from": "rest", "port": "done", "to": "rest"},
        },
    }
    problem = await api.refused(
        "POST", "/rehearsals", json={"document": document, "acts": [{"do": "pass", "duration": "300 days"}]}
    )

    assert problem["status"] == 422


async def test_a_forecast_counts_every_way(api: Api) -> None:
    """What enters a node leaves it or rests there; chances decide; the same request gives the same numbers."""
    body = {
        "document": example("coupon"),
        "contacts": 3_000,
        "chances": {"opened": {"yes": 0.25}, "sms": {"unreachable": 0.1}},
    }
    found = await api.post("/rehearsals/forecast", body)
    left = {(one["node"], one["port"]): one["count"] for one in found["edges"]}

    assert found["entered"] == left["start", "entered"] == left["email", "sent"] == 3_000
    assert left["opened", "yes"] + left["opened", "no"] == 3_000
    assert 650 < left["opened", "yes"] < 850
    assert 150 < left["sms", "unreachable"] < 300
    assert sum(one["count"] for one in found["results"]) == 3_000
    chances = {
        one["node"]: {port["port"]: port["chance"] for port in one["ports"]} for one in found["chances"]
    }
    assert chances["opened"] == {"yes": 0.25, "no": 0.75}
    assert await api.post("/rehearsals/forecast", body) == found


@pytest.mark.parametrize("path", ["/rehearsals", "/rehearsals/forecast"])
async def test_what_is_tried_has_time_to_go_on(api: Api, path: str) -> None:
    """At the end of the calendar no rest could end in a year that can be said; a thousand years before, all do."""
    for at, status in (
        ("9999-12-31T23:59:59Z", 422), ("9000-01-01T00:00:00Z", 422), ("8999-12-31T23:59:59Z", 200),
        ("0001-01-01T00:00:00Z", 200),
    ):  # fmt: skip
        answer = await api.client.post(f"/v1{path}", json={"document": example("mario"), "at": at})
        assert answer.status_code == status, (at, answer.text)
