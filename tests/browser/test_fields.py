"""The fields of nodes: templates with their variables and preview, texts that are emptied, long lists, items of lists,
windows of time."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.held import Held
from tests.browser.keyboard import Keyboard
from tests.browser.office import Body, Office, eventually

CARD = "loyalty.write_card"
_ANY_ITEM: Body = {"op": "any_item", "field": "event.", "where": {"op": "is", "field": "item.", "value": ""}}


def _drawn(name: str, type_: str, config: Body) -> Body:
    return {"schema": 1, "name": name, "nodes": {
        "in": {"type": "campaign", "version": 1, "config": {}, "position": {"x": 0, "y": 0}},
        "node": {"type": type_, "version": 1, "name": "Looked at", "config": config, "position": {"x": 300, "y": 0}},
    }, "edges": {"e": {"from": "in", "port": "entered", "to": "node"}}}  # fmt: skip


def _config(designer: Designer) -> Body:
    config: Body = designer.saved()["nodes"]["node"]["config"]
    return config


def test_a_template_in_a_field_has_variables_and_a_preview(designer: Designer, office: Office) -> None:
    """In a package's node as in a built-in one: a variable is picked, what is wrong is marked, and the engine fills it in."""
    office.people({"ada": {"email": "ada@example.com", "first_name": "Ada"}})
    designer.open(office.draw(_drawn("A card", CARD, {"greeting": "Dear "})))
    designer.select("Looked at")
    beside = designer.page.get_by_label("Beside the drawing")

    beside.get_by_role("button", name="Insert a variable into Greeting").click()
    designer.page.get_by_role("menuitem", name=re.compile("^first name")).click()
    wanted = 'Dear {{ contact.first_name|default("") }}'
    eventually("the variable", lambda: _config(designer), lambda config: config.get("greeting") == wanted)

    beside.get_by_role("button", name="Preview of Greeting").click()
    filled = beside.get_by_role("group", name="Greeting, filled in")
    filled.get_by_label("first name").fill("Grace")
    expect(filled.get_by_text("Dear Grace", exact=True)).to_be_visible()

    designer.fill("Greeting", "Dear {{ contact.frist_name }}")
    expect(beside.get_by_text(re.compile("contact.first_name")).first).to_be_visible()
    expect(beside.locator(".cm-lintRange-error")).to_have_text("contact.frist_name")


def test_a_text_with_a_default_is_emptied(designer: Designer, office: Office) -> None:
    """The default is shown as a text; once emptied it stays empty, also after a reload."""
    designer.open(office.draw(_drawn("No name under it", CARD, {"greeting": "Dear you"})))
    designer.select("Looked at")

    expect(designer.field("Signature")).to_have_value("Your shop")
    designer.fill("Signature", "")

    eventually("the emptied text", lambda: _config(designer), lambda config: config.get("signature") == "")
    designer.reload()
    designer.select("Looked at")
    expect(designer.field("Signature")).to_have_value("")


def test_a_long_list_is_searched_and_says_how_much_more_there_is(designer: Designer, office: Office) -> None:
    """Of many segments the first are shown; one far down the alphabet is found by typing part of its name."""
    for number in range(120):
        office.call("POST", "/segments", {"name": f"List {number:03}", "contacts": []})
    designer.open(office.draw(_drawn("Of many lists", "in_segment", {})))
    designer.select("Looked at")

    designer.field("Segment").click()
    expect(designer.page.get_by_role("option", name=re.compile(r"^\d+ more: type part"))).to_be_visible()
    designer.fill("Segment", "list 11")
    expect(designer.page.get_by_role("option", name="List 110")).to_be_visible()
    expect(designer.page.get_by_role("option", name=re.compile("more: type part"))).to_have_count(0)
    designer.page.get_by_role("option", name="List 117").click()

    eventually("the choice", lambda: _config(designer), lambda config: config == {"segment": "List 117"})
    designer.reload()
    designer.select("Looked at")
    expect(designer.field("Segment")).to_have_value("List 117")


