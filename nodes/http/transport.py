"""The connection under a node's request: resolve once, check every answer, connect to a checked address.

The name is resolved here and nowhere below, so that what was checked is what is connected to (a name that changes its
answer between check and connect gains nothing). Host header, SNI and certificate stay on the name.
"""

# ruff: noqa: ASYNC109 - the `timeout` parameters are httpcore's interface

import asyncio
import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx

from nodes.http.addresses import AddressRule, Resolver, checked_addresses
from nodes.http.errors import AddressRefused, NotSent
from nodes.http.record import Record

SECONDS_PER_ADDRESS = 3.0
"""How long one address may take to accept while the name has others left to try."""
IDLE_SECONDS = 2.0
"""How long an unused connection is kept. Below the 5 s after which common servers close theirs: a request written
into a connection that is just being closed would end as an unknown outcome."""
CONNECTIONS = 100

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


@dataclass
class Attempt:
    """One request on its way. `sent` turns True just before its first byte is written. `reads`: it changes nothing."""

    record: Record
    reads: bool = False
    sent: bool = False
    status: int | None = None

    def leaving(self) -> None:
        """Counted before the write: a process that dies within it has to be taken as having sent."""
        if not self.sent:
            self.sent = True
            self.record.requests_sent += 1
            self.record.changes_sent += 0 if self.reads else 1


current_attempt: ContextVar[Attempt] = ContextVar("current_attempt")


class WatchedStream(httpcore.AsyncNetworkStream):
    """A connection that notes on the current attempt when request bytes are about to leave.

    The bytes of a TLS handshake do not count: they carry nothing of the request.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream, host: str) -> None:
        self._inner = inner
        self._host = host

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        current_attempt.get().leaving()
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            cause = error.args[0] if error.args else None
            if isinstance(cause, ssl.SSLCertVerificationError):
                reason = f"the certificate of {self._host} was not accepted ({cause.verify_message})"
            else:
                reason = f"{self._host} did not agree on an encrypted connection"
            raise NotSent(reason) from error
        return WatchedStream(inner, self._host)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that it has resolved and checked itself. `dial` opens the socket."""

    def __init__(self, allow: AddressRule, resolve: Resolver, dial: httpcore.AsyncNetworkBackend) -> None:
        self._allow = allow
        self._resolve = resolve
        self._dial = dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await checked_addresses(host, port, resolve=self._resolve, allow=self._allow)
        last = len(addresses) - 1
        for tried, address in enumerate(addresses):
            try:
                stream = await self._dial.connect_tcp(
                    str(address),
                    port,
                    timeout=timeout if tried == last else SECONDS_PER_ADDRESS,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.NetworkError, httpcore.TimeoutException):
                continue
            return WatchedStream(stream, host)
        raise NotSent(f"{host} did not accept the connection")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[SocketOption] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused("(a local socket)", "nodes reach other machines only")

    async def sleep(self, seconds: float) -> None:
        await self._dial.sleep(seconds)


class PinnedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that connects through PinnedBackend. Belongs to one event loop.

    httpx offers no parameter for the network backend, hence the private attribute.
    """

    def __init__(self, backend: PinnedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False, retries=0)
        if not isinstance(getattr(self, "_pool", None), httpcore.AsyncConnectionPool):
            raise RuntimeError(
                "httpx keeps its connection pool elsewhere than this version of Wend expects, so addresses would go "
                "unchecked. Install the httpx version of requirements.lock."
            )
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            retries=0,
            network_backend=backend,
        )
        self._loop: asyncio.AbstractEventLoop | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        running = asyncio.get_running_loop()
        if self._loop not in (None, running):
            raise RuntimeError(
                "This OutgoingHttp was first used in another event loop. Make one inside each loop that sends."
            )
        self._loop = running
        return await super().handle_async_request(request)


@cache
def trusted_certificates() -> ssl.SSLContext:
    """The certificate authorities that ship with Wend's dependencies; SSL_CERT_FILE and the like change nothing.

    Loading them takes tens of milliseconds, so that it happens once a process.
    """
    return httpx.create_ssl_context(trust_env=False)
