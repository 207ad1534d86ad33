"""The default manager of every scoped model: it never hands out a row outside the scope in force."""

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from .conditions import condition_for


@dataclass(frozen=True, slots=True)
class ScopeLookups:
    """Where a model keeps its path, enterprise and project, as ORM lookups.

    `around` also shows what stands above the viewer (notices). `custom` replaces the lookups by a condition
    of the model's own, built from `apps.scope.conditions`. Rows of no project stay a unit's own where it lends its
    scope (`Scope.lent`), unless they are `lent` with it.
    """

    path: str | None = None
    enterprise: str | None = None
    project: str | None = None
    around: bool = False
    custom: Q | None = None
    lent: bool = False

    def condition(self) -> Q:
        if self.custom is not None:
            return self.custom
        if not (self.path or self.enterprise):
            raise TypeError("ScopeLookups needs a path or an enterprise.")
        own = self.project is None and not self.lent
        return condition_for(self.path, self.enterprise, self.project, around=self.around, own=own)


M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ScopedManager(models.Manager[M_co]):
    """Adds the model's scope condition to every queryset. The model declares `scope_lookups`."""

    def get_queryset(self) -> models.QuerySet[M_co]:
        rows = super().get_queryset()
        model: Any = self.model
        rows.query = _narrowed(model).chain()
        return rows


@cache
def _narrowed(model: type[Any]) -> Any:
    """The query that every other starts from: the condition is resolved once, and compiled anew each time."""
    rows: models.QuerySet[Any] = models.QuerySet(model)
    return rows.filter(model.scope_lookups.condition()).query
