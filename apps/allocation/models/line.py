"""Contract quantities: what an institution takes of a winning product in a slot.

Invariants: a line is reserved whole or not at all; Σ reserved of a product is its pool's `allocated`;
the lines of slot `selected` are the confirmed quantities (K), written at publication and counted in `fixed`.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Sum

from apps.projects.models import Phase, WinningProduct
from apps.review.models import Filing
from apps.review.statuses import FROZEN
from apps.review.triggers import frozen_branch_triggers
from apps.scope.conditions import EnterpriseInScope, PathInScope, ProjectInScope
from apps.scope.managers import ScopedManager, ScopeLookups

from .choices import Slot
from .row import AllocationRow
from .visibility import condition

VISIBLE = condition(ProjectInScope("filing__project_id")) & (
    condition(PathInScope("path"))
    | (
        condition(EnterpriseInScope("product__enterprise_id"))
        & Q(filing__project__phase=Phase.CONCLUDED)
    )
)
"""By place; an enterprise sees its agreements by institution only after 办结 (S0-29)."""


class SlotLineQuerySet(models.QuerySet["SlotLine"]):
    def of_filing(self, filing: Filing) -> "SlotLineQuerySet":
        return self.filter(filing=filing)

    def agreed(self) -> "SlotLineQuerySet":
        """Lines of reports that stand: submitted or approved."""
        return self.filter(contract__gt=0, filing__status__in=FROZEN)

    def with_terms(self) -> "SlotLineQuerySet":
        return self.select_related("product__pool__terms", "product__item", "product__enterprise")

    def with_cost(self) -> "SlotLineQuerySet":
        """`cost`: price · contract; divided by the pack of the terms it is the contract amount, in yuan."""
        return self.annotate(cost=F("product__pool__terms__price") * F("contract"))

    def quantity(self) -> int:
        return self.aggregate(total=Sum("contract", default=0))["total"]


class SlotLine(models.Model):
    """The contract quantity of one product in one slot, in smallest units; `None` is blank, 0 is none."""

    row = models.ForeignKey(AllocationRow, models.CASCADE, related_name="lines", db_index=False)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name="申报单")
    path = models.CharField("路径", max_length=200, db_collation="C")
    slot = models.CharField("分配项", max_length=8, choices=Slot.choices)
    product = models.ForeignKey(
        WinningProduct, models.PROTECT, related_name="+", verbose_name="中选产品"
    )
    contract = models.BigIntegerField("合同量", null=True, blank=True)
    reserved = models.BigIntegerField("占用产能", default=0)

    objects = ScopedManager.from_queryset(SlotLineQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=VISIBLE)

    class Meta:
        verbose_name = verbose_name_plural = "合同量"
        default_permissions = ()
        indexes = [models.Index(fields=["path", "product"], name="slot_line_by_path")]
        constraints = [
            models.UniqueConstraint(name="slot_line_once", fields=["row", "slot", "product"]),
            models.CheckConstraint(
                name="slot_line_not_negative",
                condition=Q(contract__isnull=True) | Q(contract__gte=0),
            ),
            models.CheckConstraint(
                name="slot_line_reserved_whole",
                condition=Q(reserved=0) | Q(contract__isnull=False, reserved=F("contract")),
            ),
            models.CheckConstraint(
                name="slot_line_selected_is_fixed",
                condition=~Q(slot=Slot.SELECTED)
                | Q(reserved=0, contract__isnull=False, contract__gt=0),
            ),
        ]
        triggers = frozen_branch_triggers()

    def __str__(self) -> str:
        return f"{self.row_id} {self.slot} {self.product_id}"
