"""Changes of drafts, saved by place: on both databases."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.enrolment import draft_changes
from engine.enrolment.draft_changes import By, SavedChange, changes_since, newest_changes
from engine.enrolment.drafts import (
    ChangeMisplaced,
    DraftChanged,
    NotReadable,
    create_journey,
    patch_draft,
    read_draft,
    save_draft,
)
from engine.flow.patch import PlaceChange, apply
from engine.store.database import Database
from engine.store.tables import draft_change
from tests.unit.flow.drawing import draw

NOW = 1_800_000_000_000


def made(database: Database) -> int:
    """A journey with a draft."""
    document = {**draw("in:campaign -> mail:send_email -> out:exit"), "name": "Welcome"}
    with database.write() as connection:
        return create_journey(connection, document, now=NOW, who="ann").journey


def change(field: str, after: Any, node: str = "mail") -> PlaceChange:
    """A change of a node's field."""
    return PlaceChange(kind="node", id=node, field=field, after=after)


def patched(
    database: Database,
    journey: int,
    revision: int,
    *patch: PlaceChange,
    key: str | None = None,
    tab: str = "a",
) -> SavedChange:
    """The patch saved by somebody."""
    by = By(tab=tab, name="Ann", key=key, step="Rename")
    with database.write() as connection:
        return patch_draft(
            connection, journey, patch, expected_revision=revision, by=by, now=NOW, who="local"
        )


def test_a_patch_is_saved_on_its_revision(database: Database) -> None:
    """The draft has the change, its revision rises, and the change is kept with who made it."""
    journey = made(database)

    saved = patched(database, journey, 1, change("name", "Hello"), change("note", "x"))

    with database.read() as connection:
        draft = read_draft(connection, journey)
        assert newest_changes(connection, journey, 5) == [saved]
    assert (saved.revision, draft.revision, saved.step, saved.author.name) == (2, 2, "Rename", "Ann")
    assert draft.document["nodes"]["mail"]["name"] == "Hello"
    assert {one.field for one in saved.patch} == {"name", "note"}


def test_a_patch_on_an_old_revision_hears_what_was_saved_since(database: Database) -> None:
    """The refusal carries the changes since, which lead from the old draft to the present one."""
    journey = made(database)
    with database.read() as connection:
        first = read_draft(connection, journey).document
    patched(database, journey, 1, change("name", "One"))
    patched(database, journey, 2, change("name", "Two"))

    with pytest.raises(DraftChanged) as refused:
        patched(database, journey, 1, change("note", "mine"))

    changes = refused.value.changes
    assert changes is not None
    assert [one.revision for one in changes] == [2, 3]
    for one in changes:
        first = apply(first, one.patch)
    with database.read() as connection:
        assert first == read_draft(connection, journey).document


def test_a_patch_sent_twice_is_saved_once(database: Database) -> None:
    """Whose answer was lost asks again under the same key and gets it, also after others have saved."""
    journey = made(database)
    saved = patched(database, journey, 1, change("name", "One"), key="the first")
    patched(database, journey, 2, change("name", "Two"), key="another")

    again = patched(database, journey, 1, change("name", "One"), key="the first")

    assert again == saved
    with database.read() as connection:
        assert read_draft(connection, journey).document["nodes"]["mail"]["name"] == "Two"


def test_a_patch_that_changes_nothing_is_not_kept(database: Database) -> None:
    """What stands there already is no change, and raises no revision."""
    journey = made(database)

    saved = patched(database, journey, 1, change("type", "send_email"))

    assert (saved.revision, saved.patch) == (1, [])


def test_values_are_answered_as_they_are_kept(database: Database) -> None:
    """What the engine writes in another form comes back in that form, so that the sender has what others read."""
    journey = made(database)
    limit = PlaceChange(kind="settings", id="", field="limit", after="3 DAYS")

    saved = patched(database, journey, 1, limit)

    assert [one.after for one in saved.patch] == ["3 days"]


@pytest.mark.parametrize(
    ("bad", "error", "told"),
    [
        (change("name", "A", node="gone"), ChangeMisplaced, 'node "gone"'),
        (change("version", "new"), NotReadable, "version"),
    ],
)
def test_a_bad_patch_changes_nothing_and_names_the_place(
    database: Database, bad: PlaceChange, error: type[Exception], told: str
) -> None:
    """All of a patch is saved or nothing of it."""
    journey = made(database)

    with pytest.raises(error, match=told):
        patched(database, journey, 1, change("name", "Good"), bad)

    with database.read() as connection:
        draft = read_draft(connection, journey)
        assert connection.scalar(select(func.count()).select_from(draft_change)) == 0
    assert (draft.revision, draft.document["nodes"]["mail"].get("name")) == (1, None)


def test_a_whole_document_saved_is_a_change_too(database: Database) -> None:
    """Who draws by patches follows also what programs save as a whole."""
    journey = made(database)
    with database.write() as connection:
        document = read_draft(connection, journey).document
        document["nodes"]["mail"]["name"] = "By a program"
        save_draft(connection, journey, document, expected_revision=1, now=NOW, who="local")

    with database.read() as connection:
        changes = changes_since(connection, journey, 1)

    assert changes is not None
    assert [(one.id, one.field, one.after) for one in changes[0].patch] == [("mail", "name", "By a program")]


def test_the_oldest_changes_are_forgotten(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is bounded, and whoever is further behind is told that it does not reach back so far."""
    monkeypatch.setattr(draft_changes, "KEPT", 3)
    journey = made(database)
    for revision in range(1, 6):
        patched(database, journey, revision, change("name", f"Name {revision}"))

    with database.read() as connection:
        assert [one.revision for one in changes_since(connection, journey, 3) or []] == [4, 5, 6]
        assert changes_since(connection, journey, 2) is None
    with pytest.raises(DraftChanged) as refused:
        patched(database, journey, 1, change("name", "Late"))
    assert refused.value.changes is None


def test_of_two_patches_at_once_one_is_told_of_the_other(database: Database) -> None:
    """Two who save at the same moment on the same revision never overwrite each other."""
    journey = made(database)
    barrier = Barrier(2)
    heard: list[SavedChange | DraftChanged] = []

    def save(tab: str) -> None:
        barrier.wait()
        try:
            heard.append(patched(database, journey, 1, change("name", tab), tab=tab))
        except DraftChanged as refused:
            heard.append(refused)

    threads = [Thread(target=save, args=(tab,)) for tab in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    saved = next(one for one in heard if isinstance(one, SavedChange))
    refused = next(one for one in heard if isinstance(one, DraftChanged))
    assert refused.changes == [saved]
