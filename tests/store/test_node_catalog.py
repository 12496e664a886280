"""The catalog table: what workers publish, and what they may not change."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from engine.flow.manifest import Manifest, Port
from engine.store.catalog import load_catalog
from engine.store.database import Database
from engine.store.tables import node_type
from nodes.registry import CatalogError, load_registry, publish_catalog

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
FIRST = Manifest(
    key="acme.say", family="act", label="Say", config_schema=SCHEMA, ports=(Port(key="done", label="Done"),),
    package="acme",
)  # fmt: skip
GONE = FIRST.model_copy(update={"config_schema": {"type": "object", "properties": {}}})


def publish(database: Database, *manifests: Manifest, now: int = 1) -> list[str]:
    """Publish, in a transaction of its own."""
    with database.write() as connection:
        return publish_catalog(connection, manifests, now)


def stored(database: Database) -> dict[tuple[str, int], int]:
    """{(key, version): when it was published}."""
    with database.read() as connection:
        rows = connection.execute(select(node_type.c.key, node_type.c.version, node_type.c.published_at))
        return {(row.key, row.version): row.published_at for row in rows}


def test_the_catalog_gives_back_what_was_published(database: Database) -> None:
    """Every built-in manifest comes out of the table as it went in."""
    manifests = load_registry([]).manifests()
    changed = publish(database, *manifests)

    with database.read() as connection:
        assert list(load_catalog(connection)) == manifests
    assert changed == [manifest.key for manifest in manifests]


def test_publishing_again_writes_nothing(database: Database) -> None:
    """A worker that starts with the same nodes leaves the table alone."""
    publish(database, FIRST, now=1)

    assert publish(database, FIRST, now=2) == []
    assert stored(database) == {("acme.say", 1): 1}


def test_what_breaks_nothing_replaces(database: Database) -> None:
    """New words or a new optional field take the place of the old manifest."""
    publish(database, FIRST, now=1)
    grown = FIRST.model_copy(update={"label": "Tell"})

    assert publish(database, grown, now=2) == ["acme.say"]
    with database.read() as connection:
        found = load_catalog(connection).get("acme.say", 1)
    assert found == grown


def test_what_breaks_needs_a_version(database: Database) -> None:
    """A breaking change under the same version is refused, and nothing is written; as a new version it stands beside."""
    publish(database, FIRST, now=1)
    other = FIRST.model_copy(update={"key": "acme.aside"})

    with pytest.raises(CatalogError, match=r'"acme.say".*the field "text" is gone.*Raise its version to 2'):
        publish(database, other, GONE, now=2)
    assert stored(database) == {("acme.say", 1): 1}

    publish(database, GONE.model_copy(update={"version": 2}), now=3)
    assert stored(database) == {("acme.say", 1): 1, ("acme.say", 2): 3}


def test_a_key_belongs_to_its_package(database: Database) -> None:
    """Another package cannot take a key over."""
    publish(database, FIRST)

    with pytest.raises(CatalogError, match=r'published by the package "acme".*"evil".*key of its own'):
        publish(database, FIRST.model_copy(update={"package": "evil", "label": "X"}))
    with pytest.raises(CatalogError, match=r'package "acme" \(version 1\).*"evil" at version 2'):
        publish(database, FIRST.model_copy(update={"package": "evil", "version": 2}))
    assert stored(database) == {("acme.say", 1): 1}


def test_workers_may_publish_at_once(postgresql: Database) -> None:
    """Workers that start together leave one row for each manifest, and none of them fails."""
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def worker() -> None:
        start.wait()
        try:
            publish(postgresql, *load_registry([]).manifests())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(stored(postgresql)) == 30
