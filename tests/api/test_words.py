"""Words to write with, over HTTP."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select

from api.house import House
from engine.store.tables import coupon, message
from tests.api.driver import Api

PROMOTION = {
    "name": "Spring",
    "discount_percent": 20,
    "coupon_valid_for": "7 days",
    "link": "https://x.example/s",
}


async def _seed(api: Api) -> str:
    made = await api.post(
        "/contacts",
        {"external_id": "mario", "email": "mario@x.example", "phone": "+393331234567", "first_name": "Mario",
         "attributes": {"city": "Rome", "age": 41, "vip": True, "birthday": "1984-03-05", "shop": {"size": "L"}}},
    )  # fmt: skip
    for number in range(3):
        viewed = {"product_id": "TOY-01" if number else "TOY-02", "price": 9.5}
        await api.post(
            "/track",
            {"messageId": f"m{number}", "event": "Product Viewed", "userId": "mario", "properties": viewed},
        )
    return str(made["id"])


async def test_what_was_seen_is_suggested_with_what_it_holds(api: Api) -> None:
    """Attributes and events come with their kinds and values, the most frequent first; known events come unseen too."""
    await _seed(api)

    words = await api.get("/vocabulary")

    attributes = {one["name"]: (one["kind"], one["samples"]) for one in words["attributes"]}
    assert attributes["city"] == ("text", ["Rome"])
    assert attributes["age"] == ("number", [41])
    assert attributes["vip"] == ("yes_no", [True])
    assert attributes["birthday"] == ("date", ["1984-03-05"])
    assert attributes["shop.size"] == ("text", ["L"])
    events = {one["name"]: one for one in words["events"]}
    viewed = {one["name"]: one["samples"] for one in events["Product Viewed"]["properties"]}
    assert (events["Product Viewed"]["seen"], viewed["product_id"]) == (3, ["TOY-01", "TOY-02"])
    assert events["message.opened"] == {"name": "message.opened", "seen": 0, "properties": []}
    variables = {one["name"]: one["sample"] for one in words["variables"]}
    wanted = ("contact.first_name", "contact.attributes.city", "contact.attributes.age")
    assert [variables[name] for name in wanted] == ["Mario", "Rome", "41"]


async def test_what_stands_in_lists_is_suggested_field_by_field(api: Api) -> None:
    """Of a list of objects the fields come with kinds and values, the most frequent first; nested ones by dots, and what
    holds no objects has none."""
    robot = {
        "category": "robots",
        "price": 49.5,
        "gift": True,
        "maker": {"name": "Nova"},
        "sizes": ["S"],
        "since": "2026-01-02",
    }
    doll = {"category": "dolls", "price": 20, "two words": 1, "note": None}
    for number, products in enumerate(([robot, doll], [robot], "none", [7, "x", [doll]])):
        order = {"products": products, "cart": {"lines": [{"sku": "A"}]}, "codes": ["x"], "empty": []}
        await api.post(
            "/track",
            {"messageId": f"o{number}", "event": "Order Completed", "userId": "mario", "properties": order},
        )
    await api.post(
        "/contacts",
        {"external_id": "ada", "attributes": {"pets": [{"kind": "cat"}, {"kind": "cat", "age": 3}]}},
    )

    words = await api.get("/vocabulary")

    (order,) = (one for one in words["events"] if one["name"] == "Order Completed")
    held = {one["name"]: (one["kind"], one["items"]) for one in order["properties"]}
    kind, items = held["products"]
    assert kind == "list"
    assert [(one["name"], one["kind"], one["samples"]) for one in items] == [
        ("category", "text", ["robots", "dolls"]),
        ("price", "number", [49.5, 20]),
        ("gift", "yes_no", [True]),
        ("maker.name", "text", ["Nova"]),
        ("since", "date", ["2026-01-02"]),
        ("sizes", "list", []),
    ]
    assert held["cart.lines"] == ("list", [{"name": "sku", "kind": "text", "samples": ["A"]}])
    assert (held["codes"], held["empty"]) == (("list", []), ("list", []))
    pets = {one["name"]: one["items"] for one in words["attributes"]}["pets"]
    assert [(one["name"], one["samples"]) for one in pets] == [("kind", ["cat"]), ("age", [3])]


async def test_long_lists_are_read_in_part(api: Api) -> None:
    """Of a list its first twenty items are looked at, of these the fifty fields that come most often: a list of thousands
    costs no more."""
    thousands = [{f"field{number % 70:02}": number, "sku": "A"} for number in range(5_000)]
    wide = [{f"field{number:02}": number for number in range(70)}]
    for number, products in enumerate((thousands, wide)):
        await api.post(
            "/track",
            {
                "messageId": f"l{number}",
                "event": "Stocked",
                "userId": "mario",
                "properties": {f"list{number}": products},
            },
        )

    words = await api.get("/vocabulary")

    (stocked,) = (one for one in words["events"] if one["name"] == "Stocked")
    long, broad = ([one["name"] for one in held["items"]] for held in stocked["properties"])
    assert long == ["sku", *(f"field{number:02}" for number in range(20))]
    assert broad == [f"field{number:02}" for number in range(50)]


async def test_every_variable_that_is_offered_may_be_written(api: Api) -> None:
    """A template made of each variable of the vocabulary has no fault."""
    await _seed(api)
    words = await api.get("/vocabulary")

    text = " ".join(f"{{{{ {one['name']}|default('') }}}}" for one in words["variables"])
    saved = await api.put("/templates/every", {"channel": "sms", "text": text})

    assert len(words["variables"]) > 15
    assert saved["faults"] == []


async def test_a_template_is_shown_as_it_would_arrive_and_nothing_is_stored(api: Api, house: House) -> None:
    """A stored contact's facts, a promotion and a sample code are filled in; no message and no coupon is made."""
    mario = await _seed(api)
    template = {
        "channel": "sms",
        "text": "{{ contact.first_name }}: {{ coupon.code }}, -{{ promotion.discount_percent }} % €",
    }

    shown = await api.post(
        "/templates/preview",
        {"template": template, "contact": mario, "promotion": PROMOTION, "promotion_name": "SPRING"},
    )

    assert shown["recipient"] == "+393331234567"
    assert shown["parts"]["text"] == "Mario: 0SAMPLE0C0DE00, -20 % €"
    assert shown["sms"] == {"alphabet": "gsm", "units": 31, "segments": 1, "left": 129, "strange": ""}
    with house.database.read() as connection:
        for table in (message, coupon):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


