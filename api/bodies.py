"""Requests' bodies: bounded while they are read, and JSON in the strict sense before anything else looks at it.

Python's own parser takes NaN, keys that come twice (the last wins), numbers without bound and nesting up to a crash. So
a body is read by a parser that knows the standard alone, and then looked through for keys that come twice. Whole numbers
beyond 64 bits become the nearest number that there is, as they do in a browser.
"""

import json
import re
import zlib
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.errors import BodyNotJson, BodyTooLarge, WrongEncoding, WrongMediaType

MAX_BODY = 1_000_000
"""Bytes of a request's body, unpacked."""
MAX_DEPTH = 64
"""How deep objects and lists may stand in one another."""
_IN_THREAD_FROM = 32_000
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def strict_json(body: bytes) -> Any:
    """The value that a body holds. BodyNotJson says where it fails the standard, or our bounds on it."""
    try:
        if _depth(body) > MAX_DEPTH:
            raise BodyNotJson(
                f"The body is nested deeper than {MAX_DEPTH} levels. Keep values nearer the top."
            )
        value = orjson.loads(body)
        json.loads(body, object_pairs_hook=_unique)
    except (orjson.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        what = str(error).partition(": line")[0] or "it cannot be read"
        raise BodyNotJson(f"The body is no JSON: {what}. Correct it.") from None
    if b"\\u0000" in body and _holds_nul(value):
        raise BodyNotJson("The body holds a NUL character, which cannot be stored. Take it out.")
    return value


def _depth(body: bytes) -> int:
    deepest = level = 0
    for sign in _STRING.sub(b"", body).translate(None, _NOT_BRACKETS):
        if sign in b"[{":
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BodyNotJson(f'The body has the key "{twice[:60]}" twice in one object. Keep one of the two.')
    return found


def _holds_nul(value: Any) -> bool:
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, str):
            if "\x00" in found:
                return True
        elif isinstance(found, dict):
            stack.extend(found)
            stack.extend(found.values())
        elif isinstance(found, list):
            stack.extend(found)
    return False


async def read_bounded(request: Request, limit: int) -> bytes:
    """The body, unpacked where it came packed. BodyTooLarge as soon as it passes the limit."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", ""):
        raise WrongEncoding(f'The encoding "{encoding[:40]}" is not taken. Send the body as it is, or gzip.')
    unpacker = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in request.stream():
        if unpacker is None:
            body += chunk
        else:
            try:
                body += unpacker.decompress(chunk, limit + 1 - len(body))
            except zlib.error:
                raise BodyNotJson("The body is said to be gzip and is not. Pack it again.") from None
        if len(body) > limit or (unpacker is not None and unpacker.unconsumed_tail):
            raise BodyTooLarge(f"The body is larger than {limit:,} bytes. Send less at once.")
    if unpacker is not None and not unpacker.eof:
        raise BodyNotJson("The packed body ends too early. Send all of it.")
    return bytes(body)


class _Read(Request):
    """A request whose body was read, and found to be JSON."""

    async def body(self) -> bytes:
        return b"read"

    async def json(self) -> Any:
        return self.scope["wend.body"]


class JsonRoute(APIRoute):
    """A route whose body, if it takes one, is strict JSON within bounds. `limit` is in bytes."""

    limit = MAX_BODY

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, behind the reading of the body."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def checked(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise WrongMediaType("The body's type is not taken here. Send JSON as application/json.")
            body = await read_bounded(request, self.limit)
            if len(body) > _IN_THREAD_FROM:
                value = await run_in_threadpool(strict_json, body)
            else:
                value = strict_json(body)
            request.scope["wend.body"] = value
            return await handle(_Read(request.scope, request.receive))

        return checked
