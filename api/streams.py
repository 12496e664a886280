"""Server-sent events: one shape for every stream, and an end to all of them when the process is told to stop.

A server that is stopping waits until its answers are finished, and a stream never is: `python -m api` closes the
streams first. Browsers come back by themselves.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi.responses import StreamingResponse

MEDIA_TYPE = "text/event-stream"
_QUIET_SECONDS = 10.0
_AGAIN_MS = 1_500


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a stream. `id` is what a browser sends as Last-Event-ID when it comes back."""

    name: str
    data: Any
    id: str | None = None

    def as_bytes(self) -> bytes:
        """The event as it goes over the line."""
        head = f"id: {self.id}\n" if self.id is not None else ""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"{head}event: {self.name}\ndata: {data}\n\n".encode()


class Streams:
    """The open streams of a process."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream now, and each new one at once. To be called on the event loop."""
        self._closing.set()

    def answer(self, source: AsyncGenerator[Told]) -> StreamingResponse:
        """A response that tells what the source gives, with a sign of life in between."""
        return StreamingResponse(
            self._frames(source), media_type=MEDIA_TYPE, headers={"x-accel-buffering": "no"}
        )

    async def _frames(self, source: AsyncGenerator[Told]) -> AsyncIterator[bytes]:
        closing = asyncio.ensure_future(self._closing.wait())
        upcoming: asyncio.Future[Told] | None = None
        try:
            yield f"retry: {_AGAIN_MS}\n\n".encode()
            while True:
                if upcoming is None:
                    upcoming = asyncio.ensure_future(anext(source))
                either: set[asyncio.Future[Any]] = {upcoming, closing}
                await asyncio.wait(either, timeout=_QUIET_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if closing.done():
                    return
                if not upcoming.done():
                    yield b":\n\n"
                    continue
                try:
                    told = upcoming.result()
                except StopAsyncIteration:
                    return
                upcoming = None
                yield told.as_bytes()
        finally:
            closing.cancel()
            if upcoming is not None:
                upcoming.cancel()
                await asyncio.wait({upcoming})
            await source.aclose()


STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}
"""What a route that streams says of its answer, beside `declare(...)`."""
