"""Which addresses are out on the internet, and none of our own network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

#: The last four bytes are an IPv4 address behind a translator (RFC 6052).
TRANSLATED = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether a number is one of the public internet, however it is wrapped."""
    try:
        number = ip_address(address)
    except ValueError:
        return False
    if isinstance(number, IPv6Address):
        if number.scope_id or number.is_site_local or number.teredo:
            return False
        inner = _inside(number)
        if inner is not None:
            return is_public(str(inner))
    reserved = number.is_multicast or number.is_reserved or number.is_unspecified
    return number.is_global and not reserved


def _inside(number: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that this one stands for."""
    if number in TRANSLATED:
        return IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour
