"""Journeys over HTTP: from a draft to a plan, and its numbers."""

from __future__ import annotations

from tests.api.driver import Api, welcome


async def test_a_journey_goes_from_draft_to_plan(api: Api) -> None:
    """A draft is made, saved, checked and published, and the version is there with what was drawn."""
    made = await api.post("/journeys", {"document": welcome()})
    path = f"/journeys/{made['id']}"
    saved = await api.put(f"{path}/draft", {"revision": 1, "document": welcome(out={"result": "seen"})})
    checked = await api.get(f"{path}/check")

    plan = await api.post(f"{path}/publish", {"revision": saved["revision"]})

    assert (made["state"], made["plan"], made["revision"], saved["revision"]) == ("draft", None, 1, 2)
    assert checked["publishable"] is True
    assert (plan["number"], plan["current"], plan["published_by"]) == (1, True, "local")
    assert plan["document"]["nodes"]["out"]["config"] == {"result": "seen"}
    journey = await api.get(path)
    assert (journey["state"], journey["plan"]) == ("running", {"id": plan["id"], "number": 1})
    assert await api.get(f"{path}/plans/1") == plan


async def test_ids_are_text(api: Api) -> None:
    """An id of 63 bits does not fit a JavaScript number, so it travels as text."""
    made = await api.post("/journeys", {"document": welcome()})

    assert isinstance(made["id"], str)
    assert int(made["id"]) > 2**53


async def test_a_save_on_an_old_revision_is_a_conflict(api: Api) -> None:
    """The second of two editors hears of the first, and which revision there is now."""
    made = await api.post("/journeys", {"document": welcome()})
    path = f"/journeys/{made['id']}/draft"
    await api.put(path, {"revision": 1, "document": welcome("A")})

    problem = await api.refused("PUT", path, json={"revision": 1, "document": welcome("B")})

    assert (problem["status"], problem["type"], problem["revision"]) == (
        409,
        "urn:wend:problem:draft-changed",
        2,
    )
    assert (await api.get(path))["document"]["name"] == "A"


async def test_errors_block_publishing_and_are_told_by_place(api: Api) -> None:
    """The problem of a refused publication carries every diagnostic with its node and next step."""
    made = await api.post("/journeys", {"document": welcome(mail={"template": "nothing"})})

    problem = await api.refused("POST", f"/journeys/{made['id']}/publish", json={"revision": 1})

    assert (problem["status"], problem["type"]) == (422, "urn:wend:problem:not-publishable")
    assert [(one["code"], one["node"]) for one in problem["diagnostics"]] == [("unknown-template", "mail")]
    assert problem["diagnostics"][0]["fix"]["text"]


async def test_a_document_is_checked_without_being_stored(api: Api) -> None:
    """Checking takes anything that is an object, and leaves nothing behind."""
    checked = await api.post("/journeys/check", {"document": {"nodes": 5}})

    assert checked["publishable"] is False
    assert checked["diagnostics"][0]["code"] == "document-unreadable"
    assert (await api.get("/journeys"))["items"] == []


async def test_what_is_no_flowchart_cannot_be_saved(api: Api) -> None:
    """A document that cannot be read is refused with its diagnostics."""
    problem = await api.refused("POST", "/journeys", json={"document": {"name": "X", "nodes": 5}})

    assert (problem["status"], problem["type"]) == (422, "urn:wend:problem:not-readable")
    assert problem["diagnostics"][0]["code"] == "document-unreadable"


async def test_a_name_is_given_once(api: Api) -> None:
    """A second journey of the same name is a conflict, one without a name is refused."""
    await api.post("/journeys", {"document": welcome()})

    taken = await api.refused("POST", "/journeys", json={"document": welcome()})
    nameless = await api.refused("POST", "/journeys", json={"document": welcome(" ")})

    assert (taken["status"], nameless["status"]) == (409, 422)


async def test_journeys_come_in_pages_by_name(api: Api) -> None:
    """Pages neither repeat nor leave out, and can be searched."""
    for name in ("b", "d", "a", "c", "e_f"):
        await api.post("/journeys", {"document": welcome(name)})

    assert [one["name"] for one in await api.all_pages("/journeys", limit=2)] == ["a", "b", "c", "d", "e_f"]
    assert [one["name"] for one in await api.all_pages("/journeys", search="_F")] == ["e_f"]
    assert await api.all_pages("/journeys", state="running") == []


