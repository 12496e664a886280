"""The HTTP client that nodes get as `ctx.http`: public addresses only, one request per call, and always an answer to
"may it have left?"."""

import asyncio
import copy
import re
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from nodes.http.addresses import AddressRule, Resolver, is_public_rule, system_resolver
from nodes.http.errors import (
    AddressRefused,
    HttpFailure,
    NotSent,
    OutcomeUnknown,
    ReplyTooLarge,
    RequestRefused,
)
from nodes.http.headers import request_headers
from nodes.http.record import READING, Call, Record
from nodes.http.reply import HttpReply
from nodes.http.signing import json_bytes
from nodes.http.transport import (
    Attempt,
    PinnedBackend,
    PinnedTransport,
    current_attempt,
    trusted_certificates,
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+")

Query = Mapping[str, str | int | float | bool | None]


class OutgoingHttp:
    """Requests to other machines, for one event loop.

    allow: which resolved addresses and ports may be reached. There is no setting that turns it off.
    deadline: seconds for the whole exchange, from resolving the name to the last byte.
    response_cap: the longest body kept, in bytes.
    resolve, dial, tls: the resolver, what opens sockets, and the trusted certificates.

    Each call makes at most one request: no redirect is followed, nothing is retried, no cookie is kept, no proxy is
    taken from the environment. The transport is used without httpx's client, whose log line shows whole URLs.
    """

    def __init__(
        self,
        allow: AddressRule = is_public_rule,
        deadline: float = 10.0,
        response_cap: int = 1_000_000,
        *,
        resolve: Resolver = system_resolver,
        dial: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        backend = PinnedBackend(allow, resolve, dial or httpcore.AnyIOBackend())
        self._transport = PinnedTransport(backend, tls or trusted_certificates())
        self._deadline = deadline
        self._response_cap = response_cap
        self._record = Record()

    def recording(self) -> "OutgoingHttp":
        """The same connections with a record of its own: one for each node call, so that counts do not mix."""
        twin = copy.copy(self)
        twin._record = Record(secrets=set(self._record.secrets))
        return twin

    def hide(self, secret: str) -> None:
        """Keep this value out of `calls` and of error texts."""
        if secret:
            self._record.secrets.add(secret)

    @property
    def requests_sent(self) -> int:
        """How many requests may have left through this client, those still on their way included."""
        return self._record.requests_sent

    @property
    def changes_sent(self) -> int:
        """How many of them may have changed something: all but those that only read."""
        return self._record.changes_sent

    @property
    def calls(self) -> tuple[Call, ...]:
        """The last 1,000 calls that have ended, oldest first, as the log may show them."""
        return tuple(self._record.calls)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        params: Query | None = None,
        ref: str | None = None,
    ) -> HttpReply:
        """Send one request and read the whole answer. An answer of any status is a reply, not an error.

        json: sent as `json_bytes` makes it. content: sent as it is. params: added to the URL's own query.
        ref: sent as `Idempotency-Key`; pass `ctx.key`.

        Raises AddressRefused, RequestRefused or NotSent when surely nothing was sent; OutcomeUnknown or ReplyTooLarge
        when bytes may have left.
        """
        target = self._target(url, params)
        attempt = Attempt(self._record, reads=method in READING)
        loop = asyncio.get_running_loop()
        began = loop.time()
        failure: str | None = None
        try:
            request = _built(method, target, request_headers(headers, ref), json, content)
            return await self._within_deadline(request, attempt)
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            self._record.calls.append(
                Call(
                    method=method,
                    host=self._record.host(target),
                    path=self._record.path(target),
                    status=attempt.status,
                    sent=attempt.sent,
                    failure=failure,
                    milliseconds=(loop.time() - began) * 1_000,
                )
            )

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Query | None = None,
        ref: str | None = None,
    ) -> HttpReply:
        """`request("GET", ...)`."""
        return await self.request("GET", url, headers=headers, params=params, ref=ref)

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        params: Query | None = None,
        ref: str | None = None,
    ) -> HttpReply:
        """`request("POST", ...)`."""
        return await self.request(
            "POST", url, headers=headers, json=json, content=content, params=params, ref=ref
        )

    async def put(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        params: Query | None = None,
        ref: str | None = None,
    ) -> HttpReply:
        """`request("PUT", ...)`."""
        return await self.request(
            "PUT", url, headers=headers, json=json, content=content, params=params, ref=ref
        )

    async def patch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        params: Query | None = None,
        ref: str | None = None,
    ) -> HttpReply:
        """`request("PATCH", ...)`."""
        return await self.request(
            "PATCH", url, headers=headers, json=json, content=content, params=params, ref=ref
        )

    async def delete(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Query | None = None,
        ref: str | None = None,
    ) -> HttpReply:
        """`request("DELETE", ...)`."""
        return await self.request("DELETE", url, headers=headers, params=params, ref=ref)

    async def aclose(self) -> None:
        """Close every connection, those of clients made by `recording` too."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _target(self, url: str, params: Query | None) -> httpx.URL:
        try:
            target = httpx.URL(url)
            if params:
                target = target.copy_merge_params(params)
        except (httpx.InvalidURL, TypeError, ValueError):
            # What cannot be read cannot be shown safely either: it may be a secret pasted into the wrong field.
            raise AddressRefused("(an unreadable address)", "it is not a web address") from None
        shown = self._record.address(target)
        if target.scheme not in ("http", "https"):
            raise AddressRefused(shown, "it begins with neither http:// nor https://")
        if not _HOST.fullmatch(target.raw_host.decode("ascii")):
            raise AddressRefused(shown, "its host name is not valid")
        if target.userinfo:
            raise AddressRefused(shown, "it holds a user name or password, which belong in a header")
        return target

    async def _within_deadline(self, request: httpx.Request, attempt: Attempt) -> HttpReply:
        host = self._record.host(request.url)
        token = current_attempt.set(attempt)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._exchanged(request, attempt)
        except AddressRefused as refused:
            raise AddressRefused(self._record.address(request.url), refused.reason) from None
        except HttpFailure:
            raise
        except TimeoutError as error:
            raise _failure(attempt, f"{host} gave no complete answer in {self._deadline:g} s") from error
        except (httpx.TransportError, OSError) as error:
            raise _failure(attempt, f"{host} closed the connection before a complete answer came") from error
        finally:
            current_attempt.reset(token)

    async def _exchanged(self, request: httpx.Request, attempt: Attempt) -> HttpReply:
        response = await self._transport.handle_async_request(request)
        attempt.status = response.status_code
        try:
            body = bytearray()
            # Raw, not decoded: the cap counts what came, and a body that unpacks to more is left packed.
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > self._response_cap:
                    raise ReplyTooLarge(response.status_code, self._response_cap)
        finally:
            await response.aclose()
        return HttpReply(response.status_code, dict(response.headers.items()), bytes(body))


def _built(
    method: str, target: httpx.URL, headers: dict[str, str], json: Any, content: bytes | str | None
) -> httpx.Request:
    if method not in METHODS:
        raise RequestRefused(
            f"the method {method[:20]!r}", "is not one that nodes may use", f"Use one of {sorted(METHODS)}"
        )
    if json is not None:
        if content is not None:
            raise RequestRefused("the body", "is given twice", "Pass either `json` or `content`")
        content = json_bytes(json)
        headers.setdefault("content-type", "application/json")
    return httpx.Request(method, target, headers=headers, content=content)


def _failure(attempt: Attempt, reason: str) -> HttpFailure:
    return OutcomeUnknown(reason, attempt.status) if attempt.sent else NotSent(reason)
