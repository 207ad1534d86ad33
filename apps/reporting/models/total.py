"""Totals of a bureau's package, written when it submits: by item, by group of institutions, by both.

Invariants: quantities are whole smallest units, `previous` is the sum over the project's baseline years (divided only
when shown). Amounts are yuan and fen at the catalogue's reference prices, rounded of each line and added up from
there (`apps.projects.domain.money`); `None` without any price. Only approved filings count: who lapsed or never
reported counts as zero. A bureau adds up the totals of its approved bureaus and the lines of its approved
institutions, so figures climb once, tier by tier. Totals stand only while their filing is submitted or approved
(`total_triggers`).
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.projects.models import CatalogItem
from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups

from .bits import BitsField
from .total_triggers import frozen_shares, frozen_totals, never_updated, summed_once


def _amount() -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField("估算金额", max_digits=40, decimal_places=2, null=True)


class Group(models.Model):
    """Institutions of one bureau that are alike in grade, ownership and kind, as they were when they reported.

    `place` is the code of the bureau that they stand under, kept only of institutions that report to this bureau
    itself; '' joins all those further down. `members` marks them among all institutions that count here, one bit each
    in the order of paths. `quantity` and `previous` add up all items, whatever their units. `lines`
    and `explained` are those of the reports, like `odd`, `grave` and `bought_amount`, which are NULL as soon as one
    report doesn't know its own.
    """

    place = models.CharField("所在地", max_length=30, blank=True, db_collation="C")
    grade = models.CharField("机构等级", max_length=20, blank=True)
    ownership = models.CharField("所有制", max_length=20, blank=True)
    kind = models.CharField("机构类型", max_length=30, blank=True)
    institutions = models.PositiveIntegerField("机构数")
    members = BitsField("成员")
    lines = models.BigIntegerField("明细数", default=0)
    explained = models.BigIntegerField("有说明品规数", default=0)
    quantity = models.BigIntegerField("预采购量", null=True)
    previous = models.BigIntegerField("基准年采购量合计", null=True)
    amount = _amount()
    odd = models.BigIntegerField("异常品规数", null=True)
    grave = models.BigIntegerField("严重异常品规数", null=True)
    bought_amount = models.DecimalField("上年估算金额", max_digits=40, decimal_places=2, null=True)

    class Meta:
        abstract = True


class ItemTotal(models.Model):
    """What a bureau's institutions want of one item, with a bit for each that wants any."""

    pk = models.CompositePrimaryKey("filing_id", "item_id")
    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="+", db_index=False, verbose_name="申报单"
    )
    item = models.ForeignKey(
        CatalogItem, models.PROTECT, related_name="+", db_index=False, verbose_name="品规"
    )
    quantity = models.BigIntegerField("预采购量")
    previous = models.BigIntegerField("基准年采购量合计")
    amount = _amount()
    members = BitsField("有量机构")

    class Meta:
        abstract = True


class GroupItemTotal(models.Model):
    """What one group of institutions wants of one item; nothing wanted and nothing bought has no row.

    The bureau's own total of the item protects the item; here it would take an index of millions of rows.
    """

    pk = models.CompositePrimaryKey("group_id", "item_id")
    item = models.ForeignKey(
        CatalogItem,
        models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="品规",
    )
    quantity = models.BigIntegerField("预采购量")
    previous = models.BigIntegerField("基准年采购量合计")
    amount = _amount()

    class Meta:
        abstract = True


class DemandReporters(Group):
    """A group of institutions in a submitted package."""

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="+", db_index=False, verbose_name="申报单"
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="filing__path", project="filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "需求汇总机构"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="demand_reporters_once",
                fields=["filing", "place", "grade", "ownership", "kind"],
            ),
            models.CheckConstraint(
                name="demand_reporters_somebody", condition=Q(institutions__gt=0)
            ),
        ]
        triggers = [*frozen_totals(), summed_once()]

    def __str__(self) -> str:
        return f"{self.filing_id}: {self.institutions} 家"


class DemandTotal(ItemTotal):
    """One item in a submitted package."""

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="filing__path", project="filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "需求汇总"
        default_permissions = ()
        indexes = [models.Index(fields=["item", "filing"], name="demand_total_by_item")]
        constraints = [
            models.CheckConstraint(
                name="demand_total_not_negative", condition=Q(quantity__gte=0, previous__gte=0)
            )
        ]
        triggers = [*frozen_totals(), never_updated()]

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.item_id}: {self.quantity}"


class DemandGroupTotal(GroupItemTotal):
    """One item of one group in a submitted package."""

    group = models.ForeignKey(
        DemandReporters, models.CASCADE, related_name="+", db_index=False, verbose_name="机构分组"
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="group__filing__path", project="group__filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "需求分组汇总"
        default_permissions = ()
        triggers = [*frozen_shares(), never_updated()]

    def __str__(self) -> str:
        return f"{self.group_id}/{self.item_id}: {self.quantity}"
