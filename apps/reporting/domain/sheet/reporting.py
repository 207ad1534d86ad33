"""上报 and 撤回 of a demand filing. What is typed is saved before; a refused report keeps it (S2-23, S2-39)."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.reporting.domain.lines.sql import OpenAsk
from apps.reporting.domain.refusals import NothingToWithdraw
from apps.reporting.domain.sheet.filling import DEMAND, KINDS
from apps.reporting.models import DemandLine, ReportReason
from apps.review.domain.holding import hold, require_editable
from apps.review.domain.performing import perform, perform_own
from apps.review.domain.standing import Standing
from apps.review.models import Filing
from apps.review.models.statuses import Action


def report(
    *,
    filing: Filing,
    project: Project,
    by: Actor,
    version: int | None = None,
) -> Filing:
    """一键上报: every row goes up at once, whatever its state. `version` is what the page showed.

    Raises a `ReviewRefused`: `FilingIncomplete` with everything still to do.
    """
    versions = None if version is None else {filing.pk: version}
    (reported,) = perform(
        [filing], Action.SUBMIT, by=by, versions=versions, first=partial(_corrected, by=by)
    )
    return reported


def report_own(*, code: str, by: Actor, version: int | None = None) -> Filing:
    """The same of the own filing in the project of this code. Raises `Filing.DoesNotExist` where there is none."""
    work = OpenAsk.own(by.organization.pk if by.organization else 0, code)
    first = partial(_corrected, by=by)
    return perform_own(
        code, Action.SUBMIT, kinds=KINDS, work=work, by=by, version=version, first=first
    )


def _corrected(standing: Standing, *, by: Actor) -> None:
    """What was marked 待修改 goes up again as it is, if this person may fill it in. Raises `NotEditable`."""
    project, windows = standing.project, standing.windows
    for filing in standing.branch.filings:
        if filing.reported_once and windows is not None:
            require_editable(standing.branch, windows, project, by=by, work=DEMAND)
            lines = DemandLine.objects.of_filing(filing).filter(to_correct=True)
            lines.update(to_correct=False)


@transaction.atomic
def withdraw(
    *,
    filing: Filing,
    project: Project,
    items: Sequence[int],
    by: Actor,
    version: int | None = None,
) -> int:
    """撤回: the whole filing comes back; the ticked rows are marked 待修改, the others stay 已保存.

    Returns how many rows are marked. Raises `NothingToWithdraw`, or a `ReviewRefused` of the policy.
    """
    if not items:
        raise NothingToWithdraw("请先勾选需要重新维护的品规。")
    versions = None if version is None else {filing.pk: version}
    (back,) = perform([filing], Action.WITHDRAW, by=by, versions=versions)
    lines = DemandLine.objects.of_filing(back).filter(item__in=items)
    return int(lines.update(to_correct=True, is_saved=False))


@transaction.atomic
def give_reason(*, filing: Filing, project: Project, text: str, by: Actor) -> None:
    """上报理由 of the filing's total (S3-18); an empty one is taken back. Raises `NotEditable`."""
    held = hold(filing, project=project, by=by, work=DEMAND)
    if not text.strip():
        ReportReason.objects.filter(filing=held).delete()
        return
    ReportReason.objects.bulk_create(
        [ReportReason(filing=held, path=held.path, text=text.strip()[:500])],
        update_conflicts=True,
        unique_fields=["filing"],
        update_fields=["text"],
    )
