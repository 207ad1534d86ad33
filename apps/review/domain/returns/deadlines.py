"""How long each tier has to correct what went back through several: the lower one's time ends before the upper one's.

Pure. Deadlines are aware moments by tier; who corrects first needs time left above for checking and submitting anew.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType

from apps.organizations.models import Tier
from apps.review.domain.refusals import DeadlineInvalid

Deadlines = Mapping[str, datetime]
NONE_GIVEN: Deadlines = MappingProxyType({})
UPWARDS = tuple(reversed(Tier))
FULL_HOUR = {"minute": 0, "second": 0, "microsecond": 0}


def upwards(tiers: Iterable[str]) -> list[str]:
    """From the institution up, each once."""
    known = set(tiers)
    return [tier.value for tier in UPWARDS if tier.value in known]


def proposed(tiers: Iterable[str], *, last: datetime, now: datetime) -> dict[str, datetime]:
    """Even parts of the time until `last`, which the uppermost tier gets; whole hours where there is room for them."""
    order = upwards(tiers)
    part = (last - now) / len(order) if order else last - now
    ends = {tier: now + part * number for number, tier in enumerate(order, start=1)}
    whole = {tier: end.replace(**FULL_HOUR) for tier, end in ends.items()}  # type: ignore[arg-type]
    found = whole if part.total_seconds() > 2 * 3600 else ends
    return found | ({order[-1]: last} if order else {})


def require_order(deadlines: Deadlines) -> None:
    """Raises `DeadlineInvalid` where a lower tier's time doesn't end before that of the next one above."""
    order = upwards(deadlines)
    for lower, upper in pairwise(order):
        if deadlines[lower] >= deadlines[upper]:
            raise DeadlineInvalid(
                f"{Tier(lower).label}的截止时间须早于{Tier(upper).label}的，留出审核和重新提交的时间。"
            )
