"""Winning results as far as agreed volumes need them: who won with which item, rank and price cut.

Prices, packs and capacities belong to the allocation task, whose own import carries them.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.projects.models import CatalogItem, Project
from apps.scope.managers import ScopedManager

from .triggers import fixed_under
from .visibility import OfProject


class WinningResult(models.Model):
    """An enterprise won with an item. `rank` is its place in the competition unit, `cut` the price cut in percent."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    item = models.ForeignKey(CatalogItem, models.CASCADE, related_name="+", verbose_name="品规")
    enterprise = models.CharField("中选企业", max_length=120)
    rank = models.PositiveSmallIntegerField("名次", null=True)
    cut = models.DecimalField("降幅（%）", max_digits=7, decimal_places=4, null=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject()

    class Meta:
        verbose_name = verbose_name_plural = "中选结果"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="winning_result_once", fields=["project", "item", "enterprise"]
            ),
            models.CheckConstraint(
                name="winning_result_in_range",
                condition=(Q(rank__isnull=True) | Q(rank__gte=1))
                & (Q(cut__isnull=True) | Q(cut__gte=0, cut__lte=100)),
            ),
        ]
        triggers = [fixed_under("volumes_agreedversion")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.item_id}"