def test_the_items_of_a_list_are_asked_about_as_they_were_seen(designer: Designer, office: Office) -> None:
    """Of the products of an order, their fields and the values of these are suggested, and compared as what they hold."""
    products = [{"shelf": "robots", "weight": 2.5}, {"shelf": "dolls", "weight": 1}]
    for number in range(2):
        order = {
            "messageId": f"shelf-{number}",
            "event": "Order Completed",
            "userId": "mario",
            "properties": {"products": products},
        }
        office.call("POST", "/track", order)
    designer.open(
        office.draw(
            _drawn(
                "Of an order",
                "wait_for",
                {"events": [{"event": "Order Completed", "port": "bought", "where": _ANY_ITEM}]},
            )
        )
    )
    designer.select("Looked at")
    beside = designer.page.get_by_label("Beside the drawing")
    of_order = beside.get_by_label("Question 1: field").first
    of_order.fill("event.prod")
    designer.page.get_by_role("option", name="event.products", exact=True).click()

    item = beside.get_by_role("group", name="Question 1: what fits the item")
    item.get_by_label("Question 1: field").click()
    designer.page.get_by_role("option", name="item.shelf", exact=True).click()
    item.get_by_label("Question 1: value", exact=True).click()
    designer.page.get_by_role("option", name="dolls", exact=True).click()
    item.get_by_role("button", name="Add a condition").click()
    item.get_by_label("Question 2: field").fill("item.weight")
    item.get_by_label("Question 2: how it is compared").click()
    designer.page.get_by_role("option", name="is more than", exact=True).click()
    item.get_by_label("Question 2: value").fill("2")

    wanted = {"op": "any_item", "field": "event.products", "where": {"op": "all", "of": [
        {"op": "is", "field": "item.shelf", "value": "dolls"}, {"op": "more", "field": "item.weight", "value": 2},
    ]}}  # fmt: skip
    eventually(
        "the condition", lambda: _config(designer)["events"][0]["where"], lambda where: where == wanted
    )


def test_a_window_is_one_field_that_says_what_it_means(designer: Designer, office: Office) -> None:
    """Hours and days are filled in by keyboard, and a window over midnight says that it goes into the next day."""
    designer.open(office.draw(_drawn("By night", "wait_until", {})))
    designer.select("Looked at")
    window = designer.page.get_by_label("Beside the drawing").get_by_role("group", name="Time window")
    expect(window.get_by_text("No window: at any time.")).to_be_visible()

    designer.fill("From", "22:00")
    expect(window.get_by_text("Say when it closes, too.")).to_be_visible()
    designer.fill("To", "06:00")
    window.get_by_role("checkbox", name="Monday").press("Space")
    window.get_by_role("checkbox", name="Tuesday").press("Space")

    expect(window.get_by_text("Monday and Tuesday, 22:00 to 06:00, into the next day.")).to_be_visible()
    wanted = {"opens": "22:00", "closes": "06:00", "weekdays": [0, 1]}
    eventually("the window", lambda: _config(designer), lambda config: config == wanted)


def test_a_list_stays_open_where_it_is_when_the_checks_have_their_say(
    designer: Designer, office: Office
) -> None:
    """Words that come late above a field do not push it away, nor the list that is open at it."""
    document = _drawn("Waits for something", "wait_for", {"events": [{"event": "", "port": "came"}]})
    journey = office.draw(document | {"edges": {}})
    page = designer.page
    checks = Held(page)
    checks.hold("**/journeys/check")
    designer.open(journey)
    designer.select("Looked at")

    field = designer.field("Count from")
    field.click()
    option = page.get_by_role("option", name="The entry into the journey")
    expect(option).to_be_visible()
    before = designer.box(field)
    checks.let_go()

    expect(page.get_by_role("list", name="Problems of this node")).to_be_attached()
    expect(option).to_be_visible()
    assert abs(designer.box(field)["y"] - before["y"]) < 1
    option.click()
    eventually("the choice", lambda: _config(designer), lambda config: config.get("since") == "entry")


def test_enter_in_the_outline_leads_into_the_form_however_late_it_comes(
    designer: Designer, office: Office
) -> None:
    """The form is loaded when the first is opened: its first field has the focus as soon as it is there."""
    page = designer.page
    form = Held(page)
    form.hold("**/assets/Panel-*.js")
    designer.open(office.draw(_drawn("Read as a list", "wait_until", {})))
    page.get_by_text("Outline", exact=True).click()
    keys = Keyboard(designer)
    keys.walk_to("Looked at")
    keys.press("Enter")

    expect(page.get_by_role("button", name="Close the panel")).to_be_visible()
    expect(keys.row("Looked at")).to_be_focused()
    form.let_go()
    expect(designer.field("Name")).to_be_focused()
