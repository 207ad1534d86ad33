"""Which places see a relation: those it delivers to, and those above them."""

from typing import Any, cast

from django.db.models import Q

from apps.distribution.models.relation_places import serving
from apps.scope.conditions import PathInScope, ScopeCondition, Sql
from apps.scope.context import Scope


def condition(expression: ScopeCondition) -> Q:
    return Q(cast("Any", expression))


class DeliveredToScope(PathInScope):
    """The place lies in the viewer's subtree, or contains it: a county is delivered to by who has the province."""

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        inside, inside_params = super().condition(scope, sql, params)
        above = [place for top in scope.paths if top.count("/") > 2 for place in serving(top)]  # noqa: PLR2004
        if not above:
            return inside, inside_params
        return f"({inside} OR {sql} = ANY(%s))", [*inside_params, *params, above]
