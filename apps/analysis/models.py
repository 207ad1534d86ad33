"""Saved views: the address of a pivot page under a name of one's own.

Invariant: a view belongs to one account and is nobody else's to read, rename or delete, not even a superior's.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.projects.models import Project
from apps.scope.managers import ScopedManager, ScopeLookups

MOST = 20
"""Views of one account in one project."""
LONGEST_QUERY = 4_000


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of_owner(self, owner_id: int, project: Project) -> "SavedViewQuerySet":
        """The account's own views of a project: the only way in which any page reads them."""
        return self.filter(owner_id=owner_id, project=project)


class SavedView(models.Model):
    """A name for a view; `query` is the page's query string. `place` (1 to `MOST`) limits their number."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name="账号",
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name="项目")
    path = models.CharField("路径", max_length=200, db_collation="C")
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=LONGEST_QUERY, blank=True)
    place = models.PositiveSmallIntegerField("位置")
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    objects = ScopedManager.from_queryset(SavedViewQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="project_id")

    class Meta:
        verbose_name = verbose_name_plural = "保存的视图"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="saved_view_once_per_name", fields=["owner", "project", "name"]
            ),
            models.UniqueConstraint(
                name="saved_view_once_per_place", fields=["owner", "project", "place"]
            ),
            models.CheckConstraint(
                name="saved_view_within_limit", condition=Q(place__gte=1, place__lte=MOST)
            ),
            models.CheckConstraint(name="saved_view_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
