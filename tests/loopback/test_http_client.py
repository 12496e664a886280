"""The client that nodes get as `ctx.http`, against a real server on loopback.

`Detour` leads every dialled address to that server, so that most tests keep the rule of production.
"""

import asyncio
import gzip
import logging
from collections.abc import Awaitable, Callable

import httpcore
import httpx
import pytest

from nodes.http import (
    AddressRefused,
    HttpReply,
    NotSent,
    OutcomeUnknown,
    OutgoingHttp,
    ReplyTooLarge,
    RequestRefused,
    json_bytes,
)
from nodes.http.transport import SECONDS_PER_ADDRESS, PinnedBackend
from tests.loopback.http_server import (
    OTHER_PUBLIC,
    PUBLIC,
    Detour,
    answering,
    closed_port,
    names,
    reset,
    serving,
)

SHOP = names(shop_test=[PUBLIC])
TRUNCATED = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"


async def test_reply_holds_status_headers_and_body() -> None:
    """A complete answer of any status is a reply with lower-case header names."""
    script = answering(b'{"id": 7}', "422 Unprocessable", "Content-Type: application/json", "X-Trace: a")
    async with serving(script) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        reply = await http.get("http://shop.test/orders")

    assert (reply.status, reply.json(), reply.headers["x-trace"]) == (422, {"id": 7}, "a")


async def test_request_is_built_from_its_parts() -> None:
    """JSON goes out as json_bytes, params join the URL's own query, ref becomes Idempotency-Key, Host is the name."""
    document = {"name": "Zoë", "n": 1}
    async with serving(answering()) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        await http.post(
            "http://shop.test/in?a=1",
            json=document,
            params={"b": "x y"},
            ref="12/hook/1",
            headers={"X-Key": "k"},
        )

    lines = server.head().splitlines()
    assert lines[0] == "post /in?a=1&b=x+y http/1.1"
    assert {
        "host: shop.test",
        "accept-encoding: identity",
        "content-type: application/json",
        "idempotency-key: 12/hook/1",
        "x-key: k",
    } <= set(lines)
    assert server.requests[0].endswith(json_bytes(document))


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
async def test_each_verb_sends_its_method(method: str) -> None:
    """The short forms send the method that they are named after."""
    async with serving(answering()) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        call: Callable[..., Awaitable[HttpReply]] = getattr(http, method)
        await call("http://shop.test/")

    assert server.head().startswith(f"{method} / ")


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/",
        "http://017700000001/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0/",
        "http://localhost/",
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:7f00:1::]/",
        "http://[fec0::1]/",
        "http://[fe80::1%25lo]/",
        "http://[ff02::1]/",
        "http://[::127.0.0.1]/",
        f"http://{PUBLIC}:22/",
        f"http://{PUBLIC}:8080/",
        f"https://{PUBLIC}:7233/",
        f"http://{PUBLIC}:99999/",
        f"ftp://{PUBLIC}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "//shop.test/",
        "http:///nowhere",
        "http://a b/",
        "http://x\r\nHost: y/",
        "http://①②⑦.⓪.⓪.①/",
        f"http://user:password@{PUBLIC}/",
        "",
    ],
)
async def test_odd_address_is_refused(url: str) -> None:
    """With the machine's own resolver and the rule of production, no odd address is dialled or counted as sent."""
    detour = Detour(closed_port())
    async with OutgoingHttp(dial=detour) as http:
        with pytest.raises(AddressRefused) as caught:
            await http.get(url)

    assert not caught.value.sent
    assert (detour.dialled, http.requests_sent) == ([], 0)


async def test_name_with_a_private_answer_is_refused() -> None:
    """One private answer beside a public one closes the name, and the refusal names the address without its query."""
    detour = Detour(closed_port())
    async with OutgoingHttp(resolve=names(two_test=[PUBLIC, "10.0.0.1"]), dial=detour) as http:
        with pytest.raises(AddressRefused, match=r"http://two\.test/hook: it leads to a private address\."):
            await http.post("http://two.test/hook?key=s3cret", content=b"x")

    assert detour.dialled == []


