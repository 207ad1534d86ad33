"""Who takes part: chosen by the hundred or by the ten thousand in one statement, until publication.

Invariant: a unit that reports through another takes no part itself (rules §1); afterwards the review chain
adds and removes, because filings hang on it.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Value

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import record
from apps.organizations.models import Organization, Tier
from apps.projects.domain.refusals import (
    NotAllowed,
    ProjectRefused,
    locked,
    place_of,
    require_changeable,
    require_right,
)
from apps.projects.domain.sql import insert_select
from apps.projects.models import Obligation, Participation, Phase, Project
from apps.scope.paths import in_subtree


class CannotTakePart(ProjectRefused):
    """The unit is no institution, is switched off, or reports through another."""


def eligible() -> QuerySet[Organization]:
    """The institutions within the scope that can take part in a project."""
    rows: QuerySet[Organization] = Organization.objects.filter(
        tier=Tier.INSTITUTION, is_active=True, reports_through__isnull=True
    )
    return rows


def candidates(project: Project) -> QuerySet[Organization]:
    """The institutions within the scope that can take part and do not yet."""
    there = Participation.objects.filter(project=project, organization=OuterRef("pk"))
    return eligible().filter(~Exists(there))


@transaction.atomic
def choose_participants(
    *, project: Project, institutions: QuerySet[Organization], obligation: Obligation, by: Actor
) -> int:
    """Add every institution of the queryset that can take part and lies below the actor; one insert.

    Those that take part already keep what they are. Returns the number added.
    """
    project = _changeable(project, by)
    within = institutions.filter(
        in_subtree(place_of(by)),
        tier=Tier.INSTITUTION,
        is_active=True,
        reports_through__isnull=True,
    )
    added = insert_select(
        Participation,
        ("project", "organization", "path", "obligation"),
        within.values_list(Value(project.pk), "pk", "path", Value(str(obligation))),
    )
    if added:
        _log(project, by, "选定参加机构", f"加入 {added:,} 家参加机构（{obligation.label}）")
    return added


@transaction.atomic
def choose_listed(
    *, project: Project, listed: Iterable[tuple[Organization, Obligation]], by: Actor
) -> int:
    """Add the named institutions, each with its obligation; change the obligation of those that take part.

    Returns the number added or changed.
    """
    project = _changeable(project, by)
    place = place_of(by)
    wanted = {unit.pk: (unit, obligation) for unit, obligation in listed}
    for unit, _ in wanted.values():
        _require_eligible(unit, place)
    known = dict(
        Participation.objects.filter(project=project, organization_id__in=wanted).values_list(
            "organization_id", "obligation"
        )
    )
    differing = [pair for key, pair in wanted.items() if known.get(key) != pair[1]]
    Participation.objects.bulk_create(
        (
            Participation(project=project, organization=unit, path=unit.path, obligation=obligation)
            for unit, obligation in differing
        ),
        update_conflicts=True,
        unique_fields=["project", "organization"],
        update_fields=["obligation"],
        batch_size=5_000,
    )
    if differing:
        _log(project, by, "选定参加机构", f"按名单加入或调整 {len(differing):,} 家参加机构")
    return len(differing)


@transaction.atomic
def add_participant(
    *, project: Project, organization: Organization, obligation: Obligation, by: Actor
) -> None:
    """Add one institution. Raises `CannotTakePart`, `ProjectFrozen`, `NotAllowed`."""
    project = _changeable(project, by)
    _require_eligible(organization, place_of(by))
    _, created = Participation.objects.update_or_create(
        project=project,
        organization=organization,
        defaults={"path": organization.path, "obligation": obligation},
    )
    verb, done = ("加入", "加入") if created else ("调整参加方式", "调整")
    _log(
        project,
        by,
        verb,
        f"{done}参加机构“{organization.name}”（{obligation.label}）",
        organization,
    )


@transaction.atomic
def remove_participants(
    *, project: Project, participations: QuerySet[Participation], by: Actor
) -> int:
    """Remove participants before publication; one delete. Returns their number."""
    project = _changeable(project, by)
    rows = participations.filter(in_subtree(place_of(by)), project=project)
    removed, _ = rows.order_by().delete()
    if removed:
        _log(project, by, "移除参加机构", f"移除 {removed:,} 家参加机构")
    return removed


@transaction.atomic
def remove_participant(*, project: Project, organization: Organization, by: Actor) -> None:
    """Remove one participant before publication."""
    project = _changeable(project, by)
    if not organization.path.startswith(place_of(by)):
        raise NotAllowed(f"“{organization.name}”不在您的管辖范围内。")
    Participation.objects.filter(project=project, organization=organization).delete()
    _log(project, by, "移除参加机构", f"移除参加机构“{organization.name}”", organization)


@transaction.atomic
def set_obligation(
    *,
    project: Project,
    participations: QuerySet[Participation],
    obligation: Obligation,
    by: Actor,
) -> int:
    """Make participants 必报 or 自愿; one update. Returns how many changed."""
    project = _changeable(project, by)
    rows = participations.filter(in_subtree(place_of(by)), project=project)
    changed = rows.exclude(obligation=obligation).order_by().update(obligation=obligation)
    if changed:
        _log(project, by, "调整参加方式", f"将 {changed:,} 家参加机构改为{obligation.label}")
    return changed


def _changeable(project: Project, by: Actor) -> Project:
    """The locked project, if the actor may change its participants now: a province only in 筹备.

    Raises `NotAllowed`, also for a sub-account that holds no right to change what the unit decides.
    """
    project = locked(project)
    require_changeable(project)
    tier = by.organization.tier if by.organization else Tier.ALLIANCE
    right = Permission.MANAGE if tier == Tier.ALLIANCE else Permission.MAINTAIN
    require_right(by, right)
    if tier == Tier.ALLIANCE or (tier == Tier.PROVINCE and project.phase == Phase.PREPARING):
        return project
    raise NotAllowed("参加机构由联采办选定，省医保可在筹备阶段增减本省机构。")


def _require_eligible(unit: Organization, place: str) -> None:
    if not unit.path.startswith(place):
        raise NotAllowed(f"“{unit.name}”不在您的管辖范围内。")
    if unit.tier != Tier.INSTITUTION or not unit.is_active or unit.reports_through_id:
        raise CannotTakePart(f"“{unit.name}”不是可以参加的医疗机构（已禁用或由其他机构代报）。")


def _log(
    project: Project, by: Actor, verb: str, sentence: str, unit: Organization | None = None
) -> None:
    record(
        by=by,
        verb=verb,
        object=unit.name if unit else project.name,
        sentence=f"项目“{project.name}”{sentence}",
        path=unit.path if unit else place_of(by),
        project_code=project.code,
    )
