"""Status texts. Derived, never stored: they name the tier that holds a filing (“待市医保审核”)."""

from apps.organizations.models import Tier
from apps.review.models import Filing
from apps.review.models.statuses import Status

TONES = {
    Status.DRAFT: "working",
    Status.SUBMITTED: "waiting",
    Status.APPROVED: "success",
    Status.RETURNED: "returned",
    Status.LAPSED: "closed",
    Status.EXCLUDED: "closed",
}


def status_text(filing: Filing) -> str:
    """What the status is called for this filing, whoever reads it."""
    reviewer = Tier(filing.reviewer_tier).label if filing.reviewer_tier else ""
    returned = Tier(filing.returned_by_tier).label if filing.returned_by_tier else reviewer
    own = {
        Status.DRAFT: _draft_text(filing),
        Status.SUBMITTED: f"待{reviewer}审核",
        Status.APPROVED: f"{reviewer}审核通过" if reviewer else "已办结",
        Status.RETURNED: f"{returned}退回",
        Status.LAPSED: _lapsed_text(filing),
    }
    text = own.get(filing.state, filing.state.label)
    return f"{text}（系统代分）" if filing.substituted else text


def _lapsed_text(filing: Filing) -> str:
    """With what became of the unit, where that is why."""
    label = Status.LAPSED.label
    return f"{label}（{filing.closed_as}）" if filing.closed_as else label


def _draft_text(filing: Filing) -> str:
    if filing.is_institution:
        return "填报中"
    return "办理中" if filing.is_root else "审核中"


def status_tone(filing: Filing) -> str:
    """The tone of the status pill: a marked 代分 stands out among the submitted."""
    return "warning" if filing.substituted else TONES[filing.state]


def status_choices(reviewer: str) -> list[tuple[str, str]]:
    """The choices of the status filter on a reviewer's list."""
    name = Tier(reviewer).label
    return [
        (Status.SUBMITTED, f"待{name}审核"),
        (Status.APPROVED, f"{name}审核通过"),
        (Status.RETURNED, f"{name}退回"),
        (Status.DRAFT, "未上报"),
        (Status.LAPSED, "未报"),
        (Status.EXCLUDED, "已移出"),
    ]


def participant_choices() -> list[tuple[str, str]]:
    """The same for a list whose rows have different reviewers."""
    named = {Status.DRAFT: "未上报", Status.RETURNED: "退回修改中"}
    return [(status.value, named.get(status, status.label)) for status in Status]
