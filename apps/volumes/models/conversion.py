"""Conversion to a main specification (主规格): data per item, never computed from strengths (rules §1)."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from apps.audit.domain.change_triggers import Told, tracked
from apps.folding.domain.folding import folded
from apps.projects.models import CatalogItem, Project
from apps.projects.models.change_triggers import NAME_OF_ITEM
from apps.scope.managers import ScopedManager

from .triggers import fixed_under, never_chained
from .visibility import OfProject


@tracked(Told(NAME_OF_ITEM, project="changed.project_id"), "update", "delete")
class Conversion(models.Model):
    """One smallest unit of `item` counts as `coefficient` smallest units of `main`; without a row: 1 of itself.

    `is_across_confirmed`: somebody said that items of two manufacturers are meant.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name="项目")
    item = models.OneToOneField(
        CatalogItem, models.CASCADE, related_name="conversion", verbose_name="品规"
    )
    main = models.ForeignKey(CatalogItem, models.CASCADE, related_name="+", verbose_name="主规格")
    coefficient = models.DecimalField(
        "折算系数", max_digits=12, decimal_places=6, default=Decimal(1)
    )
    is_across_confirmed = models.BooleanField("确认跨企业折算", default=False)

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject()

    class Meta:
        verbose_name = verbose_name_plural = "折算系数"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="conversion_positive",
                condition=Q(coefficient__gt=0),
                violation_error_message="折算系数必须大于 0。",
            ),
            models.CheckConstraint(
                name="conversion_of_main_is_one",
                condition=~Q(main=F("item")) | Q(coefficient=1),
                violation_error_message="主规格自身的折算系数为 1。",
            ),
        ]
        triggers = [fixed_under("volumes_baseversion"), never_chained()]

    def __str__(self) -> str:
        return f"{self.item_id} × {self.coefficient}"

    @property
    def factor(self) -> str:
        return f"{self.coefficient.normalize():f}"

    @property
    def is_across(self) -> bool:
        """Whether item and main specification are of two manufacturers (rules §2)."""
        makers = (self.item.manufacturer_name, self.main.manufacturer_name)
        return folded(makers[0]) != folded(makers[1])
