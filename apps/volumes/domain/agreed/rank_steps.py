"""How a rank's share of an item came about, step by step (rules §2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.volumes.domain.agreed.steps import Kept
from apps.volumes.domain.figures import plain
from apps.volumes.models import WinnerShare


@dataclass(frozen=True, slots=True)
class RankShare:
    """R6: what a rank has of the competition unit nationally, and `own`: of the unit looked at and its item."""

    rank: int
    enterprise: str
    quantity: str
    part: str
    own: int


def shares_in_words(shares: Sequence[WinnerShare], kept: Sequence[Kept]) -> list[RankShare]:
    """`kept` of the unit that is looked at, in units of the item."""
    whole = sum((share.quantity for share in shares), Decimal(0))
    own: dict[int, int] = {}
    for portion in kept:
        own[portion.rank] = own.get(portion.rank, 0) + portion.taken
    return [
        RankShare(
            share.rank,
            share.enterprise.name if share.enterprise else "（未填企业）",
            plain(share.quantity),
            f"{share.quantity / whole:.2%}" if whole else "—",
            own.get(share.rank, 0),
        )
        for share in shares
    ]
