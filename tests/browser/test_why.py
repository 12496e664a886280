"""Why somebody got a message, asked on their page; and a segment made by a condition, counted before it is made."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.office import Office, eventually, example


def test_why_she_got_the_sms_is_answered_step_by_step(page: Page, office: Office) -> None:
    """The answer names how she entered, the email that she did not open for two days, and the coupon; each in words."""
    office.people({"petra": {"email": "petra@example.com", "phone": "+393200000094", "firstName": "Petra"}})
    office.segment("Petra alone", ["petra"])
    journey = office.publish(example("coupon") | {"name": "Asked why"})
    office.launch(journey, "Petra alone")
    eventually("the SMS", lambda: office.inbox(journey), lambda seen: len(seen) == 2)

    page.goto(f"#/contacts/{office.contact('petra')}")
    line = page.get_by_role("listitem").filter(has_text=re.compile("SMS|text", re.IGNORECASE))
    line.get_by_role("button", name="Open it, and why she got it").first.click()
    answer = page.get_by_role("dialog")
    expect(answer.get_by_role("heading", name="Why did this person get it?")).to_be_visible()
    why = answer.get_by_role("listitem")
    expect(why.filter(has_text="Opened?").first).to_be_visible()
    expect(why.filter(has_text=re.compile("campaign", re.IGNORECASE)).first).to_be_visible()
    expect(answer.get_by_role("link", name="Show it on the canvas").first).to_be_visible()


def test_a_segment_by_a_condition_says_whom_it_takes_in_before_it_is_made(page: Page, office: Office) -> None:
    """The count while it is typed, the one in the list and the API's are the same."""
    town = "Trezzano"
    office.people(
        {f"townsman-{at}": {"email": f"townsman{at}@example.com", "city": town} for at in range(3)}
        | {"stranger": {"email": "stranger@example.com", "city": "Elsewhere"}}
    )
    page.goto("#/segments")
    page.get_by_role("button", name="New segment").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Those of Trezzano")
    form.get_by_role("button", name="Add a condition").click()
    page.get_by_role("menuitem").first.click()
    form.get_by_label("Question 1: field").fill("contact.city")
    form.get_by_label("Question 1: value", exact=True).fill(town)
    expect(form.get_by_role("status")).to_contain_text("3 contacts now")
    form.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("dialog", name="Those of Trezzano")).to_contain_text("3 contacts now.")
    page.keyboard.press("Escape")
    page.get_by_placeholder("Part of the name").fill("Trezzano")
    expect(page.get_by_role("row", name=re.compile("Those of Trezzano By a condition 3"))).to_be_visible()
    made = next(one for one in office.items("/segments") if one["name"] == "Those of Trezzano")
    assert office.get(f"/segments/{made['id']}")["count"] == 3
