"""The drawing: what hands do is done, saved, undone and done again."""

from __future__ import annotations

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, eventually, example


def _place(document: Body, node: str) -> tuple[int, int]:
    position = document["nodes"][node]["position"]
    return position["x"], position["y"]


def test_a_node_that_is_dragged_is_there_after_a_reload(designer: Designer, office: Office) -> None:
    """A drag is one gesture: saved by itself, seen again after a reload, undone and redone by one key each."""
    before = example("coupon") | {"name": "Dragged by hand"}
    designer.open(office.draw(before))

    designer.drag("Send the offer", by=(90, 60))
    moved = _place(_saved_elsewhere(designer, before), "email")
    designer.reload()
    assert _place(designer.saved(), "email") == moved

    designer.drag("Send the offer", by=(-40, 120))
    again = _place(_saved_elsewhere(designer, designer.office.document(designer.journey)), "email")
    designer.undo()
    _stored(designer, moved)
    designer.redo()
    _stored(designer, again)


def test_arrow_keys_move_a_node_as_hands_do(designer: Designer, office: Office) -> None:
    """What the keyboard moves is saved and undone like a drag."""
    before = example("coupon") | {"name": "Moved by keys"}
    designer.open(office.draw(before))

    designer.select("Send the offer")
    designer.page.keyboard.press("Shift+ArrowDown")
    moved = _place(_saved_elsewhere(designer, before), "email")
    assert moved[1] > _place(before, "email")[1]

    designer.undo()
    _stored(designer, _place(before, "email"))


def test_a_deleted_node_takes_its_edges_with_it_and_comes_back(designer: Designer, office: Office) -> None:
    """Deleting takes a node and its edges away; undo brings back exactly what was there."""
    before = example("coupon") | {"name": "Deleted and back"}
    designer.open(office.draw(before))
    stored = office.document(designer.journey)

    designer.select("Give a coupon")
    designer.page.keyboard.press("Delete")
    eventually("the deletion", designer.saved, lambda now: "coupon" not in now["nodes"])
    assert set(designer.saved()["edges"]) == set(stored["edges"]) - {"e4", "e5"}

    designer.undo()
    eventually("the node", designer.saved, lambda now: now == stored)


def test_what_was_added_last_is_first_in_the_palette_at_once(designer: Designer) -> None:
    """The palette changes when a node is added, and not some time later under the hand that reaches for the next."""
    designer.begin("From the palette")
    palette = designer.page.get_by_role("navigation", name="Palette")
    items = palette.get_by_role("region", name="Recent").locator(".palette-item")

    designer.drag_in("Send email", "Offer")
    assert items.all_inner_texts() == ["Send email"]
    designer.drag_in("Campaign", "Start", "Offer", (-260, 0))
    assert items.all_inner_texts() == ["Campaign", "Send email"]


def _saved_elsewhere(designer: Designer, before: Body) -> Body:
    return eventually(
        "a new place", designer.saved, lambda now: _place(now, "email") != _place(before, "email")
    )


def _stored(designer: Designer, place: tuple[int, int]) -> None:
    eventually("the place", designer.saved, lambda now: _place(now, "email") == place)
