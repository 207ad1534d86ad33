"""Institutions that join a round after it was published; who leaves one is 移出, an act like any other.

Invariant: nobody joins below a package that was submitted: what an upper tier was handed stays what it is.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import Entry, record_many
from apps.organizations.models import Organization, Tier
from apps.projects.domain.participants.acts import candidates
from apps.projects.models import Obligation, Participation, Project, ProjectKind
from apps.review.domain.events import note_events
from apps.review.domain.locks import Ancestor, lock_places
from apps.review.domain.refusals import (
    NAMED,
    ActionRefused,
    NotYourTurn,
    ReasonMissing,
    ReviewRefused,
)
from apps.review.domain.tree import plant_late
from apps.review.models import JOINED, Filing
from apps.review.models.statuses import FROZEN
from apps.scope.paths import ancestors, in_subtree

FIXED_AT_PUBLICATION = frozenset({ProjectKind.ALLOCATION})
"""Kinds whose volumes stand still from publication on: who has none then has nothing to report."""


class CannotJoin(ReviewRefused):
    """The round takes nobody in any more, or not these."""


def why_not_join(project: Project, by: Actor) -> ReviewRefused | None:
    """Why the actor can't add anybody to the round now; `None` if it can. Pages and the service ask the same."""
    tier = by.organization.tier if by.organization else ""
    if tier not in (Tier.ALLIANCE, Tier.PROVINCE):
        return NotYourTurn("发布后增加参加机构由省医保或联采办办理。")
    right = Permission.MANAGE if tier == Tier.ALLIANCE else Permission.MAINTAIN
    if not by.may(right):
        return NotYourTurn(f"您的账号没有“{right.label}”权限，不能增加参加机构。")
    if not project.is_in_progress:
        return ActionRefused(f"项目当前为“{project.get_phase_display()}”，不能在这里增加参加机构。")
    if project.kind in FIXED_AT_PUBLICATION:
        return CannotJoin(
            "分量项目的分配量在发布时已经固定，发布后加入的机构没有可分配的数量；"
            "确需参加的，请联采办新建分量项目并导入它们的分配量。"
        )
    return None


@transaction.atomic
def add_participants(
    *,
    project: Project,
    institutions: QuerySet[Organization],
    obligation: Obligation,
    reason: str,
    by: Actor,
) -> list[Filing]:
    """Let institutions below the actor take part in a published round; returns their filings, by path.

    Those that take part already, or were removed, are left out. A constant number of statements.
    Raises a `ReviewRefused`; then nobody joined.
    """
    held: Project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if refused := why_not_join(held, by):
        raise refused
    if not reason.strip():
        raise ReasonMissing("请填写加入原因。")
    place = by.organization.path if by.organization else ""
    wanted = candidates(held).filter(in_subtree(place), pk__in=institutions.values("pk"))
    units = list(wanted.order_by("path"))
    if not units:
        raise CannotJoin("请先勾选要加入的机构。")
    _check_open(units, lock_places(held.pk, (unit.path for unit in units)))
    Participation.objects.bulk_create(
        Participation(project=held, organization=unit, path=unit.path, obligation=obligation)
        for unit in units
    )
    plant_late(held, units)
    return _told(held, units, obligation, reason.strip(), by)


def _check_open(units: Sequence[Organization], above: Mapping[str, Ancestor]) -> None:
    """Raises `CannotJoin` naming the bureaus that have submitted."""
    frozen = [
        path
        for path in dict.fromkeys(path for unit in units for path in ancestors(unit.path))
        if path in above and above[path].status in FROZEN
    ]
    if frozen:
        bureaus = Organization.objects.filter(path__in=frozen).order_by("path")
        names = list(bureaus.values_list("name", flat=True)[: NAMED + 1])
        more = " 等" if len(names) > NAMED else ""
        raise CannotJoin(
            f"{'、'.join(names[:NAMED])}{more}已经提交，数据已锁定；请先退回，再增加机构。没有加入任何一家。"
        )


def _told(
    project: Project, units: Sequence[Organization], obligation: Obligation, reason: str, by: Actor
) -> list[Filing]:
    """The new filings, each with its first event and a line in the operation log."""
    rows = Filing.objects.of_project(project).filter(organization__in=units)
    filings = list(rows.select_related("organization").order_by("path"))
    note_events(filings, kind=JOINED, by=by, reason=reason, at=timezone.now())
    record_many(
        by=by,
        entries=[
            Entry(
                verb="加入",
                object=filing.organization.name,
                sentence=f"项目“{project.name}”发布后加入参加机构“{filing.organization.name}”"
                f"（{obligation.label}），原因：{reason}",
                path=filing.path,
                project_code=project.code,
            )
            for filing in filings
        ],
    )
    return filings
