"""A start at a later time and on a schedule; pausing, resuming and stopping a journey, and its kill switch."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, eventually
from tests.browser.parking import TELLING, meet

# In a day of twelve seconds: six minutes, in which the slowest machine has looked at all that is planned; then one second.
_LATER_HOURS = 30 * 24
_SOON_HOURS = 2
_LOCAL = """(moment) => {
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}"""
_ASKED: Body = {
    "events": [{"event": "Shop Visited", "port": "visited", "label": "visited"}], "within": "300 days",
}  # fmt: skip
WAITING: Body = TELLING | {
    "nodes": {
        **TELLING["nodes"],
        "wait": {"type": "wait_for", "name": "Visited?", "config": _ASKED, "position": {"x": 120, "y": 120}},
        "never": {
            "type": "exit", "name": "Never", "config": {"result": "never"}, "position": {"x": 240, "y": 240},
        },
    },
    "edges": {
        "e1": {"from": "start", "port": "entered", "to": "wait"},
        "e2": {"from": "wait", "port": "visited", "to": "push"},
        "e3": {"from": "wait", "port": "timeout", "to": "never"},
        "e4": {"from": "push", "port": "sent", "to": "out"},
    },
}  # fmt: skip
"""A journey in which each is told once they have visited the shop."""


def test_a_start_at_a_later_time_waits_for_it(designer: Designer, office: Office) -> None:
    """The form asks for business time; until then it is shown as planned and nobody enters. Its time is changed to a near
    one, and then everybody does."""
    name = "Started later"
    meet(office, name, ["Olga", "Pia"])
    page = designer.open(office.publish(TELLING | {"name": name}), "watch").page
    dialog = _start(page, name)
    dialog.get_by_role("radio", name="At a time").click()
    dialog.get_by_label("Business time").fill(page.evaluate(_LOCAL, _in(page, office, _LATER_HOURS)))
    expect(dialog.get_by_role("status", name="What would happen")).to_contain_text("2 contacts would enter")
    dialog.get_by_role("button", name="Plan it").click()
    expect(dialog).to_have_count(0)

    running = page.get_by_role("group", name="Campaigns under way")
    expect(running).to_contain_text("planned")
    expect(running).to_contain_text("Starts ")
    assert office.numbers(designer.journey)["entered"] == 0

    page.goto("#/campaigns")
    page.get_by_role("row", name=re.compile(name)).get_by_role("button", name="Change the time").click()
    dialog = page.get_by_role("dialog", name="Change the time")
    soon = _in(page, office, _SOON_HOURS)
    dialog.get_by_label("Business time").fill(page.evaluate(_LOCAL, soon))
    dialog.get_by_role("button", name="Change it").click()
    expect(dialog).to_have_count(0)
    numbers = eventually("the end", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == 2)
    assert numbers["results"] == {"told": 2}
    entered = [one["entered_at"] for one in office.items("/enrolments", journey=designer.journey)]
    assert all(page.evaluate("([at, soon]) => Date.parse(at) >= soon", [at, soon]) for at in entered)
    designer.open(designer.journey, "watch")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    expect(running).to_have_count(0)


def test_a_start_on_a_schedule_is_planned_in_words_and_cancelled(designer: Designer, office: Office) -> None:
    """What the form says in words is what is planned: the next page says the same, and whoever cancels it is told what that means."""
    name = "Started on a schedule"
    meet(office, name, ["Rita"])
    page = designer.open(office.publish(TELLING | {"name": name}), "watch").page
    dialog = _start(page, name)
    dialog.get_by_role("radio", name="On a schedule").click()
    words = "Every Monday at 09:00, in the journey's time zone"
    expect(dialog.get_by_text(f"{words}. Each time is a run of its own")).to_be_visible()
    dialog.get_by_label("At", exact=True).fill("08:30")
    dialog.get_by_label("On", exact=True).first.click()
    page.get_by_role("option", name="Friday").click()
    words = "Every Friday at 08:30, in the journey's time zone"
    expect(dialog.get_by_text(words)).to_be_visible()
    dialog.get_by_role("button", name="Plan it").click()
    expect(dialog).to_have_count(0)

    (planned,) = (one for one in office.items("/campaigns") if one["name"] == name)
    assert (planned["schedule"], planned["state"]) == ("30 8 * * 5", "planned")
    expect(page.get_by_role("group", name="Campaigns under way")).to_contain_text(words)
    page.goto("#/campaigns")
    row = page.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text(words)
    row.get_by_role("button", name=f"Cancel {name}").click()
    sure = page.get_by_role("dialog", name="Cancel the campaign?")
    expect(sure).to_contain_text("It cannot be resumed.")
    sure.get_by_role("button", name="Cancel the campaign").click()
    expect(row.get_by_text("cancelled")).to_be_visible()
    assert office.get(f"/campaigns/{planned['id']}")["state"] == "cancelled"


def test_a_journey_is_paused_resumed_silenced_and_stopped(designer: Designer, office: Office) -> None:
    """Each act says before what it does to how many inside, and after what it did; who is inside is held, goes on, is not
    written to, and ends, as the words said."""
    name = "Under control"
    people = meet(office, name, ["Sara", "Tina", "Ugo", "Vera"])
    journey = office.publish(WAITING | {"name": name})
    office.launch(journey, name)
    eventually("all waiting", lambda: office.numbers(journey)["resting"], lambda seen: seen == 4)
    page = designer.open(journey, "watch").page
    sara, tina, ugo, _ = people

    _control(page, "Pause", "Nobody enters meanwhile, and 4 contacts inside will be held", "Pause")
    expect(page.get_by_text("The journey is paused.")).to_be_visible()
    expect(page.get_by_text("paused", exact=True)).to_be_visible()
    _visit(office, sara)
    eventually("Sara held", lambda: _standing(office, journey, sara)["reason"], lambda seen: seen == "paused")
    assert office.inbox(journey) == []

    _control(page, "Resume", "Contacts may enter again. Of 4 contacts inside", "Resume")
    expect(page.get_by_text("The journey runs again; 1 contact that it held went on.")).to_be_visible()
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    eventually("Sara told", lambda: office.numbers(journey)["results"], lambda seen: seen == {"told": 1})

    _control(page, "Turn sending off", "Nothing more is sent to 3 contacts inside", "Turn sending off")
    expect(page.get_by_text("Sending is off", exact=True)).to_be_visible()
    _visit(office, tina)
    eventually("Tina before the message", lambda: _standing(office, journey, tina), _rests_at_the_message)
    assert len(office.inbox(journey)) == 1

    _control(page, "Turn sending on", "Messages to 3 contacts inside go out again", "Turn sending on")
    expect(page.get_by_text("Sending is off", exact=True)).to_have_count(0)
    _visit(office, ugo)
    eventually("Ugo told", lambda: _standing(office, journey, ugo)["result"], lambda seen: seen == "told")

    _control(
        page,
        "Stop",
        "inside will end with the result “stopped”, and nobody enters any more",
        "Stop it for everybody",
    )
    expect(
        page.get_by_text(re.compile(r"The journey is stopped; it ended for \d contacts?\."))
    ).to_be_visible()
    expect(page.get_by_text("stopped", exact=True)).to_be_visible()
    assert office.numbers(journey)["ended"] == 4
    assert _standing(office, journey, people[3])["result"] == "stopped"
    page.get_by_role("button", name="Control").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Turn sending off…"])


def _in(page: Page, office: Office, hours: int) -> int:
    """A full minute of business time, so many hours from now."""
    now = office.get("/clock")["now"]
    return int(
        page.evaluate(
            "([now, hours]) => Math.ceil(Date.parse(now) / 60000 + hours * 60) * 60000", [now, hours]
        )
    )


def _start(page: Page, segment: str) -> Locator:
    """The dialog of starting, with a segment chosen."""
    page.get_by_role("button", name="Start", exact=True).click()
    dialog = page.get_by_role("dialog", name="Let contacts enter")
    dialog.get_by_label("Segment", exact=True).first.fill(segment)
    page.get_by_role("option", name=segment, exact=True).click()
    return dialog


def _control(page: Page, item: str, words: str, button: str) -> None:
    """Choose an act, read what it will do, and do it."""
    page.get_by_role("button", name="Control").click()
    page.get_by_role("menuitem", name=f"{item}…").click()
    dialog = page.get_by_role("dialog", name=re.compile(f"^{item} ?.*\\?$"))
    expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


def _visit(office: Office, person: str) -> None:
    body = {"userId": person, "event": "Shop Visited", "messageId": f"visit of {person}"}
    office.call("POST", "/track", body)


def _standing(office: Office, journey: str, person: str) -> Body:
    (found,) = office.items("/enrolments", journey=journey, contact=office.contact(person))
    return found


def _rests_at_the_message(standing: Body) -> bool:
    return (standing["node"], standing["place"]) == ("push", "resting")
