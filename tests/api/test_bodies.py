"""Hostile and broken bodies: refused before anything looks at what they say."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from api.app import make_app
from api.bodies import MAX_BODY, strict_json
from api.errors import BodyNotJson
from engine.store.database import Database
from engine.store.tables import event
from tests.api.driver import Api

JSON = {"content-type": "application/json"}
START = b'{"userId": "u", "event": "A", "properties": {"a": '


def count(database: Database) -> int:
    """How many events there are."""
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(event)) or 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("not a number", b"NaN}}"),
        ("infinity", b"-Infinity}}"),
        ("a number beyond all", b"1e999}}"),
        ("a whole number beyond all", b"1" + b"0" * 5000 + b"}}"),
        ("a key twice", b'{"b": 1, "b": 2}}}'),
        ("200 deep", b"[" * 200 + b"]" * 200 + b"}}"),
        ("100,000 deep", b"[" * 100_000),
        ("invalid UTF-8", b'"\xff\xfe"}}'),
        ("half a character", b'"\\ud800"}}'),
        ("a NUL character", b'"\\u0000"}}'),
        ("a NUL character as key", b'{"\\u0000": 1}}}'),
        ("cut off", b'"'),
        ("two values", b'1}} {"x": 1}'),
        ("a comment", b"1 /* no */}}"),
        ("a comma too many", b"1,}}"),
        ("single quotes", b"'1'}}"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
async def test_what_is_no_json_is_refused(api: Api, database: Database, name: str, value: bytes) -> None:
    """Each is 400 with the next step, and leaves nothing behind."""
    for path in ("/track", "/batch"):
        problem = await api.refused("POST", path, content=START + value, headers=JSON)

        assert (problem["status"], problem["type"]) == (400, "urn:wend:problem:body-not-json"), name
    assert count(database) == 0


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00"])
async def test_what_is_nothing_or_another_encoding_is_refused(api: Api, body: bytes) -> None:
    """An empty body, a byte order mark and UTF-16 are no JSON in UTF-8."""
    problem = await api.refused("POST", "/track", content=body, headers=JSON)

    assert problem["status"] == 400


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"text"', b"{}", b"true"])
async def test_json_of_another_shape_is_refused_by_its_fields(api: Api, body: bytes) -> None:
    """JSON that is no call is 422, with the place at fault."""
    problem = await api.refused("POST", "/track", content=body, headers=JSON)

    assert (problem["status"], problem["type"]) == (422, "urn:wend:problem:bad-value")
    assert problem["errors"]


async def test_ten_megabytes_are_refused_while_they_are_read(api: Api, database: Database) -> None:
    """A body over the limit is refused as soon as it passes it: memory stays flat, and the rest is never asked for."""
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 100_000

    tracemalloc.start()
    problem = await api.refused("POST", "/track", content=body(), headers=JSON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (problem["status"], problem["type"]) == (413, "urn:wend:problem:body-too-large")
    assert sent <= 12
    assert peak < 8 * MAX_BODY
    assert count(database) == 0


async def test_a_million_elements_are_too_large(api: Api) -> None:
    """An array of a million numbers passes the limit of bytes."""
    body = START + b"[" + b"1," * 999_999 + b"1]}}"

    assert (await api.refused("POST", "/track", content=body, headers=JSON))["status"] == 413


async def test_a_batch_has_half_the_limit(api: Api) -> None:
    """A batch of more than 500 kB is refused, and any other body of that size is taken."""
    body = json.dumps({"batch": [], "padding": "x" * 600_000}).encode()
    call = json.dumps({"userId": "u", "event": "A", "padding": "x" * 600_000}).encode()

    assert (await api.refused("POST", "/batch", content=body, headers=JSON))["status"] == 413
    assert (await api.client.post("/v1/track", content=call, headers=JSON)).status_code == 200


async def test_a_gzip_bomb_is_refused(api: Api) -> None:
    """What unpacks to more than the limit is refused without being unpacked."""
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {**JSON, "content-encoding": "gzip"}

    tracemalloc.start()
    problem = await api.refused("POST", "/track", content=bomb, headers=headers)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert problem["status"] == 413
    assert peak < 8 * MAX_BODY


@pytest.mark.parametrize(
    "body",
    [b"{}", gzip.compress(b'{"userId": "u"}')[:-6], zlib.compress(b"{}"), b""],
    # gzip writes the time of day into its header, and an id must not change with it.
    ids=["plain", "cut off", "zlib", "empty"],
)
async def test_what_is_said_to_be_packed_and_is_not_is_refused(api: Api, body: bytes) -> None:
    """Plain, cut-off and otherwise packed bodies under the name of gzip are 400."""
    headers = {**JSON, "content-encoding": "gzip"}

    assert (await api.refused("POST", "/track", content=body, headers=headers))["status"] == 400


async def test_another_encoding_or_type_is_refused(api: Api) -> None:
    """415 for an encoding that is not taken, and for a body that is not said to be JSON: so a page's form sends nothing."""
    body = b'{"userId": "u", "event": "A"}'

    for headers in ({**JSON, "content-encoding": "br"}, {"content-type": "text/plain"}, {},
                    {"content-type": "application/x-www-form-urlencoded"}):  # fmt: skip
        assert (await api.refused("POST", "/track", content=body, headers=headers))["status"] == 415, headers


