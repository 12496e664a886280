"""The built-in acts on the store, and nodes for one contact: drawn, published, and run by the engine's own leg."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.enrolment.publishing import publish_document
from engine.enrolment.runtime import Published
from engine.store.database import Database
from engine.store.tables import contact, coupon, event, identity, message, sandbox_message, step, tag
from nodes.registry import load_registry, publish_catalog
from nodes.sdk import Context, NodeType, Result, node
from nodes.sdk.runtime import Behaviours
from nodes.sdk.service import Killed, Replies, Service
from tests.store.world import DAY, HOUR, MINUTE, World

URL = "https://hooks.example/in"
HOOK = {"url": URL, "save": {"id": "id"}}


def journey(*acts: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A flowchart: whoever is sent in passes the acts, named a1, a2, ..., and ends with "done"."""
    nodes: dict[str, Any] = {"start": {"type": "api_call"}}
    edges = {}
    last, port = "start", "entered"
    for number, (key, config) in enumerate(acts, 1):
        nodes[f"a{number}"] = {"type": key, "config": config}
        edges[f"e{number}"] = {"from": last, "port": port, "to": f"a{number}"}
        manifest = next(kind.manifest for kind in load_registry([]).nodes() if kind.key == key)
        last, port = f"a{number}", manifest.ports[0].key
    nodes["end"] = {"type": "exit", "config": {"result": "done"}}
    edges["end"] = {"from": last, "port": port, "to": "end"}
    return {"schema": 1, "name": "Acts", "nodes": nodes, "edges": edges, **more}


