"""What was last reported, and what institutions and bureaus agreed to take.

Invariants: a report never changes; totals exist only while their filing is submitted or approved.
"""

from typing import Any, ClassVar, cast

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.organizations.models import Tier
from apps.projects.models import Phase, WinningProduct, WinningTerms
from apps.review.models import Filing
from apps.scope.conditions import EnterpriseInScope, PathInScope, ProjectInScope, ScopeCondition
from apps.scope.managers import ScopedManager, ScopeLookups


def condition(expression: ScopeCondition) -> Q:
    return Q(cast("Any", expression))


_AT_PROVINCES = Q(filing__tier=Tier.PROVINCE)
_AT_INSTITUTIONS = Q(filing__tier=Tier.INSTITUTION, filing__project__phase=Phase.CONCLUDED)
_OF_ITS_OWN = condition(EnterpriseInScope("product__enterprise_id", place="path"))
TOTALS_VISIBLE = condition(ProjectInScope("filing__project_id")) & (
    condition(PathInScope("path")) | (_OF_ITS_OWN & (_AT_PROVINCES | _AT_INSTITUTIONS))
)
"""By place. An enterprise sees what provinces take of its own products, and institutions after 办结 (S0-29)."""


class Report(models.Model):
    """An institution's rows as they were reported; `number` is the filing's version after the report.

    `content`: {"rows": [[row, lowest state, highest state, other state, moved_lowest, moved_highest, unplaced]],
    "lines": [[row, slot, product, contract, terms]]}, lines of the pending slots only.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name="申报单")
    path = models.CharField("路径", max_length=200, db_collation="C")
    number = models.PositiveIntegerField("版本")
    at = models.DateTimeField("上报时间", auto_now_add=True)
    content = models.JSONField("内容")

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "上报记录"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="report_once_per_version", fields=["filing", "number"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} 第 {self.number} 版"


class SupplyTotal(models.Model):
    """What a reported filing takes of a product (协议采购量), in smallest units, over how many institutions.

    Of an institution it sums its lines, of a bureau its approved children; so totals climb once. `amount` is yuan
    and fen, rounded of an institution and added up above it (`apps.projects.domain.money`). `terms` are those of an
    institution's amount, whatever is corrected later; NULL in rows that are older than this column, and of bureaus.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name="申报单")
    path = models.CharField("路径", max_length=200, db_collation="C")
    product = models.ForeignKey(
        WinningProduct, models.PROTECT, related_name="+", verbose_name="中选产品"
    )
    terms = models.ForeignKey(
        WinningTerms,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    quantity = models.BigIntegerField("协议采购量")
    amount = models.DecimalField("合同金额", max_digits=30, decimal_places=2)
    institutions = models.PositiveIntegerField("医疗机构数")
    lines = models.PositiveIntegerField("明细数")

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=TOTALS_VISIBLE)

    class Meta:
        verbose_name = verbose_name_plural = "协议采购量"
        default_permissions = ()
        indexes = [models.Index(fields=["path", "product"], name="supply_total_by_path")]
        constraints = [
            models.UniqueConstraint(name="supply_total_once", fields=["filing", "product"]),
            models.CheckConstraint(
                name="supply_total_positive", condition=Q(quantity__gt=0, institutions__gt=0)
            ),
            models.CheckConstraint(
                name="supply_total_amount_not_negative", condition=Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.product_id}: {self.quantity}"

    @property
    def agreed_terms(self) -> WinningTerms:
        """What an institution reported at; of a bureau, and in older rows, what holds now. Use with both."""
        return self.terms or self.product.pool.terms
