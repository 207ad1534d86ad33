"""How often one address may ask what everybody may ask without an account.

Invariant: nobody who keeps within `VERIFY_PER_MINUTE` waits for what others ask; an IPv6 household counts as one.
Counted in the memory of each web process, so that a flood costs the database nothing.
"""

import time
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache

MINUTE = 60
HOUSEHOLD = 64  # bits of an IPv6 address


def seconds_to_wait(address: str) -> int:
    """Counts a question from this address; 0 if it may be answered."""
    now = int(time.time())
    key = f"asking:{_asker(address)}:{now // MINUTE}"
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        asked = cache.incr(key)
    except ValueError:  # pushed out meanwhile by others
        return 0
    return MINUTE - now % MINUTE if asked > settings.VERIFY_PER_MINUTE else 0


def _asker(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "?"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, HOUSEHOLD), strict=False).network_address)
    return str(parsed)
