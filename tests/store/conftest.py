"""Worlds to play in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store.database import Database
from tests.store.race import Course
from tests.store.world import World


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """A world, on each of the two databases. Whatever was played in it, the invariants hold at the end."""
    made = World(database)
    yield made
    assert made.violations() == []


@pytest.fixture
def course(world: World) -> Course:
    """Where races are run: in a module whose world is on PostgreSQL, since SQLite's one writer hides them."""
    return Course(world.database)
