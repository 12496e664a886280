"""The application: the slices, one after another, behind the guard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from starlette.routing import Match, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan, Scope

from api import problems
from api.accounts.routes import router as accounts
from api.campaigns.routes import router as campaigns
from api.catalog.routes import router as catalog
from api.clock.routes import router as clock
from api.contacts.routes import router as contacts
from api.drafts.routes import router as drafts
from api.enrolments.routes import router as enrolments
from api.events.routes import batches as event_batches
from api.events.routes import router as events
from api.examples.routes import router as examples
from api.forecasts.routes import router as forecasts
from api.guard import Guard
from api.health.routes import router as health
from api.house import House, runtime_of
from api.incidents.routes import router as incidents
from api.journeys.routes import router as journeys
from api.library.routes import router as library
from api.messages.routes import router as messages
from api.numbers.routes import router as numbers
from api.openapi import describe
from api.overview import overview
from api.rehearsals.routes import router as rehearsals
from api.rules.routes import router as rules
from api.sandbox.routes import router as sandbox
from api.segments.routes import router as segments
from api.tour.routes import router as tour
from api.words.routes import router as words
from engine.store.database import Database

DESIGNER = Path(__file__).parent.parent / "designer" / "dist"
SLICES: tuple[APIRouter, ...] = (
    journeys,
    drafts,
    numbers,
    campaigns,
    enrolments,
    messages,
    incidents,
    examples,
    contacts,
    segments,
    rules,
    events,
    event_batches,
    words,
    rehearsals,
    forecasts,
    library,
    accounts,
    sandbox,
    catalog,
    clock,
    tour,
    health,
)
_NO_PAGES = frozenset({"v1", "docs", "openapi.json"})
_ABOUT = """\
Everything that the designer and the command line do, and what shops send.

Ids are text, moments are ISO 8601, lists come in pages: pass `next` as `cursor` for the following one. Whatever goes
wrong is a problem document (RFC 9457) whose `detail` says what is wrong and what to do. Bodies are JSON in UTF-8, of at
most 1 MB. Until people sign in, only this machine is listened to.
"""


def wend_version() -> str:
    """The version of Wend that is installed."""
    try:
        return version("wend")
    except PackageNotFoundError:
        return "0"


class _Pages(Mount):
    """The designer's pages. A mount takes whatever begins with its path, so that it would answer for the API, too, where
    that knows the address and not the method, or neither."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """No match for an address of the API."""
        first = str(scope["path"]).lstrip("/").partition("/")[0]
        return (Match.NONE, {}) if first in _NO_PAGES else super().matches(scope)


@asynccontextmanager
async def _alive(app: FastAPI) -> AsyncIterator[None]:
    yield
    await run_in_threadpool(app.state.house.close)


def outline(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The application without an installation to work on: for its description alone."""
    app = FastAPI(
        title="Wend",
        version=wend_version(),
        summary="Customer journeys, drawn and run",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
        separate_input_output_schemas=True,
        lifespan=lifespan,
    )  # fmt: skip
    for router in SLICES:
        app.include_router(router, prefix="/v1")
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # FastAPI's own way to give another document
    app.add_api_route("/docs", lambda: HTMLResponse(overview(describe(app))), include_in_schema=False)
    problems.install(app)
    app.add_middleware(Guard)
    return app


def make_app(database: Database, designer: Path = DESIGNER) -> FastAPI:
    """The application on an installation's database. Where the designer is built, it is served at /."""
    app = outline(_alive)
    app.state.house = House(runtime_of(database), wend_version())
    if designer.is_dir():
        app.router.routes.append(_Pages("/", StaticFiles(directory=designer, html=True)))
    return app
