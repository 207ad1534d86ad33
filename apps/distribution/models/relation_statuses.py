"""The statuses and actions of a delivery relation, numbered as provincial platforms number them (rules §4). Pure."""

from django.db.models import IntegerChoices, TextChoices


class Status(IntegerChoices):
    """Where a relation stands between manufacturer and distributor."""

    DRAFT = 0, "未提交"
    SUBMITTED = 1, "已提交"
    AGREED = 2, "已同意"
    REFUSED = 3, "已拒绝"
    VOID = 99, "已作废"


LIVE = frozenset({Status.DRAFT, Status.SUBMITTED, Status.AGREED})
"""Of these a product, distributor and area have at most one."""

COUNTED = frozenset({Status.SUBMITTED, Status.AGREED})
"""These take one of the places that a project may limit per product and area."""

ANSWERED = frozenset({Status.AGREED, Status.REFUSED})
NEEDS_DISTRIBUTOR = LIVE
"""While its distributor is disabled, such a relation is 需更换."""

TONES = {
    Status.DRAFT: "neutral",
    Status.SUBMITTED: "waiting",
    Status.AGREED: "success",
    Status.REFUSED: "danger",
    Status.VOID: "neutral",
}


class Action(TextChoices):
    """Everything that changes a relation's status."""

    SUBMIT = "submit", "提交"
    AGREE = "agree", "同意"
    REFUSE = "refuse", "拒绝"
    RETRACT = "retract", "撤回答复"
    VOID = "void", "作废"
    RESUBMIT = "resubmit", "重新提交"
