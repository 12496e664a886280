"""The check before a start: what it counts is what the start then does."""

from __future__ import annotations

import json
from typing import Any

from engine.enrolment.campaign import campaign_pages
from engine.enrolment.runtime import Runtime
from tests.api.driver import Api, welcome


async def published(api: Api, document: dict[str, Any]) -> str:
    """A published journey's id."""
    made = await api.post("/journeys", {"document": document})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    number: str = made["id"]
    return number


async def test_the_check_counts_what_the_start_does(api: Api, workers: Runtime) -> None:
    """Who is inside is kept out, who has no address or refused is told of, and the campaign enters the number foretold."""
    journey = await published(api, welcome())
    people = [{"email": "a@example.com"}, {"email": "b@example.com"}, {"phone": "+39 320 000 0001"}]
    ids = [(await api.post("/contacts", one))["id"] for one in people]
    await api.put(f"/contacts/{ids[1]}/consents/email", {"state": "refused"})
    await api.post("/segments", {"name": "first", "contacts": ids[:1]})
    await api.post("/segments", {"name": "all", "contacts": ids})
    first = await api.post("/campaigns", {"journey": journey, "segment": "first"})
    campaign_pages(workers, int(first["id"]), workers.now())

    told = await api.post("/campaigns/check", {"journey": journey, "segment": "all"})

    assert (told["members"], told["enter"], told["inside"], told["before"]) == (3, 2, 1, 0)
    assert told["channels"] == [
        {
            "channel": "email",
            "nodes": [{"node": "mail", "label": "Send email"}],
            "reachable": 0,
            "no_address": 1,
            "refused": 1,
            "suppressed": 0,
        }
    ]
    started = await api.post("/campaigns", {"journey": journey, "segment": "all"})
    campaign_pages(workers, int(started["id"]), workers.now())
    done = await api.get(f"/campaigns/{started['id']}")
    assert (done["entered"], done["skipped"]) == (told["enter"], told["inside"] + told["before"])
    assert [(one["why"], one["count"]) for one in done["refused"]] == [("once", 1)]
    assert done["refused"][0]["words"] == "had entered before, and its re-entry rule is once ever"


async def test_one_contact_is_checked_alone(api: Api) -> None:
    """Before one contact is let in, it is said whether the contact would enter and can be written to."""
    journey = await published(api, welcome())
    who = (await api.post("/contacts", {"email": "a@example.com"}))["id"]

    told = await api.post("/campaigns/check", {"journey": journey, "contact": who})

    assert (told["members"], told["enter"]) == (1, 1)
    assert told["channels"][0]["reachable"] == 1


async def test_what_cannot_start_is_refused_by_the_check(api: Api) -> None:
    """The check meets the errors of a start: unknown journey, segment or contact, nothing published, nobody named."""
    journey = await published(api, welcome())
    draft = (await api.post("/journeys", {"document": welcome("Draft")}))["id"]
    await api.post("/segments", {"name": "vip"})

    for body, status in (
        ({"journey": "17", "segment": "vip"}, 404),
        ({"journey": journey, "segment": "nobody"}, 404),
        ({"journey": journey, "contact": "17"}, 404),
        ({"journey": draft, "segment": "vip"}, 409),
        ({"journey": journey}, 422),
        ({"journey": journey, "segment": "vip", "contact": "17"}, 422),
    ):
        assert (await api.refused("POST", "/campaigns/check", json=body))["status"] == status, json.dumps(
            body
        )


async def test_each_version_says_how_many_are_inside(api: Api, workers: Runtime) -> None:
    """Before a new version is published, it is known how many finish on the old one."""
    journey = await published(api, welcome())
    who = (await api.post("/contacts", {"email": "a@example.com"}))["id"]
    await api.post("/segments", {"name": "first", "contacts": [who]})
    made = await api.post("/campaigns", {"journey": journey, "segment": "first"})
    campaign_pages(workers, int(made["id"]), workers.now())
    draft = await api.get(f"/journeys/{journey}/draft")
    changed = {**draft["document"], "settings": {**draft["document"]["settings"], "limit": "3 days"}}
    saved = await api.put(f"/journeys/{journey}/draft", {"revision": draft["revision"], "document": changed})
    await api.post(f"/journeys/{journey}/publish", {"revision": saved["revision"]})

    inside = [
        (one["number"], one["inside"]) for one in (await api.get(f"/journeys/{journey}/plans"))["items"]
    ]

    assert inside == [(2, 0), (1, 1)]
    assert (await api.get(f"/journeys/{journey}/plans/1"))["inside"] == 1
