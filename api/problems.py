"""Errors as HTTP has them: which error of the house becomes which status, and the problem document (RFC 9457) it fills.

The one place that knows statuses. An error's class gives the problem's type and title, its text the detail.
"""

import logging
import re
import secrets
import traceback
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from api import errors
from engine.audience.contacts import UnknownContact
from engine.audience.rules import RuleNameTaken, UnknownRule
from engine.audience.segments import NotAList, SegmentNameTaken, UnknownSegment
from engine.enrolment.campaign import CampaignOver, NoCampaignTrigger, NotPublished, UnknownCampaign
from engine.enrolment.control import NotRunning
from engine.enrolment.draft_changes import SavedChange
from engine.enrolment.drafts import (
    ChangeMisplaced,
    DraftChanged,
    JourneyNameMissing,
    JourneyNameTaken,
    NotReadable,
    UnknownJourney,
)
from engine.enrolment.removal import JourneyInUse
from engine.enrolment.replay import NotParked, NotUndecided, ReplayUnclear
from engine.enrolment.reschedule import BadSchedule, CampaignExists
from engine.enrolment.runtime import UnknownPlan
from engine.enrolment.segment_use import SegmentInUse
from engine.enrolment.timeline import UnknownEnrolment
from engine.enrolment.why import UnknownMessage
from engine.flow.condition import ConditionError
from engine.flow.diagnostic import Diagnostic, NotPublishable
from engine.journey.rehearsed import RehearsalTooLong

MEDIA_TYPE = "application/problem+json"
_PREFIX = "urn:wend:problem:"
_log = logging.getLogger("wend.api")

STATUS: dict[type[Exception], int] = {
    errors.BadRequest: 400,
    errors.BadCursor: 400,
    errors.BodyNotJson: 400,
    errors.FromElsewhere: 403,
    errors.NotFound: 404,
    errors.BodyTooLarge: 413,
    errors.WrongMediaType: 415,
    errors.WrongEncoding: 415,
    errors.NotThisMachine: 421,
    errors.NoApiTrigger: 409,
    errors.NoTourHere: 409,
    errors.BadValue: 422,
    UnknownJourney: 404,
    UnknownPlan: 404,
    UnknownContact: 404,
    JourneyNameTaken: 409,
    JourneyInUse: 409,
    DraftChanged: 409,
    ChangeMisplaced: 422,
    JourneyNameMissing: 422,
    NotReadable: 422,
    NotPublishable: 422,
    ConditionError: 422,
    UnknownSegment: 404,
    SegmentNameTaken: 409,
    NotAList: 409,
    UnknownRule: 404,
    RuleNameTaken: 409,
    UnknownCampaign: 404,
    UnknownEnrolment: 404,
    UnknownMessage: 404,
    SegmentInUse: 409,
    NotParked: 409,
    NotUndecided: 409,
    ReplayUnclear: 422,
    NotRunning: 409,
    CampaignOver: 409,
    CampaignExists: 409,
    NotPublished: 409,
    NoCampaignTrigger: 409,
    BadSchedule: 422,
    RehearsalTooLong: 422,
    errors.ForecastTooLong: 422,
}
"""What each error of the house becomes."""

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_HTTP_STEPS = {
    404: "Look at /docs for the addresses that there are.",
    405: "Use one of the methods in the header Allow.",
}


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    where: str = Field(description="body, query or path.")
    field: str = Field(description="The field, its parts joined by dots; empty for the whole.")
    message: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it, and what to do."""

    type: str = Field(description=f"What kind of problem: {_PREFIX} and a name that does not change.")
    title: str
    status: int
    detail: str = Field(description="What is wrong, and the next step.")
    instance: str | None = Field(default=None, description="Names this one failure in the server's log.")
    errors: list[FieldProblem] = Field(default_factory=list, description="The fields at fault.")
    diagnostics: list[Diagnostic] = Field(
        default_factory=list, description="What keeps a flowchart from being read or published."
    )
    revision: int | None = Field(
        default=None, description="The draft's present revision, if that was the trouble."
    )
    changes: list[SavedChange] = Field(
        default_factory=list, description="What was saved since; none where that is not kept any more."
    )


def name_of(kind: type[Exception]) -> str:
    """The last part of a problem's type: DraftChanged is `draft-changed`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def status_of(error: Exception) -> int:
    """The status for an error of the house; that of its nearest class in the map."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: Exception) -> Problem:
    """The problem document of an error in the map."""
    kind = type(error)
    fields = []
    if isinstance(error, errors.BadValue):
        fields = [FieldProblem(where="body", field=error.field, message=error.text)]
    elif isinstance(error, ChangeMisplaced):
        fields = [FieldProblem(where="body", field=error.change.place, message=str(error))]
    return Problem(
        type=f"{_PREFIX}{name_of(kind)}",
        title=_title(kind),
        status=status_of(error),
        detail=str(error),
        errors=fields,
        diagnostics=list(error.diagnostics) if isinstance(error, NotPublishable | NotReadable) else [],
        revision=error.revision if isinstance(error, DraftChanged) else None,
        changes=(error.changes or []) if isinstance(error, DraftChanged) else [],
    )


def _title(kind: type[Exception]) -> str:
    """The first sentence of the class's docstring: the second, the next step, is for the detail."""
    return (kind.__doc__ or kind.__name__).partition(". ")[0].strip().rstrip(".")


