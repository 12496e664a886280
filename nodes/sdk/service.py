"""The service that a node under test calls: in memory, but spoken to over the real outgoing client.

A reply is {"status": 200, "json": ..., "text": ..., "headers": {...}}, every part optional, or a word: "refused" (no
connection), "lost" (the request took effect, the answer never came). Replies are a list, taken in turn and the last one
again and again, or a function from the Request to a reply.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

import h11
import httpcore

from nodes.http import READING, OutgoingHttp

Moment = Literal["before", "after", "lost"]
"""When a process dies at a request: before it leaves, after it took effect; or only its answer is lost."""
Reply = Mapping[str, Any] | Literal["refused", "lost"]
FAILED = 400
PUBLIC_ADDRESS = "93.184.215.14"


class Killed(BaseException):
    """The process that ran the node has died here."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the service saw it. `ref` is its Idempotency-Key; `earlier` are those that took effect before."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    earlier: tuple["Request", ...] = field(default=(), repr=False)

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.text)

    @property
    def ref(self) -> str | None:
        """The key by which the service can tell a repeat."""
        return self.headers.get("idempotency-key")

    @property
    def place(self) -> tuple[str, str]:
        """What it asks for: the method, and the address without its query."""
        parts = urlsplit(self.url)
        return self.method, f"{parts.netloc}{parts.path}"


Replies = Sequence[Reply] | Callable[[Request], Reply]


class Service:
    """Answers all requests of one test. `requests` have arrived, `effects` are those that changed something;
    `unanswered` says that a request came and the test has no reply."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._turn = 0
        self._kill: tuple[int, Moment] | None = None
        self.requests: list[Request] = []
        self.effects: list[Request] = []
        self.unanswered = False

    def begin(self, kill: tuple[int, Moment] | None = None) -> None:
        """A new attempt: the replies start again. `kill` names a request, from 0, and when the process dies there."""
        self._turn = 0
        self._kill = kill

    def client(self) -> OutgoingHttp:
        """The outgoing client, led here whatever the address."""

        async def resolve(host: str, _port: int) -> list[str]:
            return [host if _is_address(host) else PUBLIC_ADDRESS]

        return OutgoingHttp(resolve=resolve, dial=_Network(self))

    def connected(self) -> int:
        """The number of the request for which a connection is made now."""
        turn, self._turn = self._turn, self._turn + 1
        if self._kill == (turn, "before"):
            raise Killed
        if not callable(self._replies) and self._scripted(turn) == "refused":
            raise httpcore.ConnectError("refused")
        return turn

    def answer(self, turn: int, request: Request) -> bytes:
        """The bytes of the answer. Killed, or httpcore.ReadError where it is lost."""
        self.requests.append(request)
        reply = self._replies(request) if callable(self._replies) else self._scripted(turn)
        lost = reply == "lost" or self._kill == (turn, "lost")
        made = {} if isinstance(reply, str) else reply
        if request.method not in READING and made.get("status", 200) < FAILED:
            self.effects.append(request)
        if self._kill == (turn, "after"):
            raise Killed
        if lost:
            raise httpcore.ReadError("lost")
        return _bytes_of(made)

    def _scripted(self, turn: int) -> Reply:
        assert not callable(self._replies)
        if not self._replies:
            self.unanswered = True
            return "refused"
        return self._replies[min(turn, len(self._replies) - 1)]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _bytes_of(reply: Mapping[str, Any]) -> bytes:
    body = json.dumps(reply["json"]) if "json" in reply else str(reply.get("text", ""))
    kind = "application/json" if "json" in reply else "text/plain"
    headers = {"content-type": kind, **reply.get("headers", {}), "connection": "close"}
    raw = body.encode()
    lines = [
        f"HTTP/1.1 {reply.get('status', 200)} -",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, f"content-length: {len(raw)}", "", ""]).encode() + raw


class _Network(httpcore.AsyncNetworkBackend):
    """A network on which every address is the service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Line(self._service, self._service.connected())


class _Line(httpcore.AsyncNetworkStream):
    """One connection, for one request."""

    def __init__(self, service: Service, turn: int) -> None:
        self._service = service
        self._turn = turn
        self._server = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body = b""
        self._scheme = "http"
        self._complete = False
        self._done = False

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if not buffer or self._complete:
            return
        self._server.receive_data(buffer)
        while (event := self._server.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.Request):
                self._head = event
            elif isinstance(event, h11.Data):
                self._body += event.data
            else:
                self._complete = True
                break

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if self._done:
            return b""
        self._done = True
        return self._service.answer(self._turn, self._request())

    async def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        self._scheme = "https"
        return self

    async def aclose(self) -> None:
        """Nothing is open."""

    def get_extra_info(self, info: str) -> Any:
        return None

    def _request(self) -> Request:
        assert self._head is not None
        headers = {name.decode(): value.decode() for name, value in self._head.headers}
        url = f"{self._scheme}://{headers.get('host', '')}{self._head.target.decode()}"
        earlier = tuple(self._service.effects)
        return Request(self._head.method.decode(), url, headers, self._body.decode(), earlier)
