"""How many volumes an item has in a province, kept with the rows: designations ask by group and province.

Invariant: kept by the database in the statement that adds rows or takes them away, whoever sends it.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.projects.models import CatalogItem, Project
from apps.projects.models.visibility import ThroughProject
from apps.scope.managers import ScopedManager


class VolumePlace(models.Model):
    """`rows` volumes of one item in one province (its path)."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    item = models.ForeignKey(CatalogItem, models.CASCADE, related_name="+", verbose_name="品规")
    path = models.CharField("省份路径", max_length=200, db_collation="C")
    rows = models.BigIntegerField("分配量行数")

    objects = ScopedManager()
    scope_lookups: ClassVar[ThroughProject] = ThroughProject(prefix="project__", path="path")

    class Meta:
        verbose_name = verbose_name_plural = "分配量所在省份"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="volume_place_once", fields=["project", "item", "path"]),
            models.CheckConstraint(name="volume_place_not_negative", condition=Q(rows__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.path}"
