"""The webhook: what it sends, and what follows from the answer."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from engine.journey.host import Again
from nodes.sdk.harness import Tried
from nodes.sdk.service import Reply
from nodes.webhook.node import NODE

URL = "https://hooks.example/in"
CONTACT = {"id": 7, "external_id": "c-7", "first_name": 'Anna "A"', "city": "São Paulo/x"}


async def hook(config: dict[str, Any], *replies: Reply, **situation: Any) -> Tried:
    """One call of the webhook for CONTACT."""
    return await NODE.test({"url": URL, **config}, contact=CONTACT, http=replies or ({},), **situation)


@pytest.mark.parametrize(
    ("reply", "came_of_it"),
    [
        ({"status": 200}, "ok"),
        ({"status": 302}, "failed"),
        ({"status": 404}, "failed"),
        ({"status": 408}, 60_000),
        ({"status": 425, "headers": {"retry-after": "5"}}, 5_000),
        ({"status": 429, "headers": {"retry-after": "9"}}, 9_000),
        ({"status": 500}, "unknown"),
        ({"status": 503, "headers": {"retry-after": "9"}}, "unknown"),
        ("refused", 60_000),
        ("lost", "unknown"),
    ],
)
async def test_the_answer_decides_what_follows(reply: Reply, came_of_it: str | int) -> None:
    """Taken and refused are ports; not now is tried again; what nobody can say is parked, never sent again."""
    result = await hook({}, reply)

    if isinstance(came_of_it, int):
        assert isinstance(result.outcome, Again)
        assert result.outcome.at == 1_741_176_000_000 + came_of_it
    elif came_of_it == "unknown":
        assert (result.parked or "").startswith("unknown")
    else:
        assert (result.port, result.values) == (came_of_it, {"status": reply["status"]})  # type: ignore[index]


@pytest.mark.parametrize("reply", [{"status": 500}, {"status": 503}, "lost"])
async def test_a_reading_call_is_tried_again_after_a_fault(reply: Reply) -> None:
    """A GET changes nothing, so that a fault of the other side, or an answer that is lost, is tried again."""
    result = await hook({"method": "GET"}, reply)

    assert isinstance(result.outcome, Again)
    assert result.calls[0].text == ""


async def test_a_key_of_the_other_program_stands_in_a_header() -> None:
    """The config names the secret; its value goes into the header, and replaces one that was drawn."""
    keys = [{"before": "Bearer", "secret": "acme"}, {"header": "X-Api-Key", "secret": "other"}]
    secrets = {"acme": "s3cret", "other": "t0ken"}
    result = await hook({"secret_headers": keys, "headers": {"AUTHORIZATION": "no"}}, {}, secrets=secrets)
    sent = result.calls[0].headers

    assert (sent["authorization"], sent["x-api-key"]) == ("Bearer s3cret", "t0ken")
    assert (await hook({"secret_headers": keys}, {})).parked.startswith("secret_missing: ")  # type: ignore[union-attr]


async def test_the_call_carries_the_key_and_the_signature() -> None:
    """The receiver can tell a repeat by the key, and our call by the HMAC over timestamp and body."""
    result = await hook({"secret": "hook"}, {}, secrets={"hook": "s3cret"}, key="9/hook/2")
    call = result.calls[0]
    stamp, signature = (part.split("=")[1] for part in call.headers["wend-signature"].split(","))
    expected = hmac.new(b"s3cret", f"{stamp}.".encode() + call.text.encode(), hashlib.sha256).hexdigest()

    assert call.ref == "9/hook/2"
    assert signature == expected
    assert int(stamp) == 1_741_176_000


async def test_without_a_body_the_ids_are_sent() -> None:
    """The standard body says which visit of whom, and nothing more of the person."""
    result = await hook({}, {})

    assert result.calls[0].json == {
        "key": "1/node/1",
        "journey": "Test",
        "node": "node",
        "contact": {"id": "7", "external_id": "c-7"},
    }


async def test_values_cannot_break_out_of_a_json_body() -> None:
    """Templates stand inside the texts of a JSON body; quotes in a value stay part of it."""
    body = json.dumps({"name": "{{ contact.first_name }}", "tags": ["{{ event.total }}", 3], "plain": None})
    result = await hook({"body": body}, {}, event={"total": 20})

    assert result.calls[0].json == {"name": 'Anna "A"', "tags": ["20", 3], "plain": None}


async def test_any_other_body_is_a_text() -> None:
    """A body that is no JSON is sent as it is rendered."""
    result = await hook(
        {"body": "name={{ contact.first_name }}", "headers": {"content-type": "text/plain"}}, {}
    )

    assert result.calls[0].text == 'name=Anna "A"'
    assert result.calls[0].headers["content-type"] == "text/plain"


async def test_values_go_into_the_address_encoded() -> None:
    """The address is a template."""
    result = await hook({"url": URL + "?city={{ contact.city|urlencode }}"}, {})

    assert result.calls[0].url == URL + "?city=S%C3%A3o%20Paulo%2Fx"


async def test_values_of_the_answer_are_kept() -> None:
    """Places lead into objects and lists; what is not there, or an answer that is no JSON, leaves nothing."""
    save = {"order": "order.id", "first": "items.0.sku", "none": "items.5.sku"}
    answer = {"order": {"id": 12}, "items": [{"sku": "A"}]}

    assert (await hook({"save": save}, {"json": answer})).values == {"status": 200, "order": 12, "first": "A"}
    assert (await hook({"save": save}, {"text": "<html>"})).values == {"status": 200}


async def test_an_answer_that_is_too_long_still_counts() -> None:
    """The status decides, also where the answer is not kept."""
    result = await hook({"save": {"a": "a"}}, {"status": 201, "text": "x" * 1_100_000})

    assert (result.port, result.values) == ("ok", {"status": 201})


async def test_a_template_that_finds_no_value_needs_a_person() -> None:
    """A missing variable parks the contact, and nothing is sent."""
    result = await hook({"body": "{{ contact.shoe_size }}"}, {})

    assert (result.parked or "").startswith("template:missing_variable: ")
    assert result.calls == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "https://10.0.0.1/", "file:///etc/passwd"])
async def test_other_machines_only(url: str) -> None:
    """A private address, or none of the web, is refused before anything is sent."""
    result = await hook({"url": url}, {})

    assert (result.parked or "").startswith("request: Nothing was sent to ")
    assert result.calls == []


async def test_no_death_makes_a_second_call() -> None:
    """Killed anywhere, the webhook has called once at most."""
    crashes = await NODE.crash_test({"url": URL}, contact=CONTACT, http=[{}])

    assert max(crash.effects for crash in crashes) == 1
