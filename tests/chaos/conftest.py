"""What chaos runs on, and its settings.

WEND_CHAOS_SEED=17   the seed of everything, on both databases, instead of those that CI runs: a failure names its own
WEND_CHAOS_DEEP=1    many seeds, and every pass of every crash point, as a nightly run would
WEND_CHAOS_DIR=DIR   where the folders with databases and logs are made; those of failures are kept

A test marked `together` mostly waits. All such tests run several at a time, in threads of the `arena`; its turn in
pytest's order then only asks what came of it. Such a test takes its parameters and the arena, and no other fixture.

Each runs on SQLite and, in a deep run or for a seed that was asked for, on PostgreSQL. Tests or parameters marked `everywhere`
run on PostgreSQL in an ordinary run, too; those marked `elsewhere` on PostgreSQL alone.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.chaos.arena import DEEP, DIRECTORY, SEED, Together
from tests.chaos.databases import POSTGRESQL, SQLITE
from tests.chaos.nursery import Nursery

_FAILED = pytest.StashKey[bool]()
_ARENA = pytest.StashKey[Together]()
TOGETHER, EVERYWHERE, ELSEWHERE = "together", "everywhere", "elsewhere"
_ON = "on"


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for words in (
        f"{TOGETHER}(long=True): runs beside others of its kind, in the arena; long ones begin first",
        f"{EVERYWHERE}: runs on PostgreSQL in an ordinary run, too",
        f"{ELSEWHERE}: runs on PostgreSQL alone",
    ):
        config.addinivalue_line("markers", words)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that runs in the arena runs on each database; it learns of that through the arena that it gets."""
    if metafunc.definition.get_closest_marker(TOGETHER) is not None:
        metafunc.fixturenames.append(_ON)
        metafunc.parametrize(_ON, [SQLITE, POSTGRESQL])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """An ordinary run leaves most of PostgreSQL to a deep one."""
    left = [item for item in items if not _is_wanted(item)]
    if left:
        items[:] = [item for item in items if _is_wanted(item)]
        config.hook.pytest_deselected(items=left)


def _is_wanted(item: pytest.Item) -> bool:
    marks, on = {mark.name for mark in item.iter_markers()}, _on(item)
    if ELSEWHERE in marks:
        return on == POSTGRESQL
    return on != POSTGRESQL or EVERYWHERE in marks or DEEP or SEED is not None


def _on(item: pytest.Item) -> str | None:
    on: str | None = item.callspec.params.get(_ON) if hasattr(item, "callspec") else None
    return on


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
def arena(request: pytest.FixtureRequest, nursery: Nursery) -> Iterator[Together]:
    """What all tests that run together share; making it begins them."""
    tests = [item for item in request.session.items if item.get_closest_marker(TOGETHER) is not None]
    kinds = {on for item in tests if (on := _on(item))}
    for folder in _folder(request.session):
        together = request.session.stash[_ARENA] = Together(folder, len(tests), kinds, nursery)
        try:
            # Those that take longest begin first.
            for item in sorted(tests, key=lambda item: "long" not in _marker(item).kwargs):
                assert isinstance(item, pytest.Function)
                values = {name: value for name, value in item.callspec.params.items() if name != _ON}
                together.begin(item.nodeid, item.function, str(item.callspec.params[_ON]), values)
            yield together
        finally:
            together.close()


def _marker(item: pytest.Item) -> pytest.Mark:
    marker = item.get_closest_marker(TOGETHER)
    assert marker is not None
    return marker


def _folder(node: pytest.Session) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wend-chaos-", dir=DIRECTORY))
    yield folder
    if not node.stash.get(_FAILED, False):
        shutil.rmtree(folder, ignore_errors=True)