async def test_rebinding_name_gains_nothing() -> None:
    """A name is resolved once per connection and the checked address is dialled; its next answer is checked anew."""
    answers = [[PUBLIC], ["127.0.0.1"]]

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    script = answering(b"{}", "200 OK", "Connection: close")
    async with serving(script) as server:
        detour = Detour(server.port)
        async with OutgoingHttp(resolve=rebinding, dial=detour) as http:
            first = await http.get("http://rebind.test/")
            with pytest.raises(AddressRefused):
                await http.get("http://rebind.test/")

    assert first.status == 200
    assert detour.dialled == [(PUBLIC, 80)]
    assert answers == []


async def test_redirect_is_an_answer_and_is_not_followed() -> None:
    """A redirect to the metadata service is handed over as it is; nothing else is dialled."""
    script = answering(b"", "302 Found", "Location: http://169.254.169.254/latest/meta-data/")
    async with serving(script) as server:
        detour = Detour(server.port)
        async with OutgoingHttp(resolve=SHOP, dial=detour) as http:
            reply = await http.get("http://shop.test/")

    assert reply.status == 302
    assert detour.dialled == [(PUBLIC, 80)]
    assert len(server.requests) == 1


async def test_compressed_body_is_left_packed() -> None:
    """A body that would unpack to 50 MB stays the few kilobytes that came, though we asked for none."""
    bomb = gzip.compress(bytes(50_000_000))
    script = answering(bomb, "200 OK", "Content-Encoding: gzip")
    async with serving(script) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        reply = await http.get("http://shop.test/")

    assert reply.body == bomb
    assert "accept-encoding: identity" in server.head()


@pytest.mark.parametrize("declared", [True, False])
async def test_answer_over_the_cap_is_too_large(declared: bool) -> None:
    """A body over the cap is not kept, whether or not its length is declared; the status is known."""

    async def endless(writer: asyncio.StreamWriter) -> None:
        length = "Content-Length: 100000000" if declared else "X-Length: none"
        writer.write(f"HTTP/1.1 201 Created\r\n{length}\r\n\r\n".encode())
        while True:
            writer.write(b"x" * 1_000)
            await writer.drain()

    async with (
        serving(endless) as server,
        OutgoingHttp(response_cap=5_000, resolve=SHOP, dial=Detour(server.port)) as http,
    ):
        with pytest.raises(ReplyTooLarge) as caught:
            await http.get("http://shop.test/")

    assert (caught.value.status, caught.value.sent, http.requests_sent) == (201, True, 1)


async def test_answer_of_exactly_the_cap_is_kept() -> None:
    """The cap is the longest body that is kept, not the first that is not."""
    async with (
        serving(answering(b"x" * 5_000)) as server,
        OutgoingHttp(response_cap=5_000, resolve=SHOP, dial=Detour(server.port)) as http,
    ):
        reply = await http.get("http://shop.test/")

    assert len(reply.body) == 5_000


async def test_slow_body_is_cut_by_the_deadline() -> None:
    """One byte at a time does not hold a node: the deadline covers the whole exchange, and the outcome is unknown.

    The body would be complete after a second at the earliest, so a client with a longer deadline gets a reply.
    """

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with (
        serving(drip) as server,
        OutgoingHttp(deadline=0.2, resolve=SHOP, dial=Detour(server.port)) as http,
    ):
        with pytest.raises(OutcomeUnknown, match=r"no complete answer in 0\.2 s") as caught:
            await http.post("http://shop.test/", content=b"x")

    assert (caught.value.status, http.requests_sent) == (200, 1)


async def test_silent_server_leaves_the_outcome_unknown() -> None:
    """A request that was taken and never answered may have taken effect."""

    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with (
        serving(silence) as server,
        OutgoingHttp(deadline=0.2, resolve=SHOP, dial=Detour(server.port)) as http,
    ):
        with pytest.raises(OutcomeUnknown) as caught:
            await http.post("http://shop.test/", content=b"x")

    assert (caught.value.status, http.requests_sent) == (None, 1)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 20", TRUNCATED, b"SSH-2.0-OpenSSH_9\r\n\r\n"])
