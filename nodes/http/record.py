"""What is kept of a node's requests for the log: enough to recognise a call, nothing of a person and no secret."""

import re
from collections import deque
from dataclasses import dataclass, field

import httpx

KEPT = 1_000
HIDDEN = "*"
READING = frozenset({"GET", "HEAD"})
"""The methods of requests that change nothing, and may always be made again."""
_PLAIN_SEGMENT = re.compile(r"[A-Za-z][A-Za-z_-]{0,23}|v\d{1,3}")


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the log shows it. `milliseconds` counts from the call until its reply or failure.

    `path` has no query, and `*` for each segment that might be an id, a name or a key. `status` is None when no
    answer began, `failure` the name of the error if there was one.
    """

    method: str
    host: str
    path: str
    status: int | None
    sent: bool
    failure: str | None
    milliseconds: float


@dataclass(slots=True)
class Record:
    """The calls of one user of the client, newest last, and how many requests may have left, and may have changed
    something."""

    requests_sent: int = 0
    changes_sent: int = 0
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    secrets: set[str] = field(default_factory=set)

    def redacted(self, text: str) -> str:
        """The text without any value that was declared a secret; longest first, since one may contain another."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    def host(self, url: httpx.URL) -> str:
        return self.redacted(url.raw_host.decode("ascii"))

    def path(self, url: httpx.URL) -> str:
        """`/services/T024/Xy9` becomes `/services/*/*`: chat and form services put their key in the path."""
        segments = self.redacted(url.path).split("/")
        return "/".join(part if not part or _PLAIN_SEGMENT.fullmatch(part) else HIDDEN for part in segments)

    def address(self, url: httpx.URL) -> str:
        """The URL as an error may show it."""
        host = self.host(url)
        port = "" if url.port is None else f":{url.port}"
        return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}{self.path(url)}"
