"""编码对照: how an institution calls a product in its own system.

Invariant: a code of an institution stands for one item. It holds in other projects for the same item there, which is
the one with the same national code, or, of items without one, with the same code, specification and manufacturer.
"""

from django.db import models
from django.db.models import Q

from apps.organizations.models import Organization
from apps.scope.managers import ScopedManager, ScopeLookups

from .catalogue import CatalogItem

LONGEST_CODE = 40


class OwnCode(models.Model):
    """One code of one institution. The path is the institution's."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    code = models.CharField("本院编码", max_length=LONGEST_CODE, db_collation="C")
    item = models.ForeignKey(
        CatalogItem, models.CASCADE, related_name="own_codes", verbose_name="品规"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="path")

    class Meta:
        verbose_name = verbose_name_plural = "编码对照"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="own_code_once_per_unit", fields=["organization", "code"]),
            models.CheckConstraint(name="own_code_not_empty", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return self.code
