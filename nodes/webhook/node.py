"""Call another program over HTTP: public addresses only, signed, at most once for each visit."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from nodes.http import READING, HttpReply, NotJson, ReplyTooLarge
from nodes.sdk import Context, Result, TryAgain, Unknown, beside, node, ui
from nodes.sdk.fields import Config, Text

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Header = Annotated[str, Field(max_length=2_000)]
Source = Annotated[str, Field(max_length=60_000)]

MOVED, FAILED = 300, 500
# The receiver says that it did not take the request: it came too late, too early, or was one too many.
NOT_TAKEN = frozenset({408, 425, 429})


class HeaderSecret(Config):
    """A header whose value is a secret, so that the key of another program stands in no plan."""

    header: Annotated[str, Field(min_length=1, max_length=60), ui(widget="text")] = "Authorization"
    before: Annotated[str, Field(max_length=60), ui(widget="text")] = ""
    secret: Annotated[Text, ui(widget="secret")]


class Webhook(Config):
    """Where to, with what, and what is kept of the answer."""

    url: Annotated[str, Field(min_length=1, max_length=2_000), ui(widget="url", template=True)]
    method: Annotated[Method, ui(widget="select")] = "POST"
    headers: Annotated[dict[str, Header], Field(max_length=30), ui(widget="map")] = {}  # noqa: RUF012
    secret_headers: Annotated[list[HeaderSecret], Field(max_length=10), ui(widget="list")] = []  # noqa: RUF012
    body: Annotated[Source, ui(widget="textarea", rows=6, template=True)] | None = None
    secret: Annotated[Text, ui(widget="secret")] | None = None
    save: Annotated[dict[str, Text], Field(max_length=30), ui(widget="map")] = {}  # noqa: RUF012


@node("webhook", effect="once", ports=["ok", "failed?"], icon="webhook", words=beside(__file__))
async def webhook(ctx: Context, cfg: Webhook) -> str | Result:
    """Call the address, and leave by what it answers."""
    reads = cfg.method in READING
    try:
        reply = await ctx.http.request(
            cfg.method,
            ctx.render(cfg.url, "line"),
            headers=_headers(ctx, cfg),
            content=None if reads else body_of(ctx, cfg.body),
            ref=ctx.key,
            sign_with=ctx.secrets[cfg.secret] if cfg.secret else None,
        )
    except ReplyTooLarge as large:
        return Result(_port(large.status), {"status": large.status})
    if reply.status in NOT_TAKEN or (reply.status >= FAILED and reads):
        raise TryAgain(reply.retry_after, str(reply.status))
    if reply.status >= FAILED:
        # The receiver has the request, and may have acted on it before it failed.
        raise Unknown(str(reply.status))
    return Result(_port(reply.status), {"status": reply.status, **saved(reply, cfg.save)})


def _port(status: int) -> str:
    return "ok" if status < MOVED else "failed"


def _headers(ctx: Context, cfg: Webhook) -> dict[str, str]:
    """The headers that are drawn, and over them those with secrets. A name counts once, however it is spelt."""
    secret = {
        one.header.lower(): f"{one.before.strip()} {ctx.secrets[one.secret]}".lstrip()
        for one in cfg.secret_headers
    }
    drawn = {name.lower(): value for name, value in cfg.headers.items()}
    return {"content-type": "application/json", **drawn, **secret}


def body_of(ctx: Context, source: str | None) -> bytes:
    """The body. Where it is JSON with templates inside its texts, no value can break out of its text."""
    if source is None or not source.strip():
        ids = {"id": str(ctx.contact.id), "external_id": ctx.contact.external_id}
        return _json({"key": ctx.key, "journey": ctx.journey.name, "node": ctx.journey.node, "contact": ids})
    try:
        drawn = json.loads(source)
    except ValueError:
        return ctx.render(source).encode()
    return _json(_filled(ctx, drawn))


def _filled(ctx: Context, value: Any) -> Any:
    if isinstance(value, str):
        return ctx.render(value)
    if isinstance(value, list):
        return [_filled(ctx, item) for item in value]
    if isinstance(value, Mapping):
        return {key: _filled(ctx, item) for key, item in value.items()}
    return value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def saved(reply: HttpReply, wanted: Mapping[str, str]) -> dict[str, Any]:
    """The values that stand in the answer at the wanted places; those that do not are left out."""
    if not wanted:
        return {}
    try:
        answer = reply.json()
    except NotJson:
        return {}
    found = {name: _at(answer, place.split(".")) for name, place in wanted.items()}
    return {name: value for name, value in found.items() if value is not None}


def _at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


NODE = webhook
