"""A bad line to a PostgreSQL server: at seeded commits it breaks, before the server hears of it or before its answer comes.

Whoever commits over it cannot tell the one from the other: the transaction is undone, or it is done and nobody said so.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from sqlalchemy import make_url

_COMMIT = b"COMMIT\0"
_CHUNK = 1 << 16
_START_SECONDS = 30.0


class Wire:
    """Carries what is said between any number of clients and the server. `lost` counts the commits at which it broke, by what
    became of them."""

    def __init__(self, url: str, seed: int, share: float, most: int) -> None:
        self._server = make_url(url)
        self._dice = random.Random(seed)
        self._share, self._most = share, most
        self.lost = {"undone": 0, "done": 0}
        self.url = ""
        self.bad = False
        """Whether it breaks at all, yet."""
        self._carrying: set[asyncio.Task[Any]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    async def serve(self, ready: threading.Event, ended: asyncio.Event) -> None:
        """Carry until it is to end."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.url = self._server.set(port=port).render_as_string(hide_password=False)
        ready.set()
        await ended.wait()
        server.close()
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._carrying)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        ends = [writer]
        try:
            there = await asyncio.open_connection(self._server.host, self._server.port)
            ends.append(there[1])
            self._ends.update(ends)
            deaf = asyncio.Event()
            async with asyncio.TaskGroup() as ways:
                asking = ways.create_task(self._ask(reader, there[1], deaf))
                answering = ways.create_task(self._answer(there[0], writer, deaf))
                await asyncio.wait([asking, answering], return_when=asyncio.FIRST_COMPLETED)
                asking.cancel()
                answering.cancel()
        except OSError:
            return  # the server is away
        finally:
            for end in ends:
                end.transport.abort()
            self._ends.difference_update(ends)
            self._carrying.discard(task)

    async def _ask(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        """From a client to the server, up to a commit at which the line breaks."""
        with suppress(OSError):
            while said := await source.read(_CHUNK):
                if said.endswith(_COMMIT):
                    breaks = self._breaks()
                    if breaks == "undone":
                        return
                    if breaks == "done":
                        deaf.set()
                target.write(said)
                await target.drain()

    def _breaks(self) -> str | None:
        if not self.bad or sum(self.lost.values()) >= self._most or self._dice.random() >= self._share:
            return None
        what = self._dice.choice(sorted(self.lost))
        self.lost[what] += 1
        return what

    async def _answer(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        """From the server to a client; the answer that is to be lost has come, and is not passed on."""
        with suppress(OSError):
            while said := await source.read(_CHUNK):
                if deaf.is_set():
                    return
                target.write(said)
                await target.drain()


@contextmanager
def bad_wire(url: str, seed: int, *, share: float, most: int) -> Iterator[Wire]:
    """A line to the database of this address that breaks at this share of all commits, so many times at most."""
    wire, ready, loop = Wire(url, seed, share, most), threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()
    thread = threading.Thread(target=partial(loop.run_until_complete, wire.serve(ready, ended)), name="wire")
    thread.start()
    try:
        assert ready.wait(_START_SECONDS)
        yield wire
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()
