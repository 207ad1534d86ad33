"""One product of a three-party agreement: what is delivered, how much, at what price."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.distribution.models.agreement import Agreement, visible_to_parties
from apps.projects.models import WinningProduct, WinningTerms
from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups

from .progress_triggers import lines_counted
from .relation import DeliveryRelation


class AgreementLine(models.Model):
    """One product of an agreement, in smallest units at frozen terms; ended with its agreement."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="lines")
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(
        WinningProduct, models.PROTECT, related_name="+", db_index=False, verbose_name="中选产品"
    )
    terms = models.ForeignKey(
        WinningTerms, models.PROTECT, related_name="+", db_index=False, verbose_name="中选条款"
    )
    relation = models.ForeignKey(
        DeliveryRelation, models.PROTECT, related_name="+", verbose_name="配送关系"
    )
    quantity = models.BigIntegerField("协议采购量")
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    ended_at = models.DateTimeField("终止时间", null=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=visible_to_parties("agreement__"))

    class Meta:
        verbose_name = verbose_name_plural = "协议明细"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="agreement_line_in_force_once",
                fields=["filing", "product"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(name="agreement_line_positive", condition=Q(quantity__gt=0)),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="content_never_changes", exclude=["ended_at"]),
            *lines_counted(),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.product_id}"
