"""Parallel paths: which drawings hold together, and what the plan makes of them."""

import pytest

from engine.flow.plan import Fork, Merge, PlanNode
from tests.unit.flow.drawing import codes, draw, plan_of

PAIR = "in:campaign -> par:parallel -> mail:send_email -> m:merge -> out:exit\npar -b-> sms:send_sms -> m"
SOUND = {
    "two branches": PAIR,
    "an empty branch": "in:campaign -> par:parallel -> m:merge -> out:exit\npar -b-> n:note -> m",
    "no merge": "in:campaign -> par:parallel -> n:note -> out:exit\npar -b-> k:note -> out",
    "one branch ends apart": f"{PAIR}\nmail -unreachable-> lost:exit",
    "a shared exit": f"{PAIR}\nmail -unreachable-> out\nclick:event -> out",
    "a loop around": f"{PAIR.replace('m:merge -> out:exit', 'm:merge -> d:delay -> r:repeat -> par')}"
    "\nr -done-> out:exit",
    "a loop within": "in:campaign -> par:parallel -> r:repeat -> d:delay -> r -done-> m:merge -> out:exit\n"
    "par -b-> m",
    "nested": "in:campaign -> par:parallel -> two:parallel -> n:note -> m2:merge -> m:merge -> out:exit\n"
    "two -b-> m2\npar -b-> k:note -> m",
    "nested without a merge": "in:campaign -> par:parallel -> two:parallel -> n:note -> out:exit\n"
    "two -b-> k:note -> out\npar -b-> l:note -> m:merge -> out",
    "one after the other": f"{PAIR.replace('out:exit', 'p2:parallel -> m2:merge -> out:exit')}\n"
    "p2 -b-> k:note -> m2",
    "what does not lead to the merge is used from outside": f"{PAIR}\nmail -unreachable-> tell:note -> k:note "
    "-> lost:exit\nclick:event -> k",
}


@pytest.mark.parametrize("paths", SOUND.values(), ids=SOUND.keys())
def test_sound_parallel_paths(paths: str) -> None:
    """A fork and its merge, with whatever lies between, is fine; so is a fork whose paths end apart."""
    assert codes(draw(paths)) == []


FAULTY = {
    "into the midst": (f"{PAIR}\nclick:event -> sms", ["edge-into-branch"]),
    "into the merge": (f"{PAIR}\nclick:event -> m", ["edge-into-branch"]),
    "from one fork into another": (
        f"{PAIR}\nclick:event -> p2:parallel -> sms\np2 -b-> n:note -> out",
        ["merge-of-many-forks"],
    ),
    "back before the fork": (
        PAIR.replace("in:campaign -> ", "in:campaign -> n:note -> ") + "\nmail -unreachable-> d:delay -> n",
        ["fork-in-own-branch"],
    ),
    "inner merge missing": (
        "in:campaign -> par:parallel -> two:parallel -> m:merge -> out:exit\ntwo -b-> m\npar -b-> m",
        ["merge-of-many-forks"],
    ),
    "outer path into the inner merge": (
        "in:campaign -> par:parallel -> two:parallel -> m2:merge -> m:merge -> out:exit\n"
        "two -b-> m2\npar -b-> c:condition -> m2\nc -no-> m",
        None,
    ),
    "goal into the midst": (f"{PAIR}\ng:goal -> sms", ["edge-into-branch"]),
    "two nodes in both branches": (
        "in:campaign -> par:parallel -> n:note -> k:note -> m:merge -> out:exit\npar -b-> n",
        ["branches-meet"],
    ),
}


@pytest.mark.parametrize(("paths", "expected"), FAULTY.values(), ids=FAULTY.keys())
def test_faulty_parallel_paths(paths: str, expected: list[str] | None) -> None:
    """Edges into parallel paths, loops out of them, and merges of several forks are found, without more noise."""
    said = codes(draw(paths))

    assert said
    if expected is not None:
        assert sorted(set(said)) == sorted(expected)


def operations(nodes: dict[str, PlanNode]) -> dict[str, str | None]:
    """The merge of each fork, and the fork of each merge."""
    found: dict[str, str | None] = {}
    for node_id, node in nodes.items():
        if isinstance(node.operation, Fork):
            found[node_id] = node.operation.merge
        if isinstance(node.operation, Merge):
            found[node_id] = node.operation.fork
    return found


@pytest.mark.parametrize(
    ("drawing", "pairs"),
    [
        ("two branches", {"par": "m", "m": "par"}),
        ("no merge", {"par": None}),
        ("nested", {"par": "m", "m": "par", "two": "m2", "m2": "two"}),
        ("nested without a merge", {"par": "m", "m": "par", "two": None}),
        ("a loop around", {"par": "m", "m": "par"}),
    ],
)
def test_the_plan_pairs_forks_and_merges(drawing: str, pairs: dict[str, str | None]) -> None:
    """Each fork knows its merge, and each merge its fork."""
    assert operations(plan_of(draw(SOUND[drawing])).nodes) == pairs
