"""Who keeps a package from being complete: where it stands, whose reports it holds back, whether anybody is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.domain.logins import last_logins
from apps.review.domain.gates import GateReport
from apps.review.domain.missing.losses import Loss
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.ui.formats import short_moment

WORDS = {
    Status.SUBMITTED: ("待审核", "waiting"),
    Status.RETURNED: ("退回未重报", "returned"),
    Status.DRAFT: ("未上报", "neutral"),
}


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One unit; `loss` where it would take reports with it."""

    filing: Filing
    loss: Loss | None
    has_account: bool
    login: datetime | None

    @property
    def status(self) -> tuple[str, str]:
        """With its tone; bureaus 提交 and institutions 上报."""
        text, tone = WORDS[self.filing.state]
        return text if self.filing.is_institution else text.replace("上报", "提交"), tone

    @property
    def is_late(self) -> bool:
        """Whether it is the unit's turn, and not its reviewer's."""
        return self.filing.state != Status.SUBMITTED

    @property
    def seen(self) -> str:
        """When somebody of the unit was last there."""
        if not self.has_account:
            return "没有账号"
        return short_moment(self.login) if self.login else "从未登录"


def in_order(gate: GateReport, losses: Sequence[Loss]) -> list[Filing]:
    """Those that block first, then those that would take reports with them, then the rest that is missing."""
    losing = {loss.bureau.pk for loss in losses}
    return [*gate.waiting, *sorted(gate.missing, key=lambda filing: filing.pk not in losing)]


def unsettled(filings: Sequence[Filing], losses: Sequence[Loss]) -> list[Unsettled]:
    """For a page of them; one statement."""
    logins = last_logins(filing.organization_id for filing in filings)
    by_bureau = {loss.bureau.pk: loss for loss in losses}
    return [
        Unsettled(
            filing,
            by_bureau.get(filing.pk),
            filing.organization_id in logins,
            logins.get(filing.organization_id),
        )
        for filing in filings
    ]