async def test_what_the_standard_allows_is_taken(api: Api) -> None:
    """Escapes, every plane of Unicode, large numbers, and 60 levels are JSON like any other."""
    deep = b"[" * 60 + b"]" * 60
    text = '"\U0001f600 \\ud83d\\ude00 \\\\u0000 [[[{{{"'.encode()

    for value in (deep, text, b"123456789012345678901234567890", b"1e300"):
        answer = await api.client.post("/v1/track", content=START + value + b"}}", headers=JSON)
        assert answer.status_code == 200, answer.text


def test_whole_numbers_of_63_bits_stay_as_they_are() -> None:
    """A large id is not rounded on its way in; a number beyond 64 bits is what a browser would make of it."""
    assert strict_json(b"[9223372036854775807]") == [9223372036854775807]
    assert strict_json(b"[123456789012345678901234567890]") == [1.2345678901234568e29]


def test_the_key_that_comes_twice_is_named() -> None:
    """The text of the error says which key it is."""
    with pytest.raises(BodyNotJson, match='"b" twice'):
        strict_json(b'{"a": {"b": 1, "b": 1}}')


async def test_an_unknown_field_is_named(api: Api) -> None:
    """A misspelt field is refused, so that nobody wonders why it has no effect."""
    problem = await api.refused("POST", "/segments", json={"name": "vip", "tga": "A"})

    assert problem["errors"][0]["field"] == "tga"


async def test_unknown_addresses_and_methods_are_problems_too(api: Api) -> None:
    """404 and 405 are problem documents as well; 405 names the methods that there are."""
    unknown = await api.refused("GET", "/nowhere")
    answer = await api.client.delete("/v1/journeys")

    assert (unknown["status"], answer.status_code) == (404, 405)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "GET" in answer.headers["allow"]


async def test_cursors_come_from_answers_alone(api: Api) -> None:
    """A cursor that was made up, or belongs to another list, is 400; limits have bounds."""
    for cursor in ("x", "bm9uc2Vuc2U", "WzFd", "W10", "e30", "W251bGxd", "%00", "=" * 900,
                   "WzkyMjMzNzIwMzY4NTQ3NzU4MDgsMV0"):  # fmt: skip
        for path in ("/journeys", "/contacts", "/segments", "/templates", "/campaigns"):
            answer = await api.client.get(f"/v1{path}", params={"cursor": cursor})
            assert answer.status_code in (200, 400), (path, cursor, answer.text)
    assert (await api.refused("GET", "/journeys?cursor=x"))["type"] == "urn:wend:problem:bad-cursor"
    assert (await api.refused("GET", "/journeys?limit=501"))["status"] == 422
    assert (await api.refused("GET", "/journeys?limit=0"))["status"] == 422
    assert (await api.refused("GET", "/journeys?search=%00"))["status"] == 422


@pytest.fixture
async def built(database: Database, tmp_path: Path) -> AsyncIterator[Api]:
    """A client of the application with the designer built, as `make run` has it."""
    (tmp_path / "index.html").write_text("<title>Wend</title>")
    app = make_app(database, designer=tmp_path)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield Api(client)
    app.state.house.close()


async def test_the_designers_pages_do_not_answer_for_the_api(api: Api, built: Api) -> None:
    """With the designer built and without: an address that there is not is 404 with any method, a method that it does not
    take is 405 with those that it does."""
    for client in (api, built):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            for path in ("/v1/nope", "/v1", "/v1/", "/v1/journeys/"):
                answer = await client.client.request(method, path)
                assert answer.status_code == 404, (method, path)
        for method, path, allowed in (
            ("DELETE", "/v1/journeys", "GET, POST"), ("HEAD", "/v1/journeys", "GET, POST"),
            ("GET", "/v1/track", "POST"), ("POST", "/v1/contacts/1", "GET, PATCH"), ("POST", "/docs", "GET"),
        ):  # fmt: skip
            answer = await client.client.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed), (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
    page = await built.client.get("/")
    posted = await built.client.post("/")
    assert (page.status_code, page.text) == (200, "<title>Wend</title>")
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "value", [0, -1, 2**63, -(2**63), 2**64, "0", "9223372036854775808", True, 1.5, None]
)
async def test_an_id_that_none_can_have_is_refused(api: Api, value: object) -> None:
    """As a number or as text, an id is one that an answer could have given: so nothing is made that cannot be addressed."""
    campaign = {"journey": "17", "segment": "nobody"}
    for body in ({**campaign, "journey": value}, *([{**campaign, "id": value}] if value is not None else [])):
        problem = await api.refused("POST", "/campaigns", json=body)

        assert (problem["status"], problem["type"]) == (422, "urn:wend:problem:bad-value")


@pytest.mark.parametrize(
    "value",
    [10**18, -(10**18), 253_402_300_800_000, -62_135_596_800_001, "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+10:00",
     "9999-12-31T23:00:00-10:00", True, 1.5],
)  # fmt: skip
async def test_a_moment_that_no_answer_could_say_is_refused(api: Api, value: object) -> None:
    """As milliseconds or as text, a moment lies in the years 1 to 9999; what is refused is not kept."""
    for path, body in (
        ("/campaigns", {"journey": "17", "segment": "nobody", "starts_at": value}),
        ("/track", {"userId": "u", "event": "A", "timestamp": value}),
        ("/track", {"userId": "u", "event": "A", "timestamp": "2024-01-01T00:00:00Z", "sentAt": value}),
        ("/batch", {"batch": [], "sentAt": value}),
    ):
        problem = await api.refused("POST", path, json=body)

        assert (problem["status"], problem["type"]) == (422, "urn:wend:problem:bad-value"), (path, body)
    assert (await api.get("/contacts"))["items"] == []
    assert (await api.get("/campaigns"))["items"] == []
