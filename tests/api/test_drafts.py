"""Drawing together: changes saved by place, and who is there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from api.drafts.queries import GONE_AFTER_MS
from engine.store.database import Database
from engine.store.tables import presence
from tests.api.driver import Api, welcome


async def drawn(api: Api) -> str:
    """The path of a new journey."""
    return f"/journeys/{(await api.post('/journeys', {'document': welcome()}))['id']}"


def patch(
    revision: int, *changes: dict[str, Any], key: str = "change-1", tab: str = "tab-a"
) -> dict[str, Any]:
    """A request to save changes."""
    author = {"tab": tab, "name": "Ann"}
    return {"id": key, "revision": revision, "patch": list(changes), "author": author, "step": "Rename"}


def named(name: str | None, node: str = "mail") -> dict[str, Any]:
    """A change of a node's name."""
    return {"kind": "node", "id": node, "field": "name", "after": name}


async def test_a_change_is_saved_by_place(api: Api) -> None:
    """A patch on the present revision is applied, and who made it can be looked up."""
    path = await drawn(api)

    saved = await api.patch(f"{path}/draft", patch(1, named("Hello")))

    assert (saved["revision"], saved["key"], saved["author"]) == (
        2,
        "change-1",
        {"tab": "tab-a", "name": "Ann"},
    )
    assert saved["patch"] == [named("Hello")]
    draft = await api.get(f"{path}/draft")
    assert (draft["revision"], draft["document"]["nodes"]["mail"]["name"]) == (2, "Hello")
    assert await api.get(f"{path}/draft/changes") == [saved]


async def test_a_change_on_an_old_revision_hears_what_to_repeat_it_on(api: Api) -> None:
    """The 409 has the present revision and the changes since; the same key gets its first answer again."""
    path = await drawn(api)
    first = await api.patch(f"{path}/draft", patch(1, named("One")))

    problem = await api.refused(
        "PATCH", f"{path}/draft", json=patch(1, named("Two"), key="change-2", tab="tab-b")
    )
    again = await api.patch(f"{path}/draft", patch(1, named("One")))

    assert (problem["status"], problem["type"]) == (409, "urn:wend:problem:draft-changed")
    assert (problem["revision"], problem["changes"]) == (2, [first])
    assert again == first


async def test_null_and_missing_are_not_the_same(api: Api) -> None:
    """A setting of null is a value that is set; a change without `after` takes it away."""
    path = await drawn(api)
    place = {"kind": "node", "id": "mail", "field": "config.extra"}
    await api.patch(f"{path}/draft", patch(1, {**place, "after": None}))
    with_null = (await api.get(f"{path}/draft"))["document"]["nodes"]["mail"]["config"]

    await api.patch(f"{path}/draft", patch(2, place, key="change-2"))

    without = (await api.get(f"{path}/draft"))["document"]["nodes"]["mail"]["config"]
    assert with_null["extra"] is None
    assert "extra" not in without


@pytest.mark.parametrize(
    ("change", "kind", "place"),
    [
        (named("A", node="gone"), "change-misplaced", 'node "gone"'),
        ({"kind": "node", "id": "mail", "field": "version", "after": "new"}, "not-readable", "version"),
        ({"kind": "colour", "id": "x"}, "bad-value", "patch.1.kind"),
        ({"kind": "flowchart", "id": "", "field": "name", "after": " "}, "journey-name-missing", "name"),
    ],
)
async def test_a_bad_change_is_refused_by_its_place(
    api: Api, change: dict[str, Any], kind: str, place: str
) -> None:
    """Nothing of a patch with a fault is saved, and the answer names where the fault is."""
    path = await drawn(api)

    problem = await api.refused("PATCH", f"{path}/draft", json=patch(1, named("Good"), change))

    assert (problem["status"], problem["type"]) == (422, f"urn:wend:problem:{kind}")
    assert place in problem["detail"]
    assert (await api.get(f"{path}/draft"))["revision"] == 1


async def test_people_in_a_draft_see_each_other(api: Api) -> None:
    """Whoever has no name is given one, colours differ, and who leaves is gone at once."""
    path = f"{await drawn(api)}/presence"
    await api.put(path, {"tab": "one"})
    await api.put(path, {"tab": "two", "name": "Ann", "node": "mail"})

    there = (await api.put(path, {"tab": "three", "idle": True}))["people"]
    left = (await api.put(path, {"tab": "two", "leaving": True}))["people"]

    assert [(one["name"], one["node"], one["idle"]) for one in there] == [
        ("Ann", "mail", False), ("Guest 1", None, False), ("Guest 2", None, True),
    ]  # fmt: skip
    assert len({one["colour"] for one in there}) == 3
    assert [one["name"] for one in left] == ["Guest 1", "Guest 2"]


async def test_who_is_not_heard_of_is_gone(api: Api, database: Database) -> None:
    """A window that was closed without a word is forgotten after a while; its place and name are free again."""
    path = f"{await drawn(api)}/presence"
    await api.put(path, {"tab": "one"})
    with database.write() as connection:
        connection.execute(update(presence).values(seen_at=presence.c.seen_at - GONE_AFTER_MS))

    there = (await api.put(path, {"tab": "two"}))["people"]

    assert [(one["tab"], one["name"]) for one in there] == [("two", "Guest 1")]


async def test_nobody_is_in_a_journey_that_is_not_there(api: Api) -> None:
    """Presence, changes and the stream of an unknown journey are not found."""
    for method, path in (("PUT", "presence"), ("GET", "draft/changes"), ("GET", "draft/stream?since=1")):
        body = {"json": {"tab": "one"}} if method == "PUT" else {}
        problem = await api.refused(method, f"/journeys/17/{path}", **body)
        assert problem["status"] == 404
