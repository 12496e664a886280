"""`ctx.http`: the outgoing client, with the node's key on every request that may change something."""

from collections.abc import Callable, Mapping
from typing import Any

from nodes.http import READING, SIGNATURE_HEADER, Call, HttpReply, OutgoingHttp, json_bytes, sign

Query = Mapping[str, str | int | float | bool | None]


class NodeHttp:
    """What a node calls other machines with: one request a call, public addresses only, an answer of any status.

    A request that may change something carries `ctx.key` as its `Idempotency-Key`; the second one of the same visit
    carries `ctx.key` with "/2" behind, and so on: a repeat of the visit gives each request the key that it had.
    `sign_with` is a secret with which the body is signed, for the header `Wend-Signature`.
    """

    def __init__(self, client: OutgoingHttp, key: str, real_seconds: Callable[[], int]) -> None:
        self._client = client
        self._key = key
        self._real_seconds = real_seconds
        self._writes = 0

    @property
    def requests_sent(self) -> int:
        """How many requests may have left that may have changed something. One that reads may always be made again."""
        return self._client.changes_sent

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that have ended, as the log may show them."""
        return self._client.calls

    def hide(self, secret: str) -> None:
        """Keep this value out of `calls` and of error texts."""
        self._client.hide(secret)

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
        sign_with: str | None = None,
    ) -> HttpReply:
        """Send one request and read the answer. Errors: those of `nodes.http`, which the engine sorts by itself."""
        if sign_with is not None:
            body = json_bytes(json) if json is not None else _bytes(content)
            headers = {**(headers or {}), SIGNATURE_HEADER: sign(body, sign_with, self._real_seconds())}
        if ref is None and method not in READING:
            self._writes += 1
            ref = self._key if self._writes == 1 else f"{self._key}/{self._writes}"
        return await self._client.request(
            method, url, headers=headers, json=json, content=content, params=params, ref=ref
        )

    async def get(self, url: str, **options: Any) -> HttpReply:
        """`request("GET", ...)`."""
        return await self.request("GET", url, **options)

    async def post(self, url: str, **options: Any) -> HttpReply:
        """`request("POST", ...)`."""
        return await self.request("POST", url, **options)

    async def put(self, url: str, **options: Any) -> HttpReply:
        """`request("PUT", ...)`."""
        return await self.request("PUT", url, **options)

    async def patch(self, url: str, **options: Any) -> HttpReply:
        """`request("PATCH", ...)`."""
        return await self.request("PATCH", url, **options)

    async def delete(self, url: str, **options: Any) -> HttpReply:
        """`request("DELETE", ...)`."""
        return await self.request("DELETE", url, **options)


def _bytes(content: bytes | str | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""
