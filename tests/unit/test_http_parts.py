"""The small parts of outgoing HTTP: signatures, headers, replies, records and the texts of errors."""

import hashlib
import hmac
import pickle

import httpx
import pytest

from nodes.http import (
    AddressRefused,
    HttpFailure,
    HttpReply,
    NotJson,
    NotSent,
    OutcomeUnknown,
    ReplyTooLarge,
    RequestRefused,
    json_bytes,
    sign,
)
from nodes.http.headers import request_headers
from nodes.http.record import Record

FAILURES: list[tuple[HttpFailure, bool]] = [
    (AddressRefused("http://x.test/", "it leads to a private address"), False),
    (RequestRefused("the body", "is given twice", "Pass either `json` or `content`"), False),
    (NotSent("the name x.test could not be found"), False),
    (OutcomeUnknown("x.test gave no complete answer in 10 s"), True),
    (OutcomeUnknown("x.test closed the connection", 200), True),
    (ReplyTooLarge(200, 1_000_000), True),
]


def test_signature_is_what_a_receiver_computes() -> None:
    """A receiver that follows the documented steps comes to the same digest."""
    body = '{"name":"Zoë"}'.encode()

    parts = dict(part.split("=", 1) for part in sign(body, "s3cret", 1_772_000_000).split(","))

    expected = hmac.new(b"s3cret", parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert parts == {"t": "1772000000", "v1": expected}


def test_known_signature() -> None:
    """The format of the signature header never changes for receivers that exist."""
    assert sign(b"{}", "secret", 1_700_000_000) == (
        "t=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
    )


@pytest.mark.parametrize(
    ("body", "secret", "timestamp"), [(b"{ }", "secret", 1), (b"{}", "other", 1), (b"{}", "secret", 2)]
)
def test_signature_depends_on_every_part(body: bytes, secret: str, timestamp: int) -> None:
    """Another body, secret or timestamp gives another digest."""
    assert sign(body, secret, timestamp).partition("v1=")[2] != sign(b"{}", "secret", 1).partition("v1=")[2]


@pytest.mark.parametrize(("secret", "timestamp"), [("", 1_700_000_000), ("s", 1_700_000_000_000), ("s", -1)])
def test_signature_refuses_misuse(secret: str, timestamp: int) -> None:
    """An empty secret and an instant in milliseconds are mistakes, not signatures."""
    with pytest.raises(ValueError):
        sign(b"{}", secret, timestamp)


def test_json_bytes_are_compact_utf8() -> None:
    """The bytes to sign are fixed: UTF-8, no spaces, keys in the order given."""
    assert json_bytes({"b": 1, "a": ["è", None]}) == '{"b":1,"a":["è",null]}'.encode()


def test_json_bytes_refuse_what_json_lacks() -> None:
    """NaN is not JSON, so it is not sent."""
    with pytest.raises(ValueError):
        json_bytes({"x": float("nan")})


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "accept",
        "Content-Type",
        "X-Api-Key",
        "x-anything-at-all",
        "Api-Key",
        "Notion-Version",
        "Private-Token",
        "Wend-Signature",
    ],
)
def test_ordinary_headers_are_allowed(name: str) -> None:
    """A node may set what the services it talks to ask for."""
    assert request_headers({name: " value "}, None)[name.lower()] == "value"


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Upgrade",
        "TE",
        "Expect",
        "Cookie",
        "Accept-Encoding",
        "Range",
        "Forwarded",
        "Via",
        "Proxy-Authorization",
        "Sec-WebSocket-Key",
        "X-Forwarded-Host",
        "X-Forwarded-For",
        "X-Real-IP",
        "X-Original-URL",
        "X-HTTP-Method-Override",
        "X-aws-ec2-metadata-token",
        "X-Google-Metadata-Request",
        "Metadata-Flavor",
        "Metadata",
        "Idempotency-Key",
        "X-Bad\r\nHost",
        "X-Ünicode",
        "",
    ],
)
def test_steering_headers_are_refused(name: str) -> None:
    """Headers that steer connections, proxies or metadata services are refused, as is anything unknown."""
    with pytest.raises(RequestRefused):
        request_headers({name: "value"}, None)


@pytest.mark.parametrize("value", ["a\r\nBcc: x", "a\nb", "a\x00b", "café", "x" * 9_000])
def test_header_value_that_could_add_a_header_is_refused(value: str) -> None:
    """A line break or a character outside ASCII is refused, and the value is not repeated in the text."""
    with pytest.raises(RequestRefused) as caught:
        request_headers({"X-Name": value}, None)

    assert "X-Name" in str(caught.value)
    assert value not in str(caught.value)


