"""The engine put together for a worker: the database, the nodes' code, the providers."""

from sqlalchemy import Connection

from engine.audience.rules import ensure_rules
from engine.delivery.accounts import ensure_sandbox
from engine.delivery.claims import Ledger
from engine.delivery.sandbox import Sandbox
from engine.enrolment.runtime import Runtime, real_now
from engine.store.clock import read_clock
from engine.store.database import Database
from nodes.registry import Registry, load_registry, publish_catalog
from nodes.sdk.runtime import Behaviours


def prepare(database: Database) -> Registry:
    """What an installation needs before anything is checked or run: sandbox accounts, the rule that ships, and the node
    catalog."""
    registry = load_registry()

    def furnish(connection: Connection) -> None:
        ensure_sandbox(connection)
        ensure_rules(connection, read_clock(connection).business(real_now()))
        publish_catalog(connection, registry.manifests())

    # Tried again where two first workers begin at once.
    database.transact(furnish)
    return registry


def assemble(database: Database) -> Runtime:
    """The runtime of a worker process, with the node catalog published."""
    registry = prepare(database)
    return Runtime(
        database=database,
        behaviours=Behaviours(registry.nodes()),
        claims=Ledger(),
        services={"providers": {"sandbox": Sandbox(database)}},
    )
