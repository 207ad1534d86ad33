"""约定采购量 as versions: the terms of every item, what every unit of the tree has of it, and whose it is.

Invariants: quantities stay with the item that was reported, in its own smallest units; agreed = kept + pending; the
quantities of a bureau are the sum of those below it, up to the root. At most one version of a project is published; it
never changes. Versions from before (`is_by_item` false) count in main specifications.
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from apps.organizations.models import Enterprise
from apps.projects.models import CatalogItem, RoundingMode
from apps.review.models import Filing
from apps.review.models.reference_triggers import Reference, pointed_to_by, references_held
from apps.scope.managers import ScopedManager

from .base import BaseVersion, Version, VersionQuerySet, version_constraints
from .choices import RatioClass, Rule
from .triggers import (
    fixed_once_published,
    fixed_with_version,
    only_open_deleted,
    states_only_forward,
)
from .visibility import OfFiling, OfProject

VERSION = Reference("volumes_agreedversion", ("version_id",))
FILING = Reference("review_filing", ("filing_id",))


class AgreedVersion(Version):
    """Agreed volumes from one published base. `digest` is of every term and every province's volumes."""

    WHAT = "约定采购量"

    base = models.ForeignKey(BaseVersion, models.PROTECT, related_name="+", verbose_name="计算基数")
    digest = models.CharField("数据摘要", max_length=64)
    is_by_item = models.BooleanField("按品规计", default=True)

    objects = ScopedManager.from_queryset(VersionQuerySet)()
    scope_lookups: ClassVar[OfProject] = OfProject(state="state")

    class Meta:
        verbose_name = verbose_name_plural = "约定采购量版本"
        default_permissions = ()
        constraints = version_constraints("agreed")
        triggers = [
            states_only_forward(),
            fixed_once_published(),
            only_open_deleted(),
            *pointed_to_by("volumes_agreedquantity", "version_id"),
            *pointed_to_by("volumes_rankquantity", "version_id"),
        ]

    def __str__(self) -> str:
        return f"约定采购量第 {self.number} 版"


class AgreedTerms(models.Model):
    """How the agreed volume of an item follows from its base, in this version.

    `ratio`: part of the base that is agreed. `kept_share`: R2 the part of the agreed volume that the product keeps,
    R4 the part of the base that stays with it, else 1; without somebody who keeps it 0. `fixed_share`: R2 the part of
    the pending volume with a fixed enterprise. Without a winner in its unit nothing is agreed: `winners` is 0, so is
    `ratio`. One smallest unit counts as `coefficient` of `main` in sums (None: of itself).
    """

    pk = models.CompositePrimaryKey("version_id", "item_id")
    version = models.ForeignKey(
        AgreedVersion, models.CASCADE, related_name="+", db_index=False, verbose_name="版本"
    )
    item = models.ForeignKey(
        CatalogItem, models.PROTECT, related_name="+", db_index=False, verbose_name="品规"
    )
    main = models.ForeignKey(
        CatalogItem,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="主规格",
    )
    coefficient = models.DecimalField(
        "折算系数", max_digits=12, decimal_places=6, default=Decimal(1)
    )
    rule = models.CharField("计算规则", max_length=2, choices=Rule.choices)
    ratio_class = models.CharField("品种类别", max_length=10, choices=RatioClass.choices)
    winners = models.PositiveSmallIntegerField("中选企业数")
    is_selected = models.BooleanField("中选")
    is_highest_cut = models.BooleanField("降幅最高")
    cut = models.DecimalField("降幅（%）", max_digits=7, decimal_places=4, null=True)
    ratio = models.DecimalField("带量比例", max_digits=14, decimal_places=12)
    kept_share = models.DecimalField("保留比例", max_digits=14, decimal_places=12)
    fixed_share = models.DecimalField("固定分配份额", max_digits=6, decimal_places=4)
    rounding = models.CharField("取整方式", max_length=12, choices=RoundingMode.choices)
    pack = models.PositiveIntegerField("包装数量")

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject(
        prefix="version__project__", state="version__state"
    )

    class Meta:
        verbose_name = verbose_name_plural = "约定采购量条款"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="agreed_terms_parts",
                condition=Q(ratio__gte=0, ratio__lte=1)
                & Q(kept_share__gte=0, kept_share__lte=1)
                & Q(fixed_share__gte=0, fixed_share__lte=1),
            ),
            models.CheckConstraint(
                name="agreed_terms_nothing_without_winner", condition=Q(winners__gt=0) | Q(ratio=0)
            ),
        ]
        triggers = fixed_with_version("volumes_agreedversion")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.ratio}"


