"""What the review pages are called: by the kind of the project and the tier of the reader (S0-13)."""

from collections.abc import Mapping

from apps.organizations.models import Tier
from apps.projects.models import ProjectKind, Withdrawal

REVIEWS: Mapping[str, str] = {
    ProjectKind.DEMAND: "需求量信息审核",
    ProjectKind.HISTORY: "历史采购量审核",
    ProjectKind.ALLOCATION: "中选结果分量信息审核",
}


def review_title(kind: str, tier: str) -> str:
    """`中选结果分量信息审核（市医保）`."""
    return f"{REVIEWS[kind]}（{Tier(tier).label}）"


CONFIRMATIONS: Mapping[str, str] = {
    ProjectKind.DEMAND: "需求量信息确认",
    ProjectKind.HISTORY: "历史采购量确认",
    ProjectKind.ALLOCATION: "确认提交",
}
OFFICES: Mapping[str, str] = {
    Tier.COUNTY: "区县医保局",
    Tier.CITY: "市医保局",
    Tier.PROVINCE: "省医保局",
    Tier.ALLIANCE: "联采办",
}
AFTERWARDS: Mapping[str, str] = {
    Withdrawal.DIRECT: "{upper}处理之前可以撤回。",
    Withdrawal.ON_REQUEST: "需要修改时可以向{upper}申请撤回。",
    Withdrawal.NONE: "提交后本单位不能再做任何操作，需要修改时只能由{upper}退回。",
}


def confirm_title(kind: str) -> str:
    """What the page is called on which a bureau hands up its package (S3-21)."""
    return CONFIRMATIONS[kind]


def submit_words(kind: str, reviewer_tier: str) -> str:
    """`确认无误，提交省医保局` (S3-22); allocation's manual says 提交 (S0-25)."""
    if kind == ProjectKind.ALLOCATION:
        return "提交"
    return f"确认无误，提交{OFFICES.get(reviewer_tier, '')}"


def after_submitting(policy: str, reviewer_tier: str) -> str:
    """What a bureau may still do with a package that it has handed up (S0-27, S3-24)."""
    return AFTERWARDS[policy].format(upper=upper_label(reviewer_tier))


def upper_label(reviewer_tier: str) -> str:
    """Whom a bureau submits to; the alliance submits to nobody."""
    return Tier(reviewer_tier).label if reviewer_tier else ""
