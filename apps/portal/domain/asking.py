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
    return wait_of(f"asking:{_asker(address)}", settings.VERIFY_PER_MINUTE)


def wait_of(asker: str, most: int) -> int:
    """Counts a question of whoever is named so; 0 if it is within `most` of this minute."""
    now = int(time.time())
    key = f"{asker}:{now // MINUTE}"
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        asked = cache.incr(key)
    except ValueError:  # pushed out meanwhile by others
        return 0
    return MINUTE - now % MINUTE if asked > most else 0


def _asker(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "?"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, HOUSEHOLD), strict=False).network_address)
    return str(parsed)