async def test_an_invented_contact_needs_no_row(api: Api) -> None:
    """A profile of columns and attributes is rendered as a stored contact would be; html is escaped."""
    template = {
        "channel": "email",
        "subject": "Hi {{ contact.attributes.city }}",
        "html": "<p>{{ contact.first_name }}</p>",
    }

    shown = await api.post(
        "/templates/preview",
        {"template": template, "profile": {"first_name": "<b>", "attributes": {"city": "Rome"}}},
    )

    assert shown["parts"] == {"subject": "Hi Rome", "html": "<p>&lt;b&gt;</p>"}
    assert (shown["recipient"], shown["sms"], shown["problems"]) == (None, None, [])


async def test_what_is_wrong_is_told_with_its_place(api: Api) -> None:
    """An unknown variable is placed by line and column; what one contact lacks is told to be about that contact."""
    template = {
        "channel": "email", "subject": "Hello\u0020{{ contact.first_name }}",
        "text": "one\ntwo {{ promotion.nmae }}", "html": "{% if %}",
    }  # fmt: skip

    shown = await api.post("/templates/preview", {"template": template})

    places: dict[str, Any] = {one["part"]: one for one in shown["problems"]}
    text = places["text"]
    assert (text["code"], text["line"], text["column"], text["length"]) == ("unknown_variable", 2, 8, 14)
    assert text["about"] == "template"
    assert "promotion.name" in text["fix"]
    assert places["html"]["code"] == "syntax"
    assert (places["subject"]["about"], places["subject"]["column"]) == ("contact", 10)
    assert shown["parts"] == {}


