"""What the review pages are called: by the kind of the project and the tier of the reader (S0-13)."""

from collections.abc import Mapping

from apps.organizations.models import Tier
from apps.projects.models import ProjectKind

REVIEWS: Mapping[str, str] = {
    ProjectKind.DEMAND: "需求量信息审核",
    ProjectKind.HISTORY: "历史采购量审核",
    ProjectKind.ALLOCATION: "中选结果分量信息审核",
}


def review_title(kind: str, tier: str) -> str:
    """`中选结果分量信息审核（市医保）`."""
    return f"{REVIEWS[kind]}（{Tier(tier).label}）"


def upper_label(reviewer_tier: str) -> str:
    """Whom a bureau submits to; the alliance submits to nobody."""
    return Tier(reviewer_tier).label if reviewer_tier else ""
