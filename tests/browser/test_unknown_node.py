"""A node of a package of which neither the API nor the designer have ever heard."""

from __future__ import annotations

from tests.browser.designer import Designer
from tests.browser.office import Office, eventually
from tests.browser.stack import PACKAGE


def test_a_node_that_nobody_here_knows_is_drawn_configured_and_run(
    designer: Designer, office: Office
) -> None:
    """The palette finds it by its synonym, the form comes from its schema, the checks name its fields, and it runs."""
    office.people({"zoe": {"email": "zoe@example.com"}, "yan": {"email": "yan@example.com", "plenty": "yes"}})
    office.segment("Loyal ones", ["zoe", "yan"])
    designer.begin("Points for the loyal")

    palette = designer.page.get_by_role("navigation", name="Palette")
    palette.get_by_label("Search the palette").fill("bonus")
    designer.drag_in("Give loyalty points", "Thank them")
    palette.get_by_label("Search the palette").fill("")
    assert "reason" in _faulty_fields(designer, office)

    designer.fill("Points", "25")
    designer.choose("Level", "gold")
    designer.fill("Reason", "For ten years with us")
    designer.drag_in("Campaign", "Start", "Thank them", (-300, 0))
    designer.drag_in("Exit", "Thanked", "Thank them", (300, 0))
    designer.fill("Result", "thanked")
    designer.connect("Start", "Entered", "Thank them")
    designer.connect("Thank them", "Given", "Thanked")

    document = eventually("both edges", designer.saved, lambda now: len(now["edges"]) == 2)
    (given,) = (node for node in document["nodes"].values() if node["type"] == "loyalty.give_points")
    assert given["config"] == {"points": 25, "level": "gold", "reason": "For ten years with us"}
    assert "Give 25 points" in designer.node("Thank them").inner_text()

    designer.publish()
    office.launch(designer.journey, "Loyal ones")
    numbers = eventually(
        "both to end", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == 2
    )
    assert numbers["results"] == {"thanked": 1, "plenty": 1}


def test_nothing_of_the_package_is_in_the_designer() -> None:
    """The designer's own code names no node of the package, so that the test above proves what it says."""
    source = PACKAGE.parents[2] / "designer" / "src"

    assert not [path for path in source.rglob("*.ts*") if "loyalty" in path.read_text()]


def _faulty_fields(designer: Designer, office: Office) -> set[str]:
    designer.saved()
    found = eventually(
        "diagnostics", lambda: office.get(f"/journeys/{designer.journey}/check")["diagnostics"]
    )
    return {str(one["field"]).removeprefix("config.") for one in found if one["field"]}
