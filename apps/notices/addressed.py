"""Whose rows are those that are addressed to one unit: messages, events."""

from typing import Any

from django.db.models import Q

from apps.scope.conditions import PathInScope, ProjectInScope, ScopeCondition, Sql
from apps.scope.context import Scope


class SentToEnterprise(ScopeCondition):
    """The row's path is that of an account of the viewer's enterprise: `/0/42/E7/`.

    By an account from the alliance whoever issued it, by a province's what that province issued.
    """

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        if scope.enterprise_id is None:
            return "FALSE", []
        last = f"E{scope.enterprise_id}/"
        if scope.enterprise_within is not None:
            return f"{sql} = %s", [*params, f"{scope.enterprise_within}{last}"]
        return f"RIGHT({sql}, %s) = %s", [*params, len(last) + 1, f"/{last}"]


def sent_to(lookup: str) -> Q:
    """Rows that stand at `lookup` in the viewer's subtree, or with an account of its enterprise."""
    place: Any = PathInScope(lookup, own=True)
    enterprise: Any = SentToEnterprise(lookup)
    return Q(place) | Q(enterprise)


def sent_to_viewer() -> Q:
    """The same of rows with a path and a project."""
    project: Any = ProjectInScope("project_id")
    return sent_to("path") & Q(project)
