"""What a node gets back from a request."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST_RETRY_SECONDS = 3_600.0


class NotJson(ValueError):
    """The reply's body is not JSON. The request itself arrived and was answered."""

    def __init__(self, status: int, content_type: str) -> None:
        super().__init__(status, content_type)
        self.status = status
        self.content_type = content_type

    def __str__(self) -> str:
        return (
            f"The answer (status {self.status}, content type {self.content_type or 'not given'}) is not JSON. "
            "Read `reply.body` instead, or use an address that answers in JSON."
        )


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A complete answer, whatever its status; redirects are answers too. Header names are in lower case.

    `body` is as it came over the wire: it is never decompressed.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body read as JSON. Raises NotJson, also for NaN, Infinity and nesting too deep to read."""
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise NotJson(self.status, self.headers.get("content-type", "")) from None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the `Retry-After` header asks for, from 0 to 3,600; None if absent or unreadable.

        RFC 9110 section 10.2.3. A date is taken against the answer's own `Date` header, so no clock is asked.
        """
        wish = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"[0-9]+", wish):
            seconds = LONGEST_RETRY_SECONDS if len(wish) > 9 else float(wish)
        else:
            try:
                until = parsedate_to_datetime(wish)
                seconds = (until - parsedate_to_datetime(self.headers.get("date", ""))).total_seconds()
            except (TypeError, ValueError, OverflowError):
                return None
        return min(max(seconds, 0.0), LONGEST_RETRY_SECONDS)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