class Acting:
    """A world whose acts are the real nodes, and whose network is one service."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.database.write() as connection:
            publish_catalog(connection, load_registry([]).manifests(), world.now)
        self.serve([{}])

    def serve(self, replies: Replies, *more: NodeType) -> Service:
        """The service answers like this from now on; `more` are further nodes that there are."""
        service = Service(replies)
        kinds = [*load_registry([]).nodes(), *more]
        self.world.runtime.behaviours = Behaviours(kinds, service.client, {"WEND_SECRET_HOOK": "s3cret"})
        return service

    def publish(self, document: dict[str, Any]) -> Published:
        """Publish a document."""
        return publish_document(self.world.database, document, now=self.world.now, who="test")

    def run(self, document: dict[str, Any], names: str = "anna") -> list[int]:
        """Publish, let these contacts in, and let them move. Gives their strands."""
        published = self.publish(document)
        strands = self.world.enter(published, self.world.contacts(names.split()))
        self.world.travel()
        return list(strands)

    def ports(self, strand: int) -> list[str]:
        """The steps of a strand."""
        return self.world.path(strand)


@pytest.fixture
def acting(world: World) -> Acting:
    """A world with the real nodes, on each of the two databases."""
    return Acting(world)


def test_a_tag_is_stored_without_the_spaces_around_it(acting: Acting) -> None:
    """As the API, rules and segments write it, so that all of them mean one tag."""
    document = journey(("add_tag", {"tag": " VIP "}), ("has_tag", {"tag": "VIP "}))
    document["edges"]["no"] = {"from": "a2", "port": "no", "to": "end"}

    acting.run(document)

    assert [row.name for row in acting.world.rows(tag)] == ["VIP"]
    assert [row.port for row in acting.world.rows(step, step.c.node == "a2")] == ["yes"]


def test_a_tag_is_put_on_and_taken_off_once(acting: Acting) -> None:
    """Tagging tells of it once, however often it is done; removing tells of that."""
    strands = acting.run(
        journey(("add_tag", {"tag": "VIP"}), ("add_tag", {"tag": "VIP"}), ("remove_tag", {"tag": "VIP"})),
        "anna bea",
    )
    news = [row.name for row in acting.world.rows(event, event.c.name.like("tag.%"))]

    assert acting.ports(strands[0])[1:-1] == ["a1.done", "a2.done", "a3.done"]
    assert acting.world.rows(tag) == []
    assert sorted(news) == ["tag.added", "tag.added", "tag.removed", "tag.removed"]


def test_values_are_written_into_the_profile(acting: Acting) -> None:
    """Texts are templates, other values are written as they stand, null takes an attribute away."""
    acting.run(
        journey(
            ("update_contact", {"set": {"shoe": 38, "old": True}}),
            (
                "update_contact",
                {"set": {"greeting": "Hello {{ contact.first_name }}", "old": None, "locale": "it"}},
            ),
        ),
        "anna bea",
    )
    rows = acting.world.rows(contact)

    assert [row.attributes for row in rows] == [
        {"shoe": 38, "greeting": f"Hello {name}"} for name in ("anna", "bea")
    ]
    assert {row.locale for row in rows} == {"it"}


def test_empty_takes_a_value_away(acting: Acting) -> None:
    """An empty text, a template that gives one, and null clear attributes and columns; the external id stays."""
    full = {
        "city": "Rome",
        "size": "L",
        "email": "anna@x.example",
        "first_name": "Anna",
        "timezone": "Europe/Rome",
    }
    empty = {
        "city": "",
        "size": "{{ event.size|default('') }}",
        "email": "",
        "phone": "",
        "first_name": None,
        "timezone": " ",
    }
    acting.run(
        journey(("update_contact", {"set": full}), ("update_contact", {"set": {**empty, "external_id": ""}}))
    )
    (row,) = acting.world.rows(contact)

    assert (row.email, row.first_name, row.timezone, row.external_id) == (None, None, None, "anna")
    assert row.attributes == {}
    assert {(name.kind, name.value) for name in acting.world.rows(identity)} == {("external_id", "anna")}


def test_a_number_that_is_written_stays_one(acting: Acting) -> None:
    """One expression alone gives what it is, so that conditions on numbers go on to hold; texts stay texts."""
    written = {
        "n": "{{ contact.attributes.n + 1 }}",
        "half": " {{ contact.attributes.n / 2 }} ",
        "vip": "{{ contact.attributes.n > 2 }}",
        "zip": "{{ contact.attributes.zip }}",
        "words": "{{ contact.attributes.n }} visits",
        "fixed": "7",
        "phone": "{{ contact.attributes.number }}",
    }
    acting.run(
        journey(
            ("update_contact", {"set": {"n": 3, "zip": "00184", "number": "+39 320 000 0001"}}),
            ("update_contact", {"set": written}),
        )
    )
    (row,) = acting.world.rows(contact)

    assert row.attributes == {
        "n": 4, "half": 1.5, "vip": True, "zip": "00184", "words": "3 visits", "fixed": "7",
        "number": "+39 320 000 0001",
    }  # fmt: skip
    assert (type(row.attributes["n"]), row.phone) == (int, "+393200000001")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (
            {"city": "{{ contact.attributes.nothing }}"},
            "template:missing_variable: Line 1: There is no value for contact.attributes.nothing. "
            'Give it a fallback: {{ contact.attributes.nothing|default("...") }}.',
        ),
        ({"email": "no"}, "contact_value:email"),
    ],
)
def test_a_value_that_cannot_be_written_parks(acting: Acting, value: dict[str, Any], code: str) -> None:
    """A missing variable or an impossible address parks the contact, and the code says nothing of the value."""
    (strand,) = acting.run(journey(("update_contact", {"set": value})))

    assert (acting.world.row(strand).place, acting.world.row(strand).reason) == ("parked", code)


PROMOTION = {"SPRING": {"name": "Spring", "discount_percent": 20, "coupon_valid_for": "2 days"}}
SMS = {"code": {"channel": "sms", "text": "Your code: {{ coupon.code }}"}}


def test_a_coupon_is_given_once_and_can_be_sent(acting: Acting) -> None:
    """One code an enrolment and promotion; the message after it shows the code."""
    coupons = [("give_coupon", {"promotion": "SPRING"})] * 2
    acting.run(
        journey(*coupons, ("send_sms", {"template": "code"}), promotions=PROMOTION, templates=SMS), "anna bea"
    )
    codes = acting.world.rows(coupon)

    assert len({row.code for row in codes}) == 2
    assert {row.expires_at for row in codes} == {acting.world.now + 2 * DAY}
    assert {row.state for row in acting.world.rows(message)} == {"accepted"}


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_of_two_coupons_the_later_given_one_is_sent(acting: Acting, order: tuple[str, str]) -> None:
    """Two codes of one leg have one instant: the latest is that of the node passed later, for everybody."""
    offers = {name: {"name": name, "discount_percent": 10} for name in ("first", "second")}
    text = {"channel": "sms", "text": "{{ coupon.promotion }}"}
    acts = [("give_coupon", {"promotion": name}) for name in order]
    names = " ".join(f"c{number}" for number in range(12))
    acting.run(
        journey(*acts, ("send_sms", {"template": "t"}), templates={"t": text}, promotions=offers), names
    )

    sent = [row.content["text"] for row in acting.world.rows(sandbox_message)]
    assert sent == [order[1]] * 12


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_dates_are_shown_in_the_contacts_zone_else_the_journeys(acting: Acting, zone: str | None) -> None:
    """A contact without a zone reads a date in the journey's, in messages and in the texts of nodes alike."""
    end = "2025-03-31T23:30:00Z"
    offers = {"spring": {"name": "Spring", "discount_percent": 10, "ends_at": end}}
    text = {"channel": "sms", "text": '{{ promotion.ends_at|date("%-d %B") }}'}
    noted = {"ends": f"{{{{ '{end}'|date('%-d %B') }}}}", **({"timezone": zone} if zone else {})}
    acting.run(
        journey(
            ("update_contact", {"set": noted}),
            ("update_contact", {"set": noted}),
            ("send_sms", {"template": "t", "promotion": "spring"}),
            templates={"t": text},
            promotions=offers,
            settings={"timezone": "Europe/Rome"},
        )
    )

    day = "31 March" if zone else "1 April"
    assert [row.content["text"] for row in acting.world.rows(sandbox_message)] == [day]
    assert [row.attributes["ends"] for row in acting.world.rows(contact)] == [day]


