"""What peers bought: of each item and grade of institutions the quantity that nine in ten buyers don't exceed.

Invariant: worked out of the project's purchase history as a whole (`apps.reporting.domain.oddities`) at publication and
whenever history is written after it, never corrected by hand.
"""

from typing import ClassVar

from django.db import models

from apps.projects.models import CatalogItem
from apps.projects.models.visibility import ThroughProject
from apps.scope.managers import ScopedManager


class PeerNorm(models.Model):
    """`bought` is the sum over the project's baseline years, like a baseline, of the buyer at nine tenths.

    `buyers` is how many institutions of the grade bought any: with few of them there is no row.
    """

    pk = models.CompositePrimaryKey("item_id", "grade")
    item = models.ForeignKey(CatalogItem, models.CASCADE, related_name="+", db_index=False)
    grade = models.CharField("机构等级", max_length=20, blank=True)
    bought = models.BigIntegerField("基准年采购量合计")
    buyers = models.PositiveIntegerField("采购机构数")

    objects = ScopedManager()
    scope_lookups: ClassVar[ThroughProject] = ThroughProject(prefix="item__project__")

    class Meta:
        verbose_name = verbose_name_plural = "同等级采购量"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.item_id} {self.grade}: {self.bought}"