def respond(error: Exception) -> Response:
    """The answer to an error in the map."""
    return _answer(problem_of(error))


def _answer(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    content = problem.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return JSONResponse(content, problem.status, headers, media_type=MEDIA_TYPE)


def declare(*kinds: type[Exception]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may fail in these ways, and in those that every route may."""
    declared: dict[int, list[type[Exception]]] = {}
    for kind in kinds:
        declared.setdefault(STATUS[kind], []).append(kind)
    return {
        status: {
            "description": "; ".join(f"{_title(kind)} (`{name_of(kind)}`)" for kind in found),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, found in sorted(declared.items())
    }


def install(app: FastAPI) -> None:
    """Let every error of the application end in a problem document."""
    for kind in STATUS:
        app.add_exception_handler(kind, _house_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(PoolTimeout, _database_error)


async def _house_error(request: Request, error: Exception) -> Response:
    return respond(error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [_field(one) for one in error.errors()[:100]]
    first = fields[0]
    place = f"{first.where} {first.field}".strip()
    problem = Problem(
        type=f"{_PREFIX}bad-value",
        title="A value does not fit what it is for",
        status=422,
        detail=f"At {place}: {first.message}"
        + (f" There are {len(fields)} such faults." if fields[1:] else ""),
        errors=fields,
    )
    return _answer(problem)


def _field(fault: Any) -> FieldProblem:
    place: Sequence[int | str] = fault["loc"]
    message = str(fault["msg"]).removeprefix("Value error, ")
    return FieldProblem(
        where=str(place[0]), field=".".join(str(part)[:60] for part in place[1:9]), message=message[:500]
    )


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    step = _HTTP_STEPS.get(error.status_code, "Look at /docs for what this address takes.")
    problem = Problem(
        type="about:blank",
        title=error.detail,
        status=error.status_code,
        detail=f"{error.detail}. {step}",
    )
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    return _answer(problem, headers)


def _allowed(request: Request) -> list[str]:
    """The methods that the request's address takes. Starlette names those of the first route alone, and several share
    an address here. The designer's pages, which take any method and refuse it themselves, are read."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    found = [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] == Match.FULL for route in routes)
    ]
    return found or ["GET", "HEAD"]


async def _database_error(request: Request, error: Exception) -> Response:
    if not _is_outage(error):
        return bug(error)
    _log.warning("the database did not answer: %s", type(error).__name__)
    problem = Problem(
        type=f"{_PREFIX}database-away",
        title="The database does not answer",
        status=503,
        detail="The database does not answer. Try again in a few seconds; nothing of this request was kept.",
    )
    return _answer(problem, {"retry-after": "5"})


def _is_outage(error: Exception) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, OperationalError):
        return False
    text = str(error.orig)
    sqlite = type(error.orig).__module__.startswith("sqlite3")
    return not sqlite or any(sign in text for sign in ("locked", "unable to open", "disk", "readonly"))


def log_failure(error: Exception) -> str:
    """Write an error that nobody foresaw to the log, without its text; gives the name of the entry."""
    name = secrets.token_hex(6)
    place = "".join(traceback.format_tb(error.__traceback__))
    _log.error("failure %s: %s\n%s", name, type(error).__name__, place)
    return name


def bug(error: Exception) -> Response:
    """The answer to an error that nobody foresaw. Its text stays here, since it may hold what others sent: the log has
    its kind and its place, under a name that the answer tells."""
    name = log_failure(error)
    problem = Problem(
        type=f"{_PREFIX}bug",
        title="This is a bug of Wend's",
        status=500,
        detail="The request failed by a bug of Wend's. Report it, with the entry of this name in the server's log.",
        instance=f"urn:wend:failure:{name}",
    )
    return _answer(problem)