def test_an_offer_that_has_ended_goes_another_way(acting: Acting) -> None:
    """After the end of the promotion no code is given and nothing is sent."""
    ended = {"SPRING": {"name": "Spring", "discount_percent": 20, "ends_at": "2025-03-03T10:00:00Z"}}
    document = journey(
        ("delay", {"for": "2 hours"}),
        ("give_coupon", {"promotion": "SPRING"}),
        promotions=ended,
    )
    (strand,) = acting.run(document)
    acting.world.travel(acting.world.now + 3 * HOUR)

    assert acting.world.row(strand).result == "expired"
    assert acting.world.rows(coupon) == []


def test_messages_leave_through_the_ledger(acting: Acting) -> None:
    """The send nodes reach everybody on their channel; who has no address leaves by a way of their own."""
    words = {
        "mail": {"channel": "email", "subject": "Hi", "text": "Hi {{ contact.first_name }}"},
        "app": {"channel": "push", "title": "Hi", "text": "Hi"},
    }
    (strand,) = acting.run(
        journey(("send_email", {"template": "mail"}), ("send_push", {"template": "app"}), templates=words)
    )

    assert acting.ports(strand)[1:] == ["a1.sent", "a2.unreachable"]
    assert acting.world.row(strand).result == "unreachable"
    assert [(row.channel, row.state) for row in acting.world.rows(message)] == [("email", "accepted")]


# ------------------------------------------------------------------------------------------------ webhooks


def test_a_webhook_is_called_once_for_each_visit(acting: Acting) -> None:
    """Each contact's call has its own key, is signed, is settled in the ledger, and its values are kept."""
    service = acting.serve([{"json": {"id": 7}}])
    strands = acting.run(journey(("webhook", {**HOOK, "secret": "hook"})), "anna bea")
    rows = acting.world.rows(message)
    outputs = [row.output for row in acting.world.rows(step, step.c.node == "a1")]

    assert {request.ref for request in service.requests} == {f"{strand}/a1/2" for strand in strands}
    assert all("wend-signature" in request.headers for request in service.requests)
    assert {(row.send_key, row.state, row.reason) for row in rows} == {
        (f"{strand}/a1/2", "accepted", "ok") for strand in strands
    }
    assert outputs == [{"status": 200, "id": 7}] * 2


def test_a_webhook_that_is_not_reached_is_tried_again(acting: Acting) -> None:
    """A refused connection rests a minute, and then calls under the same key."""
    service = acting.serve(["refused", {"status": 201}])
    (strand,) = acting.run(journey(("webhook", HOOK)))

    assert acting.world.row(strand).place == "resting"
    acting.world.travel(acting.world.now + 2 * MINUTE)

    assert acting.world.row(strand).result == "done"
    assert [request.ref for request in service.requests] == [f"{strand}/a1/2"]


def test_a_webhook_of_unknown_outcome_is_parked_and_never_repeated(acting: Acting) -> None:
    """Where the answer is lost, a person decides; nothing is sent again, however long it takes."""
    service = acting.serve(["lost"])
    (strand,) = acting.run(journey(("webhook", HOOK)))
    acting.world.travel(acting.world.now + 2 * DAY)

    assert (acting.world.row(strand).reason or "").startswith("unknown: a request had left")
    assert [row.state for row in acting.world.rows(message)] == ["unknown"]
    assert len(service.requests) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_dies_in_a_webhook_does_not_call_again(acting: Acting, moment: Any) -> None:
    """The claim is committed before the call: the next attempt of the leg waits, and then asks a person."""
    service = acting.serve([{}])
    service.begin((0, moment))
    with pytest.raises(Killed):
        acting.run(journey(("webhook", HOOK)))
    calls = len(service.requests)
    acting.serve([{}])
    acting.world.travel(acting.world.now + DAY)
    (row,) = acting.world.rows(message)

    assert calls == (1 if moment == "after" else 0)
    assert row.state == "unknown"
    assert acting.world.row(row.strand).reason == "unknown"


