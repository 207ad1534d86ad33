"""The end of a round: closing lets what was never reported lapse, 办结 freezes the whole project."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.organizations.models import Tier
from apps.projects.models import Phase, Project
from apps.review.domain.checklist import check_confirmed, checklist_of
from apps.review.domain.checks import check_alliance
from apps.review.domain.gates import GateReport, gate_reports
from apps.review.domain.locks import read_branch
from apps.review.domain.missing.losses import check_losses
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused
from apps.review.domain.standing import situations
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Action
from apps.scope.paths import ROOT


@dataclass(frozen=True, slots=True)
class ClosingReport:
    """What closing does: these lapse; these were reported before and wait for the tier above them to decide."""

    lapsing: tuple[Filing, ...]
    undecided: tuple[Filing, ...]
    frozen: tuple[Filing, ...]


def closing_report(project: Project) -> ClosingReport:
    """Every institution that has not reported, by what closing means for it; constant statements."""
    rows = list(
        Filing.objects.of_project(project)
        .institutions()
        .filter(status__in=EDITABLE)
        .select_related("organization")
        .order_by("path")
    )
    branch = read_branch(rows)
    facing = list(zip(rows, situations(project, rows, branch, timezone.now()), strict=True))
    over = [(row, s) for row, s in facing if s.is_over]
    return ClosingReport(
        lapsing=tuple(r for r, s in over if not _has_report(r) and not s.branch_frozen),
        undecided=tuple(r for r, s in facing if _has_report(r) and not s.branch_frozen),
        frozen=tuple(r for r, s in facing if s.branch_frozen),
    )


def _has_report(filing: Filing) -> bool:
    """Its own, or the one that 系统代分 made for it: never zero without somebody's decision."""
    return filing.reported_once or filing.substituted


def unreported(project: Project) -> QuerySet[Filing]:
    """The institutions whose quantities are missing from what is concluded now, by path."""
    rows = Filing.objects.of_project(project).institutions().filter(status__in=EDITABLE)
    silent: QuerySet[Filing] = rows.select_related("organization").order_by("path")
    return silent


@transaction.atomic
def close_project(project: Project, *, by: Actor) -> ClosingReport:
    """End reporting. Never-reported institutions lapse; those once reported are left to the tier above.

    Raises `ActionRefused` while an institution may still report.
    """
    check_alliance(by)
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if project.phase != Phase.PUBLISHED:
        raise ActionRefused(f"项目当前为“{project.get_phase_display()}”，不能截止。")
    report = closing_report(project)
    unsettled = (
        Filing.objects.of_project(project).institutions().filter(status__in=EDITABLE).count()
    )
    if unsettled > len(report.lapsing) + len(report.undecided) + len(report.frozen):
        raise ActionRefused("还有医疗机构在可操作时间内，请等填报时间结束或关闭开关后再截止。")
    perform(report.lapsing, Action.LAPSE, by=Actor.system())
    Project.objects.filter(pk=project.pk).update(phase=Phase.CLOSED, closed_at=timezone.now())
    record(
        by=by,
        verb="截止",
        object=project.name,
        sentence=f"截止项目“{project.name}”，{len(report.lapsing)} 家从未上报的计为未报",
        path=ROOT,
        project_code=project.code,
    )
    return report


def conclusion_gate(project: Project) -> tuple[Filing, GateReport]:
    """The root filing and what stands between it and 办结."""
    root = Filing.objects.select_related("organization").get(project=project, tier=Tier.ALLIANCE)
    return root, gate_reports(project, [root])[root.pk]


@transaction.atomic
def conclude_project(
    project: Project, *, by: Actor, confirmed: bool = False, losing: int = 0
) -> Filing:
    """办结: approve the root, which freezes every filing of the project.

    `confirmed`: what is still open was seen in numbers, and the missing ones by name, and accepted. `losing`: how
    many reported institutions are left out with bureaus that have not submitted. Raises a `ReviewRefused`.
    """
    check_alliance(by)
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if not project.is_in_progress:
        raise ActionRefused(f"项目当前为“{project.get_phase_display()}”，不能办结。")
    root, _report = conclusion_gate(project)
    (root,) = perform([root], Action.CONCLUDE, by=by, confirmed=confirmed)
    check_confirmed(checklist_of(project, ROOT), confirmed=confirmed)
    check_losses(root, accepted=losing)
    Project.objects.filter(pk=project.pk).update(phase=Phase.CONCLUDED, concluded_at=timezone.now())
    return root
