"""Whom an institution prefers to deliver each of its agreed products.

Invariant: one choice per product of a filing, among relations that deliver to the institution.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.projects.models import WinningProduct
from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups

from .progress_triggers import choices_counted
from .relation import DeliveryRelation


class DeliveryChoice(models.Model):
    """The preferred relation of one product; `path` is the institution's."""

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="+", db_index=False, verbose_name="申报单"
    )
    product = models.ForeignKey(
        WinningProduct, models.PROTECT, related_name="+", db_index=False, verbose_name="中选产品"
    )
    relation = models.ForeignKey(
        DeliveryRelation, models.PROTECT, related_name="+", verbose_name="配送关系"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    chosen_at = models.DateTimeField("选择时间")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "配送企业选择"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="delivery_choice_once", fields=["filing", "product"])
        ]
        triggers = choices_counted()

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.product_id} → {self.relation_id}"