def test_with_reconcile_a_dead_worker_loses_nothing(acting: Acting, world: World) -> None:
    """A node that can look up what happened goes on by itself after a death, and has acted once."""
    card = _card()
    with world.database.write() as connection:
        publish_catalog(connection, [card.manifest], world.now)
    service = acting.serve(_service(), card)
    service.begin((0, "after"))
    document = journey()
    document["nodes"]["a1"] = {"type": "acme.card"}
    document["edges"] = {
        "1": {"from": "start", "port": "entered", "to": "a1"},
        "2": {"from": "a1", "port": "sent", "to": "end"},
    }
    with pytest.raises(Killed):
        acting.run(document)
    service.begin()
    world.travel(world.now + HOUR)
    (row,) = world.rows(message)

    assert (row.state, row.reason) == ("accepted", "sent")
    assert world.row(row.strand).result == "done"
    assert len(service.effects) == 1
    assert [row.output for row in world.rows(step, step.c.node == "a1")] == [{"id": "c1"}]


def _service() -> Callable[[Any], Any]:
    def service(request: Any) -> Any:
        if request.method == "GET":
            return {"json": {"found": [earlier.ref for earlier in request.earlier]}}
        return {"json": {"id": "c1"}}

    return service


def _card() -> NodeType:
    @node("acme.card", ports={"sent": "Sent"}, effect="once")
    async def card(ctx: Context) -> Result:
        """Send a card."""
        reply = await ctx.http.post(URL, json={})
        return Result("sent", {"id": reply.json()["id"]})

    @card.reconcile
    async def _(ctx: Context, cfg: Any) -> Result | None:
        reply = await ctx.http.get(URL)
        return Result("sent", {"id": "c1"}) if ctx.key in reply.json()["found"] else None

    return card


def test_the_database_is_the_same_for_all(acting: Acting, database: Database) -> None:
    """Nobody is lost: whoever came in stands in exactly one place."""
    acting.serve([{}, "lost", {"status": 404}, "refused"])
    acting.run(journey(("webhook", HOOK)), " ".join(f"c{n}" for n in range(20)))

    assert sum(acting.world.places().values()) == 20


# ------------------------------------------------------------------------------------------------ bought?


def bought_journey(within: str | None) -> dict[str, Any]:
    """Who waited an hour is asked whether they bought since their entry."""
    config = {"channel": "any", "since": "entry", "within": within}
    document = journey(("delay", {"for": "1 hour"}), ("bought", config))
    document["edges"]["no"] = {"from": "a2", "port": "not_bought", "to": "out"}
    document["nodes"]["out"] = {"type": "exit", "config": {"result": "nothing"}}
    return document


@pytest.mark.parametrize("within", [None, "1 day"])
@pytest.mark.parametrize("orders", [("o1",), ("o1", "o2")])
def test_an_order_that_was_cancelled_is_not_bought(
    acting: Acting, within: str | None, orders: tuple[str, ...]
) -> None:
    """At once or within a time, an order counts that is paid and, when somebody looks, not cancelled."""
    world = acting.world
    published = acting.publish(bought_journey(within))
    (anna,) = world.contacts(["anna"])
    (strand,) = world.enter(published, [anna])
    world.travel()
    world.now += MINUTE
    for number in orders:
        world.event("Order Completed", anna, message_id=number, properties={"order_id": number})
    world.event("Order Cancelled", anna, message_id="c", properties={"order_id": "o1"})
    world.travel(world.now + 3 * DAY)

    assert world.row(strand).result == ("done" if len(orders) > 1 else "nothing")


def test_an_order_whose_cancelling_came_first_ends_no_wait(acting: Acting) -> None:
    """While somebody waits, too: an order ends the wait, but one whose cancelling is known already does not."""
    world = acting.world
    published = acting.publish(bought_journey("1 day"))
    anna, bea = world.contacts(["anna", "bea"])
    first, second = world.enter(published, [anna, bea])
    world.travel()
    world.travel(world.now + 2 * HOUR)
    for who, number, cancelled in ((anna, "o1", True), (bea, "o2", False)):
        if cancelled:
            world.event("Order Cancelled", who, message_id=f"c{number}", properties={"order_id": number})
        world.event("Order Completed", who, message_id=number, properties={"order_id": number})

    assert (world.row(first).place, world.row(second).result) == ("resting", "done")
    world.travel(world.now + 2 * DAY)
    assert world.row(first).result == "nothing"
    assert world.violations() == []
