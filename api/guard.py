"""Who may ask: only programs and pages of this machine. Until people sign in, nothing else stands between.

A page of a stranger's can make a browser send requests here, and a name of a stranger's can be made to point here. So
the Host must name this machine, and a request that changes something must not come from a page of anywhere else.
"""

import re
from collections.abc import Iterable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import FromElsewhere, NotLoopback, NotThisMachine
from api.problems import bug, respond

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HERE = r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
_HOST = re.compile(_HERE, re.IGNORECASE)
_ORIGIN = re.compile(f"https?://{_HERE}", re.IGNORECASE)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
        b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
)


def check_address(host: str) -> str:
    """The address to listen at. NotLoopback unless it is this machine's own."""
    if host not in ("localhost", "127.0.0.1", "::1"):
        raise NotLoopback(
            f'Wend does not listen at "{host}": nobody signs in yet, so that it keeps to loopback. '
            "Use 127.0.0.1, ::1 or localhost."
        )
    return host


class Guard:
    """The first to see a request, and the last to see its answer: also where it failed in a way that nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what comes from elsewhere; give every answer its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                # Answers hold contacts; the designer's own files are asked for again by their ETag.
                keep = b"no-store" if scope["path"].startswith("/v1/") else b"no-cache"
                headers = (*HEADERS, (b"cache-control", keep))
                message["headers"] = [*message["headers"], *_missing(message["headers"], headers)]
            await send(message)

        answer = _refusal(request)
        if answer is None:
            try:
                await self._app(scope, receive, send_with_headers)
                return
            except Exception as error:
                if started:
                    raise
                answer = bug(error)
        await answer(scope, receive, send_with_headers)


def _missing(
    have: Iterable[tuple[bytes, bytes]], wanted: Iterable[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in have}
    return [header for header in wanted if header[0] not in names]


def _refusal(request: Request) -> Response | None:
    hosts = request.headers.getlist("host")
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        return respond(
            NotThisMachine("The request names another machine. Ask for localhost, 127.0.0.1 or [::1].")
        )
    if request.method in _SAFE:
        return None
    origin = request.headers.get("origin")
    foreign = origin is not None and not _ORIGIN.fullmatch(origin)
    if foreign or request.headers.get("sec-fetch-site") == "cross-site":
        return respond(
            FromElsewhere(
                "The request comes from a page of another site. Send it from this machine's own pages."
            )
        )
    return None
