"""Encrypted requests: the connection goes to the checked address, the name stays on the certificate."""

import asyncio
import ssl
from pathlib import Path

import pytest

from nodes.http import NotSent, OutcomeUnknown, OutgoingHttp
from nodes.http.transport import trusted_certificates
from tests.loopback.http_server import PUBLIC, Detour, answering, names, serving

# Made for these tests alone: self-signed for hooks.example.test, valid from 2020 to 2120.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBjTCCATKgAwIBAgIBATAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJob29rcy5l
eGFtcGxlLnRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMB0x
GzAZBgNVBAMMEmhvb2tzLmV4YW1wbGUudGVzdDBZMBMGByqGSM49AgEGCCqGSM49
AwEHA0IABBHm+pshFHrGiEFmKGDGETIQd1oaAe6a8cznRI8f97DBqc+ztmoshjT6
RQdKZZEfcNUREGieiw2G/ZgrM9AGDbSjYTBfMA8GA1UdEwEB/wQFMAMBAf8wHQYD
VR0OBBYEFFE5xmgQteXXQpgpha4+ygKJxv1rMA4GA1UdDwEB/wQEAwIChDAdBgNV
HREEFjAUghJob29rcy5leGFtcGxlLnRlc3QwCgYIKoZIzj0EAwIDSQAwRgIhAPPG
P+p6wPVVBQtarbS2c9rbRUsZ+dD/Ov6CRCx41a0YAiEAqjlihKiZGb+gyyHc9/zA
G2KjLpkvbtwzGXPAL/Gjerk=
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLZb81iNb5EMF8RlI
LHzzDeSX3wp5gIFOwQDRPPWhDtqhRANCAAQR5vqbIRR6xohBZihgxhEyEHdaGgHu
mvHM50SPH/ewwanPs7ZqLIY0+kUHSmWRH3DVERBonosNhv2YKzPQBg20
-----END PRIVATE KEY-----
"""
HOOKS = names(hooks_example_test=[PUBLIC], other_example_test=[PUBLIC])


@pytest.fixture
def server_tls(tmp_path: Path) -> ssl.SSLContext:
    """What the server shows: the certificate of hooks.example.test."""
    chain = tmp_path / "chain.pem"
    chain.write_text(KEY + CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """What the client trusts: that certificate and no other."""
    return ssl.create_default_context(cadata=CERTIFICATE)


async def test_name_stays_on_the_certificate_and_the_host_header(
    server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    """The checked address is dialled, while SNI, certificate and Host header carry the name."""
    asked: list[str | None] = []
    server_tls.sni_callback = lambda connection, name, context: asked.append(name)
    async with serving(answering(b"safe"), server_tls) as server:
        detour = Detour(server.port)
        async with OutgoingHttp(resolve=HOOKS, dial=detour, tls=trusting) as http:
            reply = await http.post("https://hooks.example.test/in", content=b"x")

    assert reply.body == b"safe"
    assert detour.dialled == [(PUBLIC, 443)]
    assert asked == ["hooks.example.test"]
    assert "host: hooks.example.test" in server.head()


async def test_certificate_of_another_name_is_surely_not_sent(
    server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    """A certificate for another name stops the exchange before a byte of the request leaves."""
    async with (
        serving(answering(), server_tls) as server,
        OutgoingHttp(resolve=HOOKS, dial=Detour(server.port), tls=trusting) as http,
    ):
        with pytest.raises(NotSent, match=r"the certificate of other\.example\.test was not accepted"):
            await http.post("https://other.example.test/in", content=b"x")

    assert (server.requests, http.requests_sent) == ([], 0)


async def test_untrusted_certificate_is_surely_not_sent(
    server_tls: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default only well-known authorities are trusted, and the environment cannot add one."""
    own = tmp_path / "own.pem"
    own.write_text(CERTIFICATE)
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    # Loaded once a process: without this the certificates of an earlier test would be used.
    trusted_certificates.cache_clear()
    async with (
        serving(answering(), server_tls) as server,
        OutgoingHttp(resolve=HOOKS, dial=Detour(server.port)) as http,
    ):
        with pytest.raises(NotSent, match="was not accepted"):
            await http.post("https://hooks.example.test/in", content=b"x")

    assert (server.requests, http.requests_sent) == ([], 0)


async def test_server_without_encryption_is_surely_not_sent(trusting: ssl.SSLContext) -> None:
    """A server that does not speak TLS gets no byte of the request."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with (
        listener,
        OutgoingHttp(resolve=HOOKS, dial=Detour(listener.sockets[0].getsockname()[1]), tls=trusting) as http,
    ):
        with pytest.raises(NotSent, match="did not agree on an encrypted connection"):
            await http.post("https://hooks.example.test/in", content=b"x")

    assert http.requests_sent == 0


async def test_encrypted_connection_lost_after_the_request_is_unknown(
    server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    """Once the request has gone into the encrypted connection, losing that connection is an unknown outcome."""

    async def lose(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with (
        serving(lose, server_tls) as server,
        OutgoingHttp(resolve=HOOKS, dial=Detour(server.port), tls=trusting) as http,
    ):
        with pytest.raises(OutcomeUnknown):
            await http.post("https://hooks.example.test/in", content=b"x")

    assert (len(server.requests), http.requests_sent) == (1, 1)
