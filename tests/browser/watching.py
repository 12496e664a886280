"""What stands at the nodes while one watches, held against the API."""

from __future__ import annotations

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, eventually


def watched(designer: Designer, office: Office) -> None:
    """The numbers at the nodes of the journey that is open become those of the API."""
    designer.mode("Watch")
    document = office.document(designer.journey)

    def told() -> Body:
        nodes = office.numbers(designer.journey)["nodes"]
        return {key: _told(nodes[key], _ways(document, key)) for key in document["nodes"]}

    eventually(
        "the API's numbers on the canvas",
        lambda: (designer.numbers_shown(), told()),
        lambda seen: seen[0] == seen[1],
    )


def _ways(document: Body, node: str) -> set[str]:
    """The ports of a node from which edges lead on."""
    return {edge["port"] for edge in document["edges"].values() if edge["from"] == node}


def _told(node: Body, ways: set[str]) -> Body:
    """What the API says of a node, as the drawing says it."""
    here = node["admitted"] + node["moving"] + node["resting"] + node["parked"]
    left = {port: count for port, count in node["left"].items() if count and port in ways}
    return {"entered": node["entered"], "here": here, "left": left}
