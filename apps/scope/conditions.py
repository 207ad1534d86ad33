"""SQL conditions that ask for the scope when they are compiled, not when they are written.

So a queryset built at import time (a form field's choices, say) is narrowed when it runs.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import BooleanField, Expression, F, Q
from django.db.models.expressions import Combinable

from .context import Scope, current_scope
from .paths import ancestors, subtree_bounds

Sql = tuple[str, list[Any]]


class ScopeCondition(Expression):
    """A boolean on one column, compiled against the scope in force. Raises `ScopeNotSet`."""

    conditional = True

    def __init__(self, lookup: str) -> None:
        super().__init__(output_field=BooleanField())
        self.column: Combinable = F(lookup)

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        scope = current_scope()
        if scope.everything:
            return "TRUE", []
        sql, params = compiler.compile(self.column)
        return self.condition(scope, sql, list(params))

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        raise NotImplementedError


class PathInScope(ScopeCondition):
    """The row's path lies in one of the scope's subtrees; `own`: and the scope is not lent (`Scope.lent`)."""

    def __init__(self, lookup: str, *, own: bool = False) -> None:
        super().__init__(lookup)
        self.own = own

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        return ("FALSE", []) if self.own and scope.lent else _ranges(scope, sql, params)


class PathAroundScope(PathInScope):
    """The row's path lies in the scope's subtrees or above them: what superiors send down."""

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        inside, inside_params = super().condition(scope, sql, params)
        if self.own and scope.lent:
            return inside, inside_params
        above = [path for top in scope.paths for path in ancestors(top)]
        if not above:
            return inside, inside_params
        return f"({inside} OR {sql} = ANY(%s))", [*inside_params, *params, above]


class EnterpriseAnywhere(ScopeCondition):
    """The row is about the viewer's own enterprise, whoever issued the account: what it is asked itself."""

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        if scope.enterprise_id is None:
            return "FALSE", []
        return f"{sql} = %s", [*params, scope.enterprise_id]


class EnterpriseInScope(EnterpriseAnywhere):
    """The row belongs to the viewer's own enterprise.

    `place` is where the row stands: an account that a province issued sees what stands in that province. Of rows
    without a place (what an enterprise won, say) it sees none: those are the country's.
    """

    def __init__(self, lookup: str, *, place: str | None) -> None:
        super().__init__(lookup)
        self.place: Combinable | None = F(place) if place else None

    def get_source_expressions(self) -> list[Any]:
        return [self.column, self.place]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.column, self.place = exprs

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        own, params = super().as_sql(compiler, connection)
        within = current_scope().enterprise_within
        if within is None:
            return own, params
        if self.place is None:
            return "FALSE", []
        sql, placed = compiler.compile(self.place)
        low, high = subtree_bounds(within)
        there = [*placed, low, *placed, high]
        return f"({own} AND {sql} >= %s AND {sql} < %s)", [*params, *there]


class EnterpriseNationwide(EnterpriseInScope):
    """The row belongs to the viewer's own enterprise, and the alliance issued the account."""

    def __init__(self, lookup: str) -> None:
        super().__init__(lookup, place=None)


class ProjectInScope(ScopeCondition):
    """The row belongs to a project that the viewer's account is not shut out of."""

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        if scope.project_ids is None:
            return "TRUE", []
        return f"{sql} = ANY(%s)", [*params, sorted(scope.project_ids)]


class ViewerAtDepth(ScopeCondition):
    """True, whatever the row, for viewers at most `depth` levels deep: 1 the alliance, 2 also provinces."""

    def __init__(self, depth: int, lookup: str = "pk") -> None:
        super().__init__(lookup)
        self.depth = depth

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        near_root = any(path.count("/") - 1 <= self.depth for path in scope.paths)
        return ("TRUE" if near_root else "FALSE"), []


def _ranges(scope: Scope, sql: str, params: list[Any]) -> Sql:
    if not scope.paths:
        return "FALSE", []
    ranges, values = [], []
    for path in scope.paths:
        low, high = subtree_bounds(path)
        ranges.append(f"({sql} >= %s AND {sql} < %s)")
        values += [*params, low, *params, high]
    return "(" + " OR ".join(ranges) + ")", values


def condition_for(
    path: str | None, enterprise: str | None, project: str | None, *, around: bool, own: bool
) -> Q:
    """The condition of a scoped model from its lookups; an absent one shows no rows to that kind of viewer."""
    who = Q()
    if path:
        who |= Q(cast("Any", (PathAroundScope if around else PathInScope)(path, own=own)))
    if enterprise:
        who |= Q(cast("Any", EnterpriseInScope(enterprise, place=path)))
    return who & Q(cast("Any", ProjectInScope(project))) if project else who