async def test_a_preview_shows_dates_in_the_journeys_zone(api: Api) -> None:
    """A contact without a zone reads a date as the journey's zone has it."""
    template = {"channel": "sms", "text": '{{ promotion.ends_at|date("%-d %B") }}'}
    body = {
        "template": template,
        "promotion": {**PROMOTION, "ends_at": "2025-03-31T23:30:00Z"},
        "timezone": "Europe/Rome",
    }

    shown = await api.post("/templates/preview", body)

    assert shown["parts"] == {"text": "1 April"}


async def test_a_preview_for_nobody_is_refused(api: Api) -> None:
    """404 for a contact that is not there."""
    refused = await api.refused(
        "POST", "/templates/preview", json={"template": {"channel": "sms", "text": "x"}, "contact": "1"}
    )

    assert refused["status"] == 404


async def test_a_field_is_shown_as_it_would_be_filled_in(api: Api) -> None:
    """A line is one line, JSON is filled in text by text so that it stays JSON, keys are left alone."""
    who = {"profile": {"first_name": 'Ma"rio\nB', "attributes": {"points": 4}}}
    body = '{"{{ key }}": ["{{ contact.first_name }}", 7],\n "n": "{{ contact.attributes.points + 1 }}"}'

    line = await api.post("/fields/preview", {"source": "x/{{ contact.first_name }}", "kind": "line", **who})
    filled = await api.post("/fields/preview", {"source": body, **who})

    assert line == {"text": 'x/Ma"rio B', "problems": []}
    assert json.loads(filled["text"]) == {"{{ key }}": ['Ma"rio\nB', 7], "n": "5"}


async def test_what_is_wrong_with_a_field_is_told_with_its_place(api: Api) -> None:
    """A place within JSON counts from the beginning of the field; what only messages know is unknown here."""
    body = '{"a": 1,\n "b": "to {{ contact.nmae }}", "c": "\\u0041 {{ coupon.code }}"}'

    shown = await api.post("/fields/preview", {"source": body})
    lacking = await api.post("/fields/preview", {"source": "Hi {{ contact.first_name }}"})

    assert shown["text"] is None
    assert [(one["code"], one["line"], one["column"], one["length"]) for one in shown["problems"]] == [
        ("unknown_variable", 2, 14, 12),
        ("unknown_variable", 2, 38, 24),
    ]
    assert [(one["about"], one["column"]) for one in lacking["problems"]] == [("contact", 7)]


async def test_choices_are_found_by_a_part_of_their_name_and_counted(api: Api) -> None:
    """The first that match come with how many match; a template's channel narrows; a named one is looked up besides."""
    for number in range(12):
        await api.post("/segments", {"name": f"Buyers {number:02}", "contacts": []})
    for name, channel in (("hello", "sms"), ("hello there", "push")):
        await api.put(f"/templates/{name}", {"channel": channel, "title": "x", "text": "x"})

    segments = await api.get("/choices/segment", search="BUYERS 0", limit=3, named="Buyers 11")
    templates = await api.get("/choices/template", channel="push", named="nobody")
    promotions = await api.get("/choices/promotion")

    assert [one["name"] for one in segments["items"]] == ["Buyers 00", "Buyers 01", "Buyers 02"]
    assert (segments["matching"], segments["known"]) == (10, True)
    assert templates == {"items": [{"name": "hello there", "channel": "push"}], "matching": 1, "known": False}
    assert promotions == {"items": [], "matching": 0, "known": None}
    assert (await api.refused("GET", "/choices/contact"))["status"] == 422