@pytest.mark.parametrize("close", [reset, lambda writer: writer.transport.close()], ids=["reset", "closed"])
async def test_connection_lost_in_the_middle_leaves_the_outcome_unknown(
    answer: bytes, close: Callable[[asyncio.StreamWriter], None]
) -> None:
    """A reset or an end of the connection after bytes left, at any point of the answer, is an unknown outcome."""

    async def lose(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        close(writer)

    async with serving(lose) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        with pytest.raises(OutcomeUnknown) as caught:
            await http.post("http://shop.test/", content=b"x")

    assert caught.value.sent
    assert (len(server.requests), http.requests_sent) == (1, 1)


async def test_refused_connection_is_surely_not_sent() -> None:
    """Where nothing listens, nothing was sent."""
    async with OutgoingHttp(resolve=SHOP, dial=Detour(closed_port())) as http:
        with pytest.raises(NotSent, match=r"shop\.test did not accept the connection") as caught:
            await http.post("http://shop.test/", content=b"x")

    assert (caught.value.sent, http.requests_sent) == (False, 0)


async def test_unknown_name_is_surely_not_sent() -> None:
    """A name that does not resolve fails closed: nothing is dialled."""
    detour = Detour(closed_port())
    async with OutgoingHttp(resolve=names(), dial=detour) as http:
        with pytest.raises(NotSent, match=r"gone\.test could not be found"):
            await http.get("http://gone.test/")

    assert (detour.dialled, http.requests_sent) == ([], 0)


async def test_deadline_before_a_connection_is_surely_not_sent() -> None:
    """The deadline covers the resolver too, and what it cuts before a connection was not sent."""

    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    async with OutgoingHttp(deadline=0.05, resolve=never) as http:
        with pytest.raises(NotSent):
            await http.get("http://slow.test/")

    assert http.requests_sent == 0


async def test_next_address_is_tried_when_one_refuses() -> None:
    """Of several allowed addresses the next is tried, and the request still leaves once."""
    async with serving(answering()) as server:
        detour = Detour(server.port, **{PUBLIC.replace(".", "_"): closed_port()})
        async with OutgoingHttp(resolve=names(two_test=[PUBLIC, OTHER_PUBLIC]), dial=detour) as http:
            await http.post("http://two.test/", content=b"x")

    assert detour.dialled == [(PUBLIC, 80), (OTHER_PUBLIC, 80)]
    assert (len(server.requests), http.requests_sent) == (1, 1)


async def test_silent_address_leaves_time_for_the_next() -> None:
    """An address with others after it may take three seconds to accept; the last has all that is left."""
    async with serving(answering()) as server:
        detour = Detour(server.port, **{PUBLIC.replace(".", "_"): closed_port()})
        async with OutgoingHttp(resolve=names(two_test=[PUBLIC, OTHER_PUBLIC]), dial=detour) as http:
            await http.get("http://two.test/")

    assert detour.patience == [SECONDS_PER_ADDRESS, None]


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "OPTIONS", "get", "GET / HTTP/1.1\r\nX: y"])
async def test_other_methods_are_refused(method: str) -> None:
    """Only the six ordinary methods are sent."""
    async with OutgoingHttp(resolve=SHOP, dial=Detour(closed_port())) as http:
        with pytest.raises(RequestRefused):
            await http.request(method, "http://shop.test/")

    assert http.requests_sent == 0


async def test_two_bodies_are_refused() -> None:
    """A request has one body."""
    async with OutgoingHttp(resolve=SHOP, dial=Detour(closed_port())) as http:
        with pytest.raises(RequestRefused):
            await http.post("http://shop.test/", json={}, content=b"x")


async def test_request_on_its_way_is_counted() -> None:
    """A request counts as sent while its answer is still out, and stays so when its node is cancelled."""

    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with serving(silence) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        task = asyncio.create_task(http.post("http://shop.test/", content=b"x"))
        arrived = asyncio.create_task(server.arrived.wait())
        await asyncio.wait({task, arrived}, return_when=asyncio.FIRST_COMPLETED)
        on_its_way = http.requests_sent
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert (on_its_way, http.requests_sent) == (1, 1)
    assert [(call.sent, call.failure) for call in http.calls] == [(True, "CancelledError")]


