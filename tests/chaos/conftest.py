"""What chaos runs on, and its settings.

WEND_CHAOS_SEED=17   the seed of everything, instead of those that CI runs: a failure names its own
WEND_CHAOS_DEEP=1    many seeds, and every pass of every crash point, as a nightly run would
WEND_CHAOS_DIR=DIR   where the folders with databases and logs are made; those of failures are kept

A test marked `together` mostly waits. All such tests run several at a time, in threads of the `arena`; its turn in
pytest's order then only asks what came of it. Such a test takes its parameters and the arena, and no other fixture.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.chaos.arena import DIRECTORY, Arena
from tests.chaos.nursery import Nursery

_FAILED = pytest.StashKey[bool]()
_ARENA = pytest.StashKey[Arena]()
TOGETHER = "together"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{TOGETHER}(long=True): runs beside others of its kind, in the arena; long ones begin first",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its folder is kept."""
    report = yield
    if report.failed:
        for node in item.listchain():
            node.stash[_FAILED] = True
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Ask what came of a test that ran in the arena, in place of running it."""
    if pyfuncitem.get_closest_marker(TOGETHER) is None:
        return None
    pyfuncitem.session.stash[_ARENA].outcome(pyfuncitem.nodeid)
    return True


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What starts the processes of all stacks."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(scope="session")
def arena(request: pytest.FixtureRequest, nursery: Nursery) -> Iterator[Arena]:
    """The server for all tests that run together; making it begins them."""
    tests = [item for item in request.session.items if item.get_closest_marker(TOGETHER) is not None]
    for folder in _folder(request.session):
        arena = request.session.stash[_ARENA] = Arena(folder, len(tests), nursery)
        try:
            # Those that take longest begin first.
            for item in sorted(tests, key=lambda item: "long" not in _marker(item).kwargs):
                assert isinstance(item, pytest.Function)
                values = item.callspec.params if hasattr(item, "callspec") else {}
                arena.begin(item.nodeid, item.function, values)
            yield arena
        finally:
            arena.close()


def _marker(item: pytest.Item) -> pytest.Mark:
    marker = item.get_closest_marker(TOGETHER)
    assert marker is not None
    return marker


def _folder(node: pytest.Session) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wend-chaos-", dir=DIRECTORY))
    yield folder
    if not node.stash.get(_FAILED, False):
        shutil.rmtree(folder, ignore_errors=True)
