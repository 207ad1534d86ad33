"""Which IP addresses lie outside: whatever the platform asks by itself goes to those, or to networks that are named.

Invariant: an address that only carries another one (IPv4 within IPv6, in whatever way) is judged by what it carries; of
IPv6 only what is given out to the public (2000::/3) lies outside. Source: IANA's registries of special addresses.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

NAT64 = ip_network("64:ff9b::/96")
GIVEN_OUT = ip_network("2000::/3")
RELAYS = ip_network("192.88.99.0/24")
"""Of 6to4: whoever answers there passes it on to anywhere."""
Address = IPv4Address | IPv6Address


def is_outside(host: str, *, allowed: Iterable[str], refused: Iterable[str] = ()) -> bool:
    """Whether this may be asked; `allowed` networks may although they lie inside, `refused` may not. A name is none."""
    try:
        address = _carried(ip_address(host.partition("%")[0]))
    except ValueError:
        return False
    if _within(address, allowed):
        return True
    return _is_public(address) and not _within(address, refused)


def _is_public(address: Address) -> bool:
    if not address.is_global or address.is_multicast or address in RELAYS:
        return False
    return isinstance(address, IPv4Address) or address in GIVEN_OUT


def _carried(address: Address) -> Address:
    """The IPv4 address within an IPv6 one that only carries it."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _within(address: Address, networks: Iterable[str]) -> bool:
    return any(address in ip_network(network) for network in networks)