async def test_calls_are_recorded_without_secrets() -> None:
    """A recorded call has method, host, path and status, and nothing of the query, keys, headers or body."""
    async with (
        serving(answering(b"{}", "202 Accepted")) as server,
        OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http,
    ):
        http.hide("t0ken")
        await http.post(
            "http://shop.test/hooks/t0ken/A1B2?key=s3cret",
            json={"email": "mario@example.test"},
            headers={"Authorization": "Bearer b3arer"},
        )
        with pytest.raises(NotSent):
            await http.get("http://gone.test/a?key=s3cret")

    first, second = http.calls
    assert (first.method, first.host, first.path) == ("POST", "shop.test", "/hooks/*/*")
    assert (first.status, first.sent, first.failure) == (202, True, None)
    assert (second.host, second.status, second.sent, second.failure) == ("gone.test", None, False, "NotSent")
    assert first.milliseconds > 0


async def test_library_logs_show_no_address(caplog: pytest.LogCaptureFixture) -> None:
    """Not even at the finest level do the libraries underneath write the query, a header's value or the body."""
    caplog.set_level(logging.DEBUG)
    async with serving(answering()) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        await http.post("http://shop.test/?key=s3cret", content=b"b0dy", headers={"Authorization": "b3arer"})

    assert "send_request_headers" in caplog.text
    assert not any(secret in caplog.text for secret in ("s3cret", "b0dy", "b3arer"))


async def test_each_recording_counts_for_itself() -> None:
    """Clients over the same connections keep records apart, so that one node's call is not blamed on another."""
    async with serving(answering()) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        one, other = http.recording(), http.recording()
        await one.get("http://shop.test/a")
        await one.get("http://shop.test/b")
        await other.get("http://shop.test/c")

    assert (one.requests_sent, other.requests_sent, http.requests_sent) == (2, 1, 0)
    assert [call.path for call in one.calls] == ["/a", "/b"]
    assert server.connections == 1


async def test_no_cookie_is_kept() -> None:
    """A cookie set for one contact's request is not sent with another's."""
    script = answering(b"{}", "200 OK", "Set-Cookie: session=mario")
    async with serving(script) as server, OutgoingHttp(resolve=SHOP, dial=Detour(server.port)) as http:
        await http.get("http://shop.test/")
        await http.get("http://shop.test/")

    assert len(server.requests) == 2
    assert "cookie" not in server.head()


async def test_our_own_backend_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    """httpx really uses the pool that was put in place of its own, and no proxy of the environment.

    The name exists nowhere but in the resolver given here: any other path to the network would fail.
    """
    asked: list[tuple[str, int]] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC]

    async with serving(answering(b"proxy")) as proxy, serving(answering(b"direct")) as server:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        detour = Detour(server.port)
        async with OutgoingHttp(resolve=resolve, dial=detour) as http:
            reply = await http.get("http://only-here.test/")

            pool = http._transport._pool
            assert isinstance(pool, httpcore.AsyncConnectionPool)
            assert isinstance(pool._network_backend, PinnedBackend)
            assert len(pool.connections) == 1

    assert reply.body == b"direct"
    assert (asked, detour.dialled) == ([("only-here.test", 80)], [(PUBLIC, 80)])
    assert proxy.connections == 0


def test_httpx_without_its_pool_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An httpx that keeps its pool under another name is noticed, instead of going round the checks."""
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "__init__", lambda self, **settings: None)

    with pytest.raises(RuntimeError, match="Install the httpx version"):
        OutgoingHttp()


def test_client_belongs_to_one_event_loop() -> None:
    """A client used in a second event loop says so, since its connections live in the first."""

    async def refused(http: OutgoingHttp) -> None:
        with pytest.raises(NotSent):
            await http.get("http://gone.test/")

    async def wrong(http: OutgoingHttp) -> None:
        with pytest.raises(RuntimeError, match="Make one inside each loop"):
            await http.get("http://gone.test/")

    http = OutgoingHttp(resolve=names())
    asyncio.run(refused(http))
    asyncio.run(wrong(http))


async def test_allow_rule_sees_resolved_address_and_port() -> None:
    """An injected rule decides on the address and port that would be dialled, on loopback too."""
    seen: list[tuple[str, int]] = []

    def allow(address: object, port: int) -> bool:
        seen.append((str(address), port))
        return True

    async with serving(answering(b"here")) as server, OutgoingHttp(allow) as http:
        reply = await http.get(f"http://127.0.0.1:{server.port}/")

    assert reply.body == b"here"
    assert seen == [("127.0.0.1", server.port)]
