"""Which tests stay together where several processes share them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sharing import TOGETHER, share

HOUSE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("place", "name"), TOGETHER.items())
def test_those_who_share_a_stack_stay_together(place: str, name: str) -> None:
    """Every test of such a folder or file is in its share, and the folder or file exists."""
    folder = HOUSE / place
    files = sorted(folder.glob("test_*.py")) if folder.is_dir() else [folder]

    assert files
    for file in files:
        module = file.relative_to(HOUSE).as_posix()
        assert {share(f"{module}::test_one"), share(f"{module}::test_two[a::b@c/d]")} == {name}


def test_others_go_alone() -> None:
    """A test that shares nothing but servers is a share of its own."""
    for test in (
        "tests/store/test_races.py::test_one[sqlite]",
        "tests/browser.py::test_one",
        "tests/api/test_x.py::T::test",
    ):
        assert share(test) == test