async def test_versions_come_newest_first_and_differ_in_words(api: Api) -> None:
    """Each publication with another meaning is a version; the difference is told in words."""
    made = await api.post("/journeys", {"document": welcome()})
    path = f"/journeys/{made['id']}"
    await api.post(f"{path}/publish", {"revision": 1})
    for revision, result in ((1, "seen"), (2, "gone")):
        await api.put(f"{path}/draft", {"revision": revision, "document": welcome(out={"result": result})})
        await api.post(f"{path}/publish", {"revision": revision + 1})

    versions = await api.all_pages(f"{path}/plans", limit=2)
    changes = (await api.get(f"{path}/diff", **{"from": "1", "to": "2"}))["changes"]

    assert [(one["number"], one["current"]) for one in versions] == [(3, True), (2, False), (1, False)]
    assert [(one["what"], one["part"], one["id"]) for one in changes] == [("changed", "node", "out")]
    assert "seen" in changes[0]["text"]
    assert (await api.get(f"{path}/diff"))["changes"] == []


async def test_a_draft_differs_from_nothing_before_it_is_published(api: Api) -> None:
    """Without a version everything in the draft is new."""
    made = await api.post("/journeys", {"document": welcome()})

    changes = (await api.get(f"/journeys/{made['id']}/diff"))["changes"]

    assert {one["what"] for one in changes if one["part"] == "node"} == {"added"}


async def test_what_is_not_there_is_not_found(api: Api) -> None:
    """An unknown journey or version is 404 with the next step; what is no id at all is 422."""
    made = await api.post("/journeys", {"document": welcome()})

    for path in ("/journeys/17", "/journeys/17/draft", "/journeys/17/plans", "/journeys/17/numbers",
                 "/journeys/17/check", "/journeys/17/diff", f"/journeys/{made['id']}/plans/9",
                 f"/journeys/{made['id']}/diff?from=9"):  # fmt: skip
        assert (await api.refused("GET", path))["status"] == 404, path
    for path in ("/journeys/x", "/journeys/99999999999999999999", "/journeys/9999999999999999999"):
        assert (await api.refused("GET", path))["status"] == 422, path


async def test_a_journey_that_nobody_entered_counts_nobody(api: Api) -> None:
    """The numbers of a new journey are all zero."""
    made = await api.post("/journeys", {"document": welcome()})

    numbers = await api.get(f"/journeys/{made['id']}/numbers")

    assert (numbers["entered"], numbers["ended"], numbers["nodes"], numbers["results"]) == (0, 0, {}, {})


async def test_a_copy_has_a_name_of_its_own_that_fits(api: Api) -> None:
    """ "Name (copy)", then numbered, however long the name is; a copy of a copy is numbered, and not called so twice."""
    long = "x" * 190 + " of spring"
    for name in ("Welcome", long):
        await api.post("/journeys", {"document": welcome(name)})

    made = [
        await api.post("/journeys", {"document": welcome(name), "as_copy": True})
        for name in ("Welcome", "Welcome", "Welcome (copy)", "Welcome (copy) 2", long, long, "x" * 1_000, " ")
    ]

    assert [one["name"] for one in made] == [
        "Welcome (copy)", "Welcome (copy) 2", "Welcome (copy) 3", "Welcome (copy) 4",
        "x" * 190 + " o… (copy)", "x" * 190 + "… (copy) 2", "x" * 192 + "… (copy)", "Journey (copy)",
    ]  # fmt: skip
    again = await api.post("/journeys", {"document": welcome(made[4]["name"]), "as_copy": True})
    assert again["name"] == "x" * 190 + "… (copy) 3"
    assert all(len(one["name"]) <= 200 for one in [*made, again])
    draft = await api.get(f"/journeys/{made[4]['id']}/draft")
    assert draft["document"]["name"] == made[4]["name"]


async def test_a_name_that_is_free_is_found_if_that_is_asked_for(api: Api) -> None:
    """The journey and its document get the first of "Name 2", "Name 3" and so on that no journey has, within a name's
    length; what is no name is refused all the same."""
    long = "x" * 200
    for name in ("Welcome", "Welcome 3", long):
        await api.post("/journeys", {"document": welcome(name)})

    made = [
        await api.post("/journeys", {"document": welcome(name), "free_name": True})
        for name in ("Welcome", " Welcome ", "Other", long)
    ]

    assert [one["name"] for one in made] == ["Welcome 2", "Welcome 4", "Other", "x" * 198 + " 2"]
    draft = await api.get(f"/journeys/{made[0]['id']}/draft")
    assert (draft["document"]["name"], draft["revision"]) == ("Welcome 2", 1)
    for name in (" ", "x" * 201):
        body = {"document": welcome(name), "free_name": True}
        assert (await api.refused("POST", "/journeys", json=body))["status"] == 422