def test_too_many_headers_are_refused() -> None:
    """A request has at most fifty headers of its node."""
    with pytest.raises(RequestRefused):
        request_headers({f"X-{number}": "v" for number in range(51)}, None)


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("12/send/1", "12/send/1"),
        ("12/caffè/1", "12/caff%C3%A8/1"),
        ("a b\r\nX: y", "a%20b%0D%0AX:%20y"),
        ("a%20b", "a%2520b"),
    ],
)
def test_ref_becomes_the_idempotency_key(ref: str, value: str) -> None:
    """The ref is sent as Idempotency-Key, encoded so that it is legal and two refs never meet."""
    assert request_headers(None, ref)["idempotency-key"] == value


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "315360000"}, 3_600.0),
        ({"retry-after": "9" * 5_000}, 3_600.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sun, 01 Mar 2026 12:01:30 GMT", "date": "Sun, 01 Mar 2026 12:00:00 GMT"}, 90.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT", "date": "Sun, 01 Mar 2026 12:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2036 12:00:00 GMT", "date": "Sun, 01 Mar 2026 12:00:00 GMT"}, 3_600.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:01:30 GMT"}, None),
        ({"retry-after": "Sun, 01 Mar 2026 12:01:30 GMT", "date": "Sun, 01 Mar 2026 12:00:00 -0000"}, None),
    ],
)
def test_retry_after_is_bounded(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After is read as seconds or as a date against the answer's own, from 0 to an hour, or not at all."""
    assert HttpReply(429, headers, b"").retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"<html>", b"NaN", b'{"a": Infinity}', b"\xff\xfe{", b"[" * 200_000])
def test_body_that_is_not_json(body: bytes) -> None:
    """A body that is not JSON gives an error that names status and content type, never a crash of the parser."""
    reply = HttpReply(200, {"content-type": "text/html"}, body)

    with pytest.raises(NotJson, match=r"status 200, content type text/html"):
        reply.json()


def test_reply_does_not_print_what_it_holds() -> None:
    """A reply that ends up in a log shows neither its body nor its headers."""
    assert repr(HttpReply(200, {"x-token": "t0ken"}, b"mario@example.test")) == "HttpReply(status=200)"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.test/", "/"),
        ("https://x.test/v1/orders?key=s3cret#part", "/v1/orders"),
        ("https://x.test/services/T024BE7LD/B0/aXy9Zq", "/services/*/*/*"),
        ("https://x.test/contacts/mario@example.test/tags", "/contacts/*/tags"),
        ("https://x.test/orders/1234567", "/orders/*"),
        ("https://x.test/hooks/abcdefghijklmnopqrstuvwxyz", "/hooks/*"),
        ("https://x.test/hide-me/on", "/*/on"),
    ],
)
def test_recorded_path_has_words_only(url: str, shown: str) -> None:
    """The log keeps the words of a path, never its query, ids, keys, addresses or declared secrets."""
    assert Record(secrets={"hide-me"}).path(httpx.URL(url)) == shown


def test_declared_secret_is_hidden_in_hosts_too() -> None:
    """A secret that stands in a host name is hidden, the longer of two first."""
    record = Record(secrets={"abc", "abcdef"})

    assert record.host(httpx.URL("https://abcdef.hooks.test/")) == "*.hooks.test"


@pytest.mark.parametrize(("failure", "sent"), FAILURES, ids=lambda value: type(value).__name__)
def test_failure_says_whether_bytes_may_have_left(failure: HttpFailure, sent: bool) -> None:
    """Each failure carries whether the request may have left; only unknown and too large ones may."""
    assert failure.sent is sent


@pytest.mark.parametrize("failure", [failure for failure, _ in FAILURES])
def test_failure_text_has_what_is_wrong_and_what_to_do(failure: HttpFailure) -> None:
    """Every text is two sentences, the second of which begins with what to do."""
    text = str(failure)

    next_step = text.rsplit(". ", 1)[1]
    assert next_step.split()[0] in {"Enter", "Pass", "Try", "Look", "Use"}
    assert text.endswith(".")


@pytest.mark.parametrize("failure", [failure for failure, _ in FAILURES])
def test_failure_survives_pickling(failure: HttpFailure) -> None:
    """A failure crosses a process boundary with its text and its attributes."""
    copy = pickle.loads(pickle.dumps(failure))  # noqa: S301 - our own bytes

    assert (type(copy), str(copy), vars(copy)) == (type(failure), str(failure), vars(failure))


def test_every_failure_is_tested_here() -> None:
    """The table above has every kind of failure there is."""
    assert {type(failure) for failure, _ in FAILURES} == set(HttpFailure.__subclasses__())
