"""补报: units that did not report get a window of their own and may still do so, in one act (S2-25, rules §1).

A unit counted as not reported becomes a draft again; one that is still a draft or returned only gets the window.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Tier
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.domain.windows.supplements import grant_supplements
from apps.projects.models import Project
from apps.review.domain.carrying import Instruction, carries
from apps.review.domain.checks import check_present, check_reason, check_versions
from apps.review.domain.locks import lock_branch
from apps.review.domain.performing import LONGEST_REASON, perform
from apps.review.domain.refusals import (
    ActionRefused,
    DeadlineInvalid,
    FilingsMoved,
    NotYourTurn,
    Refused,
    listing,
)
from apps.review.domain.returning import packages_over, return_packages
from apps.review.domain.returns.deadlines import NONE_GIVEN, Deadlines, require_order
from apps.review.domain.standing import parties_of
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Action


@carries(Action.SUPPLEMENT)
def supplement_as_told(filings: Sequence[Filing], told: Instruction) -> list[Filing]:
    """Raises a `ReviewRefused`, also where no end was given."""
    if told.closes_at is None:
        raise ActionRefused("请填写补报截止时间。")
    return supplement_filings(
        filings,
        by=told.by,
        reason=told.reason,
        closes_at=told.closes_at,
        versions=told.versions,
        packages=told.packages,
        deadlines=told.deadlines,
    )


@transaction.atomic
def supplement_filings(
    filings: Sequence[Filing],
    *,
    by: Actor,
    reason: str,
    closes_at: datetime,
    versions: Mapping[int, int] | None = None,
    packages: Collection[int] = (),
    deadlines: Deadlines = NONE_GIVEN,
) -> list[Filing]:
    """Open windows from now to `closes_at` for institutions of one project, and let them report after all.

    `packages`: those above them that may be returned first, all that lock them and no other, with `deadlines` by tier,
    which end after `closes_at`. Raises a `ReviewRefused`; then nothing happened to any of them.
    """
    _return_first(filings, packages, deadlines, by=by, reason=reason, closes_at=closes_at)
    late = [filing for filing in filings if filing.state in EDITABLE]
    lapsed = [filing for filing in filings if filing.state not in EDITABLE]
    extended = _extendable(late, by, versions)
    moved = perform(lapsed, Action.SUPPLEMENT, by=by, reason=reason, versions=_of(versions, lapsed))
    held = [*extended, *moved]
    if not held:
        return []
    try:
        grant_supplements(
            project=Project.objects.get(pk=held[0].project_id),
            organizations=[filing.organization for filing in held],
            opens_at=timezone.now(),
            closes_at=closes_at,
            reason=reason,
            by=by,
        )
    except ProjectRefused as refused:
        raise ActionRefused(str(refused)) from refused
    return held


def _return_first(
    filings: Sequence[Filing],
    packages: Collection[int],
    deadlines: Deadlines,
    *,
    by: Actor,
    reason: str,
    closes_at: datetime,
) -> None:
    """Raises `FilingsMoved` where other packages stand above than the page said, `DeadlineInvalid`."""
    if not packages:
        return
    above = packages_over(filings, by)
    if {package.pk for package in above} != set(packages):
        raise FilingsMoved("页面打开之后，上级单位的提交有变化，请核对要一并退回的单位后重新办理。")
    for package in above:
        if package.tier not in deadlines:
            raise DeadlineInvalid(f"请填写{Tier(package.tier).label}的更正截止时间。")
    require_order({**deadlines, Tier.INSTITUTION: closes_at})
    check_reason(Action.SUPPLEMENT, reason)
    told = f"为下级医疗机构开放补报：{reason.strip()}"
    return_packages(above, by=by, reason=told[:LONGEST_REASON], deadlines=deadlines)


def _extendable(
    filings: Sequence[Filing], by: Actor, versions: Mapping[int, int] | None
) -> list[Filing]:
    """Locked filings that only need more time. Raises a `ReviewRefused`."""
    if not filings:
        return []
    branch = lock_branch(filings)
    check_present(filings, branch)
    check_versions(branch, _of(versions, filings), Action.SUPPLEMENT)
    refused = []
    for filing in branch.filings:
        if "opener" not in parties_of(filing, branch, by):
            raise NotYourTurn("补报由省医保或联采办开放。")
        if not filing.is_institution or filing.maintained or filing.state not in EDITABLE:
            refused.append(Refused(filing.pk, filing.organization.name, "不适用补报"))
        elif branch.is_frozen(filing):
            refused.append(Refused(filing.pk, filing.organization.name, "上级已提交，数据已锁定"))
    if refused:
        raise ActionRefused(listing(refused, "补报"), refused)
    return list(branch.filings)


def _of(versions: Mapping[int, int] | None, filings: Sequence[Filing]) -> dict[int, int] | None:
    return None if versions is None else {f.pk: versions[f.pk] for f in filings if f.pk in versions}
