"""What the page of a project shows to whom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.organizations.models import Tier
from apps.projects.domain.publication import lacks
from apps.projects.domain.reads import catalogue_count, participants_by_area
from apps.projects.domain.windows.own_timing import timings_of
from apps.projects.domain.windows.standing import obstacle_to, tier_windows
from apps.projects.domain.words import policy_words
from apps.projects.models import Phase, Project, ProjectKind, ProvinceSettings
from apps.scope.paths import province_path

STAMPS = {
    Phase.DRAFT: "created_at",
    Phase.PUBLISHED: "published_at",
    Phase.CLOSED: "closed_at",
    Phase.CONCLUDED: "concluded_at",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """What an app above shows of a project on its page: a partial template that gets `shown` as its `panel`."""

    template: str
    shown: Any


_panels: list[Callable[[Project, User], Panel | None]] = []


def register_panel(panel: Callable[[Project, User], Panel | None]) -> None:
    """Called once by each app that has something to show; it costs nothing where it hasn't."""
    _panels.append(panel)


_fixers: list[Callable[[Project], bool]] = []


def register_fixer(is_fixed: Callable[[Project], bool]) -> None:
    """Called once by each app above that forbids removing winning results of a published demand project."""
    _fixers.append(is_fixed)


def may_remove_winners(project: Project, user: User) -> bool:
    """Whether the services would remove any: of a published demand project what the apps above allow."""
    if not user.has(Permission.MANAGE):
        return False
    if project.kind != ProjectKind.DEMAND or not project.is_frozen:
        return not project.is_frozen
    return not any(is_fixed(project) for is_fixed in _fixers)


def detail_of(project: Project, user: User) -> dict[str, Any]:
    """The context of the detail page; a constant number of statements."""
    now = timezone.now()
    manages = user.has(Permission.MANAGE)
    obstacle = obstacle_to(project, Tier.INSTITUTION, now)
    tier = user.organization.tier if user.organization else ""
    areas = participants_by_area(project, user.path) if user.organization_id else []
    timing = timings_of(user.organization, [project]).get(project.pk)
    return {
        "project": project,
        "phase": Phase(project.phase),
        "phases": phase_steps(project),
        "groups": policy_words(project),
        "windows": tier_windows(project, now),
        "own_end": timing.closes_at(now)
        if timing and not obstacle_to(project, tier, now)
        else None,
        "hindrance": obstacle.sentence if obstacle else "",
        "areas": areas,
        "participants": sum(area.total for area in areas),
        "is_institution": user.role == Role.INSTITUTION or not user.organization_id,
        "catalogue": catalogue_count(project),
        "manages": manages,
        **doors_of(project, user),
        "lacks": lacks(project) if manages and not project.is_frozen else None,
        "panels": [shown for panel in _panels if (shown := panel(project, user))],
        "prepares_volumes": manages and project.kind == ProjectKind.ALLOCATION,
    }


UNDOES = {
    Phase.PUBLISHED: ("publication", "撤销发布"),
    Phase.CONCLUDED: ("conclusion", "撤销办结"),
}
"""By phase what the alliance may take back, with another person: the part of an address, and its words."""


def doors_of(project: Project, user: User) -> dict[str, bool | str | tuple[str, ...]]:
    """Which buttons the page offers (the services ask again)."""
    manages = user.has(Permission.MANAGE)
    is_draft = project.phase == Phase.DRAFT
    is_preparing = project.phase == Phase.PREPARING
    is_province = user.role == Role.PROVINCE and user.has(Permission.MAINTAIN)
    return {
        "may_delete": manages and is_draft,
        "may_prepare": manages and is_draft,
        "may_publish": manages and is_preparing,
        "undoes": UNDOES.get(Phase(project.phase), ()) if manages else (),
        "has_province_page": is_province and not is_draft,
        "awaits_province": is_province and is_preparing,
        "may_report": project.is_in_progress and user.role == Role.INSTITUTION,
        "review_door": review_door(project, user) if project.is_in_progress else "",
    }


def review_door(project: Project, user: User) -> str:
    """What a bureau's door to the review pages is called; empty for everybody else.

    A tier that the province's chain leaves out may look and has nothing to do there (S2-10).
    """
    unit = user.organization
    if unit is None or user.role == Role.INSTITUTION or not user.has(Permission.QUERY):
        return ""
    if unit.tier not in (Tier.ALLIANCE, Tier.PROVINCE):
        own = ProvinceSettings.objects.filter(
            project=project, path=province_path(unit.path)
        ).first()
        if unit.tier not in (own.chain if own else project.chain):
            return "查看办理情况"
    return "进入审核" if user.has(Permission.REVIEW) else "查看审核"


def phase_steps(project: Project) -> list[dict[str, Any]]:
    """The phases as steps: what is done, where it stands, since when."""
    order = list(Phase)
    at = order.index(Phase(project.phase))
    skipped = project.phase == Phase.CONCLUDED and project.closed_at is None
    return [
        {
            "label": phase.label,
            "state": "skipped"
            if skipped and phase == Phase.CLOSED
            else "done"
            if index < at or phase == Phase.CONCLUDED == project.phase
            else "current"
            if index == at
            else "todo",
            "since": getattr(project, STAMPS[phase]) if phase in STAMPS and index <= at else None,
        }
        for index, phase in enumerate(order)
    ]


def may_change_participants(project: Project, user: User) -> bool:
    """Whether the viewer may choose participants now (the service asks again)."""
    if project.is_frozen:
        return False
    if user.has(Permission.MANAGE):
        return True
    return (
        user.role == Role.PROVINCE
        and user.has(Permission.MAINTAIN)
        and project.phase == Phase.PREPARING
    )


def may_extend(project: Project) -> bool:
    """Ends move in one act once the round has begun; before, the times are simply edited."""
    return project.phase == Phase.PUBLISHED


def may_change_windows(project: Project) -> bool:
    """Windows and switches change until the project is closed."""
    return project.phase not in {Phase.CLOSED, Phase.CONCLUDED}
