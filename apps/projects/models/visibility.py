"""Who sees a project and what belongs to it: by phase, by participation, by winning.

Invariant: a draft is the alliance's alone, 筹备 also the provinces', the rest theirs who take part or won.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from apps.scope.conditions import (
    EnterpriseNationwide,
    PathAroundScope,
    PathInScope,
    ProjectInScope,
    ScopeCondition,
    ViewerAtDepth,
)
from apps.scope.managers import ScopeLookups

from .choices import Phase, ProjectKind

BEGUN = (Phase.PUBLISHED, Phase.CLOSED, Phase.CONCLUDED)


def visible_through(prefix: str) -> Q:
    """The scope condition of projects, and with a prefix (`project__`) of what belongs to them."""
    own = f"{prefix}pk"
    takes_part = Exists(_participations().filter(project_id=OuterRef(own)))
    wins = Exists(_winners().filter(project_id=OuterRef(own)))
    return _visible(prefix, takes_part=Q(takes_part), wins=Q(wins))


def visible_to_winner(prefix: str, enterprise: str) -> Q:
    """As `visible_through`, but of all enterprises only the row's own: capacities are no rival's business."""
    takes_part = Exists(_participations().filter(project_id=OuterRef(f"{prefix}pk")))
    wins = _condition(EnterpriseNationwide(enterprise)) & Q(
        **{f"{prefix}kind": ProjectKind.ALLOCATION}
    )
    return _visible(prefix, takes_part=Q(takes_part), wins=wins)


def visible_by_path(prefix: str, place: ScopeCondition) -> Q:
    """For rows with a path of their own: who stands there, as soon as the project's phase shows it."""
    return _visible(prefix, takes_part=Q()) & _condition(place)


def _visible(prefix: str, *, takes_part: Q, wins: Q | None = None) -> Q:
    own, phase = f"{prefix}pk", f"{prefix}phase"
    preparing = Q(**{phase: Phase.PREPARING}) & _condition(ViewerAtDepth(2, own)) & takes_part
    begun = Q(**{f"{phase}__in": BEGUN}) & (takes_part if wins is None else takes_part | wins)
    return _condition(ProjectInScope(own)) & (_condition(ViewerAtDepth(1, own)) | preparing | begun)


def _condition(expression: Any) -> Q:
    return Q(expression)


def _participations() -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = models.QuerySet(apps.get_model("projects", "Participation"))
    return rows.filter(_condition(PathInScope("path")))


def _winners() -> models.QuerySet[Any]:
    """An enterprise sees the allocations that it won in; demand projects are no business of enterprises.

    By an account from the alliance: as a province's distributor it has not won anything.
    """
    rows: models.QuerySet[Any] = models.QuerySet(apps.get_model("projects", "WinningProduct"))
    return rows.filter(
        _condition(EnterpriseNationwide("enterprise_id")), project__kind=ProjectKind.ALLOCATION
    )


@dataclass(frozen=True, slots=True)
class ThroughProject(ScopeLookups):
    """Scope lookups through the project at `prefix`; built on first use, when all models are loaded.

    `path`, if given, is the row's own; `enterprise` is the only one of all enterprises to see the row.
    """

    prefix: str = ""

    def condition(self) -> Q:
        if self.path:
            place = PathAroundScope(self.path) if self.around else PathInScope(self.path)
            return visible_by_path(self.prefix, place)
        if self.enterprise:
            return visible_to_winner(self.prefix, self.enterprise)
        return visible_through(self.prefix)


def through_project(prefix: str) -> ThroughProject:
    """Scope lookups for models that are seen by whoever sees their project."""
    return ThroughProject(prefix=prefix)
