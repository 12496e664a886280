"""What a request works on: the database, the clock, the plans. Made once for the application."""

from typing import Annotated, Any, cast

from fastapi import Depends, Request

from api.draft_feed import DraftFeed
from api.imports import Imports
from api.numbers_feed import NumbersFeed
from api.problems import log_failure
from api.streams import Streams
from engine.enrolment.runtime import Runtime
from engine.journey.host import Outcome
from engine.store.batch import Batch
from engine.store.database import Database

WHO = "local"
"""Who the audit log names, until people sign in."""


class RunsNoNodes(RuntimeError):
    """The API process was asked to run a node's code. Leave that to a worker."""


class _NoNodes:
    """The API moves nobody: it admits, and workers run the legs."""

    def run(self, batch: Batch) -> list[Outcome]:
        raise RunsNoNodes("The API process was asked to run a node's code. Leave that to a worker.")

    def claim(self, batch: Batch, keys: Any) -> dict[int, str]:
        raise RunsNoNodes("The API process was asked to claim a send. Leave that to a worker.")

    def settle(self, batch: Batch, key: str, state: str, reason: str | None) -> None:
        raise RunsNoNodes("The API process was asked to settle a send. Leave that to a worker.")


def runtime_of(database: Database) -> Runtime:
    """The engine put together for a process that runs no node."""
    nobody = _NoNodes()
    return Runtime(database=database, behaviours=nobody, claims=nobody)


class House:
    """The installation, as a request sees it."""

    def __init__(self, runtime: Runtime, version: str) -> None:
        self.runtime = runtime
        self.version = version
        self.imports = Imports(runtime, log_failure)
        self.streams = Streams()
        self.drafts = DraftFeed(runtime)
        self.numbers = NumbersFeed(runtime)

    @property
    def database(self) -> Database:
        """The database. A route opens one transaction on it: `read()` or `write()`."""
        return self.runtime.database

    def close(self) -> None:
        """Stop what goes on behind the requests."""
        self.imports.close()

    def now(self) -> int:
        """The present business instant."""
        return self.runtime.business_now()


def house_of(request: Request) -> House:
    """The house of the application that serves this request."""
    return cast(House, request.app.state.house)


HouseOf = Annotated[House, Depends(house_of)]
