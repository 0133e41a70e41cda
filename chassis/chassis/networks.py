"""Addresses and networks: what counts as one party where people are told apart by where they come from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def parse_address(value: str) -> IPv4Address | IPv6Address | None:
    """The address in one element of ``X-Forwarded-For``: some proxies add the port, quotes or brackets.

    ``192.0.2.1:5678``, ``[2001:db8::1]:443``, ``"[2001:db8::1]"`` and ``fe80::1%eth0`` are addresses.
    """
    text = value.strip().strip('"').strip()
    if text.startswith("["):
        text, closed, port = text[1:].partition("]")
        if not closed or not _is_port(port):
            return None
    elif text.count(":") == 1:
        text, _, port = text.partition(":")
        if not _is_port(f":{port}"):
            return None
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_port(text: str) -> bool:
    return not text or (text[0] == ":" and text[1:].isascii() and text[1:].isdigit() and len(text) <= 6)


@dataclass(frozen=True)
class Networks:
    """From where somebody comes, ever wider: what one visitor has to choose from (an IPv4 address, an IPv6 /64), what a
    household or office has (/56; of IPv4 the address), and what can be had for little money (/48, a /24)."""

    own: str
    near: str
    wide: str


def networks_of(address: str) -> Networks:
    """The address itself three times, where it is none."""
    parsed = parse_address(address)
    if parsed is None:
        return Networks(address, address, address)
    sizes = (64, 56, 48) if isinstance(parsed, IPv6Address) else (32, 32, 24)
    own, near, wide = (str(ip_network((parsed, size), strict=False)).removesuffix("/32") for size in sizes)
    return Networks(own, near, wide)


def network_of(address: str) -> str:
    """What limits count by: the address, and for IPv6 the /64, all of which one visitor has to choose from."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed) if parsed else address