class AgreedQuantity(models.Model):
    """What a unit (its filing) has of an item, in its smallest units: what was reported (base), whole agreed volumes.

    `kept` stays with the reported product, `pending` is to be allocated (待分配量), of which `fixed` has its
    enterprise already. Institutions without a base of the item have no row.
    """

    pk = models.CompositePrimaryKey("version_id", "filing_id", "item_id")
    version = models.ForeignKey(
        AgreedVersion,
        models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="版本",
    )
    filing = models.ForeignKey(
        Filing,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="单位",
    )
    item = models.ForeignKey(
        CatalogItem,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="品规",
    )
    base = models.DecimalField("计算基数", max_digits=28, decimal_places=6)
    agreed = models.BigIntegerField("约定采购量")
    kept = models.BigIntegerField("中选产品确认量")
    pending = models.BigIntegerField("待分配量")
    fixed = models.BigIntegerField("固定分配量")

    objects = ScopedManager()
    scope_lookups: ClassVar[OfFiling] = OfFiling()

    class Meta:
        verbose_name = verbose_name_plural = "约定采购量"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="agreed_quantity_adds_up",
                condition=Q(agreed=F("kept") + F("pending"))
                & Q(
                    base__gte=0, kept__gte=0, pending__gte=0, fixed__gte=0, fixed__lte=F("pending")
                ),
            )
        ]
        triggers = [
            *fixed_with_version("volumes_agreedversion"),
            *references_held(VERSION, FILING, Reference("projects_catalogitem", ("item_id",))),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.item_id}: {self.agreed}"


class KeptBy(models.Model):
    """Who keeps what a province's institutions keep of an item: `given` units of `won` for each `taken` kept.

    The enterprise won the item itself as a rule (1 for 1); an unselected item may go to the province's primary
    supplier, in whole units of what it won. `share`: what this enterprise keeps (R2 of the agreed volume, R4 of
    the base), where that differs from the item's terms because its cut does. Ranks have `RankQuantity` instead.
    """

    version = models.ForeignKey(
        AgreedVersion, models.CASCADE, related_name="+", db_index=False, verbose_name="版本"
    )
    item = models.ForeignKey(
        CatalogItem, models.PROTECT, related_name="+", db_index=False, verbose_name="品规"
    )
    path = models.CharField("省份路径", max_length=200, db_collation="C")
    won = models.ForeignKey(
        CatalogItem, models.PROTECT, related_name="+", db_index=False, verbose_name="中选品规"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", db_index=False, verbose_name="中选企业"
    )
    taken = models.BigIntegerField("每份取", default=1)
    given = models.BigIntegerField("每份给", default=1)
    share = models.DecimalField("保留比例", max_digits=14, decimal_places=12, null=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject(
        prefix="version__project__", state="version__state"
    )

    class Meta:
        verbose_name = verbose_name_plural = "保留量归属"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="kept_by_one", fields=["version", "item", "path"]),
            models.CheckConstraint(
                name="kept_by_whole_units", condition=Q(taken__gte=1, given__gte=1)
            ),
            models.CheckConstraint(
                name="kept_by_share_is_a_part",
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=1),
            ),
        ]
        triggers = fixed_with_version("volumes_agreedversion")

    def __str__(self) -> str:
        return f"{self.item_id} {self.path}: {self.won_id}"


class RankQuantity(models.Model):
    """R6: what a unit (its filing) takes of a ranked winner for what it has of an item.

    `taken` in units of the item, `quantity` in units of the item that the enterprise won (`won`), the same where it
    won that.
    """

    pk = models.CompositePrimaryKey("version_id", "filing_id", "item_id", "won_id", "enterprise_id")
    version = models.ForeignKey(
        AgreedVersion,
        models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="版本",
    )
    filing = models.ForeignKey(
        Filing,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="单位",
    )
    item = models.ForeignKey(
        CatalogItem,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="品规",
    )
    won = models.ForeignKey(
        CatalogItem,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="中选品规",
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="中选企业",
    )
    taken = models.BigIntegerField("名次份额")
    quantity = models.BigIntegerField("中选产品数量")

    objects = ScopedManager()
    scope_lookups: ClassVar[OfFiling] = OfFiling()

    class Meta:
        verbose_name = verbose_name_plural = "名次份额明细"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="rank_quantity_positive", condition=Q(taken__gt=0, quantity__gt=0)
            )
        ]
        triggers = [
            *fixed_with_version("volumes_agreedversion"),
            *references_held(
                VERSION,
                FILING,
                Reference("projects_catalogitem", ("item_id", "won_id")),
                Reference("organizations_enterprise", ("enterprise_id",)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.item_id}/{self.won_id}: {self.quantity}"


class WinnerShare(models.Model):
    """R6: what the winner of a rank has of its competition unit's agreed volume, nationally.

    `quantity` in units of the main specification. A rank without an enterprise is never published.
    """

    version = models.ForeignKey(
        AgreedVersion, models.CASCADE, related_name="+", db_index=False, verbose_name="版本"
    )
    competition_unit = models.CharField("竞争单元", max_length=60)
    rank = models.PositiveSmallIntegerField("名次")
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="中选企业",
    )
    quantity = models.DecimalField("约定采购量", max_digits=28, decimal_places=6)

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject(
        prefix="version__project__", state="version__state"
    )

    class Meta:
        verbose_name = verbose_name_plural = "中选企业份额"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="winner_share_once", fields=["version", "competition_unit", "rank"]
            ),
            models.CheckConstraint(
                name="winner_share_not_negative", condition=Q(quantity__gte=0, rank__gte=1)
            ),
        ]
        triggers = fixed_with_version("volumes_agreedversion")

    def __str__(self) -> str:
        return f"{self.competition_unit} {self.rank}"
