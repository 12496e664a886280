"""A real HTTP server on loopback that does what a test tells it, and a way for public addresses to lead to it."""

import asyncio
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpcore

from nodes.http import Resolver

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "8.8.8.8"


@dataclass
class Server:
    """What arrived: each request with its head and body, and how many connections were opened."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def head(self, number: int = -1) -> str:
        return self.requests[number].partition(b"\r\n\r\n")[0].decode("latin-1").lower()


Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answering(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> Script:
    """A script that gives the same complete answer each time."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    answer = "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return script


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset instead of the ordinary end of a connection."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def serving(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server on a free loopback port that runs the script after each request it has read."""
    talks: set[asyncio.Task[Any]] = set()
    server = Server(port=0)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        server.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                server.requests.append(head + body)
                server.arrived.set()
                await script(writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            talks.discard(task)
            writer.transport.abort()

    listener = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        left = list(talks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def closed_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def names(**answers: list[str]) -> Resolver:
    """A resolver that knows these names (with _ for .) and no others."""

    async def resolve(host: str, port: int) -> list[str]:
        if (known := answers.get(host.replace(".", "_"))) is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known

    return resolve


class Detour(httpcore.AsyncNetworkBackend):
    """Notes every address that is dialled and leads it to a loopback port, so that no test needs the internet."""

    def __init__(self, port: int, **other_ports: int) -> None:
        self.dialled: list[tuple[str, int]] = []
        self.patience: list[float | None] = []
        self._port = port
        self._other_ports = {address.replace("_", "."): place for address, place in other_ports.items()}
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        self.patience.append(timeout)
        return await self._inner.connect_tcp("127.0.0.1", self._other_ports.get(host, self._port), timeout)
