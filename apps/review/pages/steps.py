"""The review chain of a filing as steps for the page: names of tiers and statuses, never lines of upper tiers."""

from dataclasses import dataclass
from datetime import datetime

from apps.organizations.models import Tier
from apps.review.domain.locks import Branch
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, SETTLED, Status


@dataclass(frozen=True, slots=True)
class Step:
    """What `ui` draws; `state` is done, current, todo, returned or skipped."""

    label: str
    state: str
    since: datetime | None = None
    who: str = ""


def steps_of(filing: Filing, branch: Branch) -> list[Step]:
    """From the filing up to the alliance. It stands with the first that has neither submitted nor approved."""
    climb = [(filing.tier, filing.state)]
    climb += [(upper.tier, upper.status) for upper in reversed(branch.above(filing))]
    here = next((at for at, (_, status) in enumerate(climb) if status not in FROZEN), len(climb))
    return [
        Step(
            _label(tier, first=at == 0),
            _state(at, here, status),
            since=_since(filing) if at == 0 else None,
        )
        for at, (tier, status) in enumerate(climb)
    ]


def _label(tier: str, *, first: bool) -> str:
    name = Tier(tier).label
    if tier == Tier.INSTITUTION:
        return f"{name}填报"
    return f"{name}汇总" if first and tier != Tier.ALLIANCE else f"{name}审核"


def _state(at: int, here: int, status: Status) -> str:
    if at < here:
        return "done"
    if at > here:
        return "todo"
    if status in SETTLED:
        return "skipped"
    return "returned" if status == Status.RETURNED else "current"


def _since(filing: Filing) -> datetime | None:
    """When it was reported; for what was settled or sent back instead, when that was."""
    if filing.state in FROZEN:
        return filing.submitted_at
    moments = [moment for moment in (filing.submitted_at, filing.reviewed_at) if moment]
    return max(moments, default=None) if filing.state != Status.DRAFT else None
