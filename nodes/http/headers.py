"""Which headers a node may set. An allow-list: a header that steers a proxy or a connection is not the node's."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from nodes.http.errors import RequestRefused

ALLOWED = frozenset(
    {
        "accept",
        "accept-language",
        "apikey",
        "authorization",
        "content-language",
        "content-type",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "prefer",
        "revision",
        "traceparent",
        "user-agent",
    }
)
# What vendors call theirs: X-Anything, Api-Key, Notion-Version, Private-Token, Account-Id, Wend-Signature.
_VENDOR = re.compile(r"x-[a-z0-9_-]+|[a-z0-9_-]+-(id|key|organization|project|signature|token|version)")
_STEERING = re.compile(
    r"(proxy|sec)-.*|x-(forwarded|real|original|rewrite|http-method|method-override|host|client-ip|cluster"
    r"|aws|google|envoy|amzn|azure)(-.*)?"
)
_VALUE = re.compile(r"[\x20-\x7e\t]*")
MOST_HEADERS = 50
LONGEST_VALUE = 8_192

IDENTITY_HEADERS = {
    "accept": "*/*",
    # A compressed answer of 1 MB can unpack to 1 GB.
    "accept-encoding": "identity",
    "user-agent": "Wend",
}


def request_headers(given: Mapping[str, str] | None, ref: str | None) -> dict[str, str]:
    """The headers to send: ours, the node's over them, and the `Idempotency-Key` made of `ref`.

    Raises RequestRefused naming the header; its value is never shown.
    """
    if given is not None and len(given) > MOST_HEADERS:
        raise RequestRefused(
            "the request", f"has more than {MOST_HEADERS} headers", "Remove those that are not needed"
        )
    headers = dict(IDENTITY_HEADERS)
    for name, value in (given or {}).items():
        headers[_allowed_name(name)] = _allowed_value(name, value)
    if ref is not None:
        # Percent-encoded, so that every ref is a legal value and two different refs stay different.
        headers["idempotency-key"] = quote(ref, safe="!#$&'()*+,/:;=?@[]~|")
    return headers


def _allowed_name(name: str) -> str:
    lower = name.lower()
    if lower == "idempotency-key":
        raise RequestRefused(
            "the header Idempotency-Key", "is set by `ref`", "Pass `ref=ctx.key` and leave the header out"
        )
    if _STEERING.fullmatch(lower) or not (lower in ALLOWED or _VENDOR.fullmatch(lower)):
        raise RequestRefused(
            f"the header {name[:60]!r}",
            "is not one that nodes may set",
            "Remove it, or use a header of your own that begins with X-",
        )
    return lower


def _allowed_value(name: str, value: str) -> str:
    if len(value) > LONGEST_VALUE or not _VALUE.fullmatch(value):
        raise RequestRefused(
            f"the value of the header {name[:60]!r}",
            f"is longer than {LONGEST_VALUE:,} characters or has a line break or a character outside ASCII",
            "Shorten it, or send it in the body",
        )
    return value.strip()
