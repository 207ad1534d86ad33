"""Who sees rules and volumes: whoever takes part in the project, and no enterprise.

Invariant: what is not published yet, or no longer, is the alliance's alone.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q

from apps.projects.models.visibility import visible_through
from apps.scope.conditions import PathInScope, ProjectInScope, ScopeCondition, ViewerAtDepth
from apps.scope.managers import ScopeLookups

from .choices import State

ANY_DEPTH = 99


def _condition(expression: ScopeCondition) -> Q:
    return Q(cast("Any", expression))


@dataclass(frozen=True, slots=True)
class OfProject(ScopeLookups):
    """Rows of a project, seen by its units. `state` is where the row's version keeps its state, if it has one."""

    prefix: str = "project__"
    state: str = ""

    def condition(self) -> Q:
        own = f"{self.prefix}pk"
        units = visible_through(self.prefix) & _condition(ViewerAtDepth(ANY_DEPTH, own))
        return units & _published(self.state, own) if self.state else units


@dataclass(frozen=True, slots=True)
class OfFiling(ScopeLookups):
    """Quantities of a filing, seen by whoever has the filing in his subtree, once their version is published."""

    def condition(self) -> Q:
        return (
            _condition(PathInScope("filing__path"))
            & _condition(ProjectInScope("filing__project_id"))
            & _published("version__state", "version_id")
        )


def _published(state: str, own: str) -> Q:
    return Q(**{state: State.PUBLISHED}) | _condition(ViewerAtDepth(1, own))
