"""Which addresses nodes may reach, and what happens on the way from a name to an address."""

import socket
from ipaddress import ip_address

import pytest

from nodes.http.addresses import (
    Resolver,
    checked_addresses,
    is_public,
    is_public_rule,
    system_resolver,
    why_closed,
)
from nodes.http.errors import AddressRefused, NotSent

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "8.8.8.8"
CLOSED = {
    "0.0.0.0": "an unspecified address",
    "0.1.2.3": "an unspecified address",
    "10.0.0.1": "a private address",
    "100.64.0.1": "a provider's shared address",
    "100.100.100.200": "a provider's shared address",
    "127.0.0.1": "a loopback address",
    "127.255.255.254": "a loopback address",
    "168.63.129.16": "a cloud's metadata address",
    "169.254.169.254": "a link-local address",
    "172.16.0.1": "a private address",
    "172.31.255.255": "a private address",
    "192.0.0.8": "a reserved address",
    "192.0.0.192": "a reserved address",
    "192.0.2.1": "a documentation address",
    "192.88.99.1": "a 6to4 relay",
    "192.168.1.1": "a private address",
    "198.18.0.1": "a benchmarking address",
    "198.51.100.1": "a documentation address",
    "203.0.113.1": "a documentation address",
    "224.0.0.1": "a multicast address",
    "239.255.255.250": "a multicast address",
    "240.0.0.1": "a reserved address",
    "255.255.255.255": "a reserved address",
    "::": "an unspecified address",
    "::1": "a loopback address",
    "::127.0.0.1": "a reserved address",
    "::ffff:127.0.0.1": "a loopback address",
    "::ffff:10.0.0.1": "a private address",
    "::ffff:169.254.169.254": "a link-local address",
    "::ffff:0:127.0.0.1": "a reserved address",
    "64:ff9b::7f00:1": "a NAT64 address",
    "64:ff9b::8.8.8.8": "a NAT64 address",
    "64:ff9b:1::": "a NAT64 address",
    "64:ff9b:1::7f00:1": "a NAT64 address",
    "100::1": "a reserved address",
    "2001::1": "a Teredo address",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "a Teredo address",
    "2001:2::1": "a reserved address",
    "2001:10::1": "a reserved address",
    "2001:db8::1": "a documentation address",
    "2002:7f00:1::": "a 6to4 address",
    "2002:808:808::1": "a 6to4 address",
    "3fff::1": "a documentation address",
    "4000::1": "a reserved address",
    "5f00::1": "a reserved address",
    "fc00::1": "a private address",
    "fd00:ec2::254": "a private address",
    "fe80::1": "a link-local address",
    "fe80::1%1": "an address of one network interface",
    "2606:4700:4700::1111%1": "an address of one network interface",
    "fec0::1": "a site-local address",
    "ff02::1": "a multicast address",
    "ff0e::1": "a multicast address",
}
OPEN = [
    PUBLIC,
    OTHER_PUBLIC,
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.32.0.1",
    "192.0.1.1",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:830::200e",
]


def answering(*addresses: str) -> Resolver:
    """A resolver that gives these addresses for every name."""

    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(("text", "kind"), CLOSED.items())
def test_special_address_is_closed(text: str, kind: str) -> None:
    """Every kind of address that is not an ordinary public one is closed, and its kind is named."""
    address = ip_address(text)

    assert not is_public(address)
    assert why_closed(address) == kind


@pytest.mark.parametrize("text", OPEN)
def test_ordinary_address_is_open(text: str) -> None:
    """Ordinary public addresses are open, those just outside a closed block included."""
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    ("port", "open_"), [(80, True), (443, True), (22, False), (7233, False), (8080, False)]
)
def test_production_rule_opens_two_ports(port: int, open_: bool) -> None:
    """The rule in production opens ports 80 and 443 of public addresses, and nothing of others."""
    assert is_public_rule(ip_address(PUBLIC), port) is open_
    assert not is_public_rule(ip_address("127.0.0.1"), port)


async def test_all_answers_are_returned_in_order() -> None:
    """When all answers are allowed, all of them may be tried, in the resolver's order and unwrapped."""
    resolve = answering(PUBLIC, f"::ffff:{OTHER_PUBLIC}")

    addresses = await checked_addresses("shop.test", 443, resolve=resolve, allow=is_public_rule)

    assert addresses == [ip_address(PUBLIC), ip_address(OTHER_PUBLIC)]


@pytest.mark.parametrize(
    "answers", [[PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::ffff:127.0.0.1"]]
)
async def test_one_closed_answer_closes_the_name(answers: list[str]) -> None:
    """A name with one public and one private answer is refused, in whatever order they come."""
    with pytest.raises(AddressRefused):
        await checked_addresses("two.test", 80, resolve=answering(*answers), allow=is_public_rule)


async def test_refusal_keeps_the_resolved_address_to_itself() -> None:
    """An author learns the kind of address behind a name, not the number: it maps the inside of a network."""
    with pytest.raises(AddressRefused) as caught:
        await checked_addresses("inside.test", 80, resolve=answering("10.11.12.13"), allow=is_public_rule)

    assert caught.value.reason == "it leads to a private address"
    assert "10.11.12.13" not in str(caught.value)


async def test_closed_port_is_named() -> None:
    """A public address on a port that is not open is refused with the port in the reason."""
    with pytest.raises(AddressRefused) as caught:
        await checked_addresses("shop.test", 8080, resolve=answering(PUBLIC), allow=is_public_rule)

    assert caught.value.reason == "port 8080 is not open to nodes"


async def test_answer_that_is_no_address_is_refused() -> None:
    """A resolver's answer that cannot be read as an address is refused, even by a rule that allows all."""
    with pytest.raises(AddressRefused):
        await checked_addresses(
            "odd.test", 80, resolve=answering("not-an-address"), allow=lambda address, port: True
        )


@pytest.mark.parametrize(
    "error",
    [
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        UnicodeError("label too long"),
        OSError("resolver gone"),
    ],
)
async def test_failed_resolution_fails_closed(error: Exception) -> None:
    """A name that does not resolve gives no address to connect to, whatever the rule."""

    async def resolve(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(NotSent):
        await checked_addresses("gone.test", 80, resolve=resolve, allow=lambda address, port: True)


async def test_name_without_addresses_fails_closed() -> None:
    """An empty answer is a failure, not a list of which all members are allowed."""
    with pytest.raises(NotSent):
        await checked_addresses("empty.test", 80, resolve=answering(), allow=lambda address, port: True)


@pytest.mark.parametrize("text", ["2130706433", "0x7f.1", "127.1", "017700000001", "0x7f000001"])
async def test_odd_spellings_resolve_to_what_they_are(text: str) -> None:
    """The system's resolver reads odd spellings as 127.0.0.1, which is why no string is ever judged."""
    assert await system_resolver(text, 80) == ["127.0.0.1"]
