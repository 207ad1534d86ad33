"""What the law of the review chain knows of a filing and of its project. Pure."""

from dataclasses import dataclass
from typing import Protocol

from apps.review.models.statuses import Status


class Policies(Protocol):
    """The policies of a project that the machine asks for."""

    institution_withdrawal: str
    bureau_withdrawal: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What the machine must know about one filing at one moment.

    `is_open`: the filing's own tier may act (own window, supplement or correction deadline).
    `is_over`: its own window has ended and neither a supplement nor a deadline keeps it open.
    `reviewer_is_open`: the same as `is_open` for the reviewer's filing; true where no window is set for it.
    `withdrawal_asked`: a request to withdraw waits for the tier above (policy `on_request`).
    `maintained`: the province fills in for the institution, which only reads.
    """

    status: Status
    is_institution: bool
    is_root: bool
    branch_frozen: bool
    reported_once: bool
    substituted: bool
    is_open: bool
    is_over: bool
    reviewer_is_open: bool
    withdrawal_asked: bool = False
    maintained: bool = False


def always(_policies: Policies, _filing: Situation) -> bool:
    return True


def withdrawal_is_direct(policies: Policies, filing: Situation) -> bool:
    policy = (
        policies.institution_withdrawal if filing.is_institution else policies.bureau_withdrawal
    )
    return policy == "direct"


def withdrawal_is_on_request(policies: Policies, filing: Situation) -> bool:
    policy = (
        policies.institution_withdrawal if filing.is_institution else policies.bureau_withdrawal
    )
    return policy == "on_request"


def refused_by_time(timing: str | None, filing: Situation) -> str | None:
    """`timing` is the law's: by whose time an act is bound."""
    if timing == "own_or_deadline" and not filing.is_open:
        return "不在可操作时间内"
    if timing == "own_over" and not filing.is_over:
        return "填报时间尚未结束"
    if timing == "reviewer" and not filing.reviewer_is_open:
        return "不在审核时间内"
    return None
