"""How many volumes an item has in a province, kept with the rows: designations ask by group and province.

Invariant: kept by the database in the statement that adds rows or takes them away, whoever sends it.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.projects.models import CatalogItem, Project
from apps.projects.models.visibility import ThroughProject
from apps.review.models.triggers import after_statement
from apps.scope.managers import ScopedManager

_COUNTED = """
    SELECT project_id, item_id, '/0/' || split_part(path, '/', 3) || '/' AS path, COUNT(*) AS rows
    FROM {rows} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_ADD = """
    INSERT INTO allocation_volumeplace (project_id, item_id, path, rows) {counted}
    ON CONFLICT (project_id, item_id, path) DO UPDATE SET rows = allocation_volumeplace.rows + EXCLUDED.rows;
"""
_TAKE = """
    UPDATE allocation_volumeplace place SET rows = place.rows - gone.rows FROM ({counted}) gone
    WHERE place.project_id = gone.project_id AND place.item_id = gone.item_id AND place.path = gone.path;
"""
_OLD, _NEW = "(SELECT (OLD).*) moved", "(SELECT (NEW).*) moved"


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


def places_counted() -> list[pgtrigger.Trigger]:
    """Triggers of the rows that are counted."""
    return [
        after_statement(
            "count_new_rows",
            pgtrigger.Insert,
            pgtrigger.Referencing(new="new_rows"),
            _ADD.format(counted=_COUNTED.format(rows="new_rows")),
        ),
        after_statement(
            "count_old_rows",
            pgtrigger.Delete,
            pgtrigger.Referencing(old="old_rows"),
            _TAKE.format(counted=_COUNTED.format(rows="old_rows")),
        ),
        pgtrigger.Trigger(
            name="count_moved_rows",
            level=pgtrigger.Row,
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange("project", "item", "path"),
            func=_TAKE.format(counted=_COUNTED.format(rows=_OLD))
            + _ADD.format(counted=_COUNTED.format(rows=_NEW))
            + "RETURN NULL;",
        ),
    ]
