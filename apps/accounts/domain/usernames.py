"""What usernames look like: derived from codes, so that nobody has to invent or remember one.

Invariant: two usernames never differ only in case or width; what a clerk types is folded before it is compared.
"""

import re

from apps.organizations.models import Level, Organization, Tier

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,49}")
SUB_ACCOUNT = re.compile(r"-(\d{2,})$")


def username_of(organization: Organization) -> str:
    """The main account's username: `alliance`, `province42`, `city4201`, `county420106`, an institution's own code.

    A district that acts as a city (rules §6) keeps its six digits: `city110101`.
    """
    code = organization.code
    if organization.tier == Tier.INSTITUTION:
        return code
    if organization.tier == Tier.ALLIANCE:
        return Tier.ALLIANCE.value
    if organization.level == Level.CITY:
        code = code.removesuffix("00")
    return f"{organization.tier}{code}"


def next_sub_username(main: str, existing: list[str]) -> str:
    """`city4201-03` after `city4201-02`; numbers never come back, because sub-accounts are never deleted."""
    numbers = [int(match[1]) for name in existing if (match := SUB_ACCOUNT.search(name))]
    return f"{main}-{max(numbers, default=0) + 1:02d}"
