"""Which addresses nodes may reach.

Only resolved addresses are judged, never strings: `2130706433`, `0x7f.1` and `127.1` are all 127.0.0.1 once the
system has resolved them. IPv6 is an allow-list (the global unicast block, less its special parts), because
`ipaddress.is_global` is True for NAT64, 6to4, fec0::/10, ::127.0.0.1 and multicast. Source of the blocks: IANA
special-purpose address registries (RFC 6890 and updates).
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from nodes.http.errors import AddressRefused, NotSent

Address = IPv4Address | IPv6Address
AddressRule = Callable[[Address, int], bool]
"""(resolved address, port) -> may a node connect there."""
Resolver = Callable[[str, int], Awaitable[list[str]]]
"""(host name or literal, port) -> addresses as text; raises OSError when the name does not resolve."""

PORTS = frozenset({80, 443})

_CLOSED_V4 = [
    (IPv4Network(block), kind)
    for block, kind in [
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a provider's shared address"),
        ("127.0.0.0/8", "a loopback address"),
        # Azure's host agent: routable by its number, yet it answers inside every Azure network with credentials.
        ("168.63.129.16/32", "a cloud's metadata address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    ]
]

_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = [
    (IPv6Network(block), kind)
    for block, kind in [
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("64:ff9b::/96", "a NAT64 address"),
        ("64:ff9b:1::/48", "a NAT64 address"),
        ("2001::/32", "a Teredo address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a documentation address"),
        ("2002::/16", "a 6to4 address"),
        ("3fff::/20", "a documentation address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    ]
]


def why_closed(address: Address) -> str | None:
    """What kind of address this is if nodes may not reach it, in words; None if it is public."""
    address = unwrapped(address)
    if isinstance(address, IPv4Address):
        kind = next((kind for block, kind in _CLOSED_V4 if address in block), None)
    elif address.scope_id is not None:
        kind = "an address of one network interface"
    else:
        kind = next((kind for block, kind in _CLOSED_V6 if address in block), None)
        if kind is None and address not in _OPEN_V6:
            kind = "a reserved address"
    if kind is None and (
        not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified
    ):
        kind = "a reserved address"
    return kind


def is_public(address: Address) -> bool:
    """Whether a resolved address is an ordinary public one."""
    return why_closed(address) is None


def is_public_rule(address: Address, port: int) -> bool:
    """The rule in production: a public address, on port 80 or 443."""
    return port in PORTS and is_public(address)


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside a v4-mapped one (`::ffff:10.0.0.1`); any other address as it is."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


async def system_resolver(host: str, port: int) -> list[str]:
    """What the machine's own resolver says, in its order, without repeats."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(_with_scope(answer[4]) for answer in answers))


def _with_scope(place: tuple[object, ...]) -> str:
    scoped = len(place) == 4 and place[3] != 0
    return f"{place[0]}%{place[3]}" if scoped else str(place[0])


async def checked_addresses(host: str, port: int, *, resolve: Resolver, allow: AddressRule) -> list[Address]:
    """The addresses to connect to, all of them allowed. One answer that is not closes the whole name.

    Raises NotSent when the name does not resolve, AddressRefused when any answer is not allowed.
    """
    try:
        answers = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise NotSent(f"the name {host} could not be found") from error
    if not answers:
        raise NotSent(f"the name {host} has no address")
    return [_checked(host, port, answer, allow) for answer in answers]


def _checked(host: str, port: int, answer: str, allow: AddressRule) -> Address:
    try:
        address = unwrapped(ip_address(answer))
    except ValueError:
        raise AddressRefused(host, "its name resolves to something that is not an address") from None
    if allow(address, port):
        return address
    kind = why_closed(address)
    if kind is not None:
        raise AddressRefused(host, f"it leads to {kind}")
    raise AddressRefused(host, f"port {port} is not open to nodes")
