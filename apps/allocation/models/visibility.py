"""Scope expressions as the `Q` objects that lookups are made of."""

from typing import Any, cast

from django.db.models import Q

from apps.scope.conditions import ScopeCondition


def condition(expression: ScopeCondition) -> Q:
    return Q(cast("Any", expression))
