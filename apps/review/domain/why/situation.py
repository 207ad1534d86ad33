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
    `settled`: it was closed because its unit closed or merged.
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
    settled: bool = False
