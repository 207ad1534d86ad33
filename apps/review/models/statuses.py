"""The statuses and actions of a filing, in the words of the manuals. Pure; no Django model."""

from django.db.models import TextChoices


class Status(TextChoices):
    """Depth is data: 待市医保审核 is `SUBMITTED` below a city, a label and never a status."""

    DRAFT = "draft", "填报中"
    SUBMITTED = "submitted", "待审核"
    APPROVED = "approved", "审核通过"
    RETURNED = "returned", "已退回"
    LAPSED = "lapsed", "未报"
    EXCLUDED = "excluded", "已移出"


EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
FROZEN = frozenset({Status.SUBMITTED, Status.APPROVED})
SETTLED = frozenset({Status.LAPSED, Status.EXCLUDED})


class Action(TextChoices):
    """Everything that changes a filing's status."""

    SUBMIT = "submit", "上报"
    WITHDRAW = "withdraw", "撤回"
    APPROVE = "approve", "审核通过"
    UNAPPROVE = "unapprove", "取消通过"
    RETURN = "return", "退回修改"
    GRANT = "grant", "同意撤回"
    REPORT_FOR = "report_for", "代报"
    LAPSE = "lapse", "计为未报"
    RESTORE = "restore", "恢复上次上报"
    SUPPLEMENT = "supplement", "补报"
    SUBSTITUTE = "substitute", "系统代分"
    UNDO_SUBSTITUTE = "undo_substitute", "撤销代分"
    CORRECT = "correct", "更正退回"
    ADD = "add", "增补退回"
    EXCLUDE = "exclude", "移出"
    CONCLUDE = "conclude", "办结"
    REOPEN = "reopen", "撤销办结"
    SETTLE = "settle", "机构变更结清"
    UNSETTLE = "unsettle", "撤销结清"
