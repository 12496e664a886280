"""The worker's log has an error's place and kind, and nobody's data."""

from __future__ import annotations

import logging
import sys

from temporalio.service import RPCError, RPCStatusCode

from workers.logs import Discreet

SECRET = "anna@example.com"


def logged(error: Exception) -> str:
    """What the log has of an error that was raised while another was looked at."""
    try:
        try:
            raise KeyError(SECRET)
        except KeyError:
            raise error  # noqa: B904  # what was looked at meanwhile is the point
    except Exception:
        record = logging.LogRecord("wend", logging.ERROR, "here.py", 1, "it failed", None, sys.exc_info())
    return Discreet("%(message)s").format(record)


def test_the_text_of_an_error_is_left_out() -> None:
    """Its place, its kind and its cause are there."""
    said = logged(ValueError(f"{SECRET} is no address"))

    assert SECRET not in said
    assert said.index("builtins.KeyError") < said.index("builtins.ValueError")
    assert "test_logs.py" in said


def test_what_a_server_says_is_kept() -> None:
    """Temporal never sees a contact, so its words help without harm."""
    assert "namespace not found" in logged(RPCError("namespace not found", RPCStatusCode.NOT_FOUND, b""))
