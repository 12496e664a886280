"""The worker's log: where something failed, and what kind of failure it was, without anybody's data."""

import logging
import traceback
from types import TracebackType
from typing import Any

from sqlalchemy.exc import DBAPIError
from temporalio.service import RPCError

_SPEAKING = (DBAPIError, RPCError, OSError)
"""Errors whose text is known to hold no contact's data: the database cuts it off, the others never see it."""

_Trace = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Shows of an error its trace and its kind; its text only where that says nothing of a contact: a template or a
    profile that failed may be quoted in it."""

    def formatException(self, ei: _Trace) -> str:  # noqa: N802  # logging's own name
        """The trace of an error and of its causes."""
        parts: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None and len(parts) < 8:
            text = f": {error}" if isinstance(error, _SPEAKING) else ""
            place = "".join(traceback.format_tb(error.__traceback__))
            parts.insert(0, f"{place}{type(error).__module__}.{type(error).__qualname__}{text}")
            error = _before(error)
        return "\n".join(parts)


def _before(error: BaseException) -> BaseException | None:
    cause: Any = error.__cause__
    return cause if cause is not None or error.__suppress_context__ else error.__context__
