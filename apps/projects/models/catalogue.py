"""The catalogue and the winning results.

Invariants: one table of winners for a whole season, of the demand project and of the allocations generated from it;
an enterprise wins an item once, several enterprises may win the same item; terms are never updated, a change is a new
version.
"""

from decimal import Decimal
from typing import Any, NamedTuple

import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from apps.audit.domain.change_triggers import Told, tracked
from apps.organizations.models import Enterprise, Organization
from apps.projects.models.provinces import short_name
from apps.scope.managers import ScopedManager

from .change_triggers import (
    ITEM_NAME,
    NAME_OF_PRODUCT,
    PROJECT_OF_TERMS,
    TERMS_BEFORE,
    WINNER_NAME,
)
from .choices import ProjectKind
from .codes import ITEM_CODE
from .correction_triggers import FIELDS_CORRECTED, ITEM_ADDED, PRODUCT_CORRECTED
from .project import Project
from .triggers import frozen_with_product, frozen_with_project, winners_frozen_with_project
from .visibility import ThroughProject, through_project


@tracked(Told(ITEM_NAME, project="changed.project_id"), "update", "delete")
class CatalogItem(models.Model):
    """A product or specification that institutions report and that volumes are counted in (品规).

    `reference_price` is yuan per pack, for estimates of amounts only; `filling_note` is shown beside it (S2-30).
    `is_withdrawn`: nobody reports it any more, by a correction. `added_in`: the number of the one that added it.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="items", verbose_name="项目")
    item_code = models.CharField("品规编号", max_length=30, db_collation="C")
    position = models.PositiveIntegerField("序号", default=0)
    lot = models.CharField("标的", max_length=60)
    product_group = models.CharField("产品组", max_length=60)
    competition_unit = models.CharField("竞争单元", max_length=60)
    variety = models.CharField("品种名称", max_length=100)
    pinyin = models.CharField("拼音首字母", max_length=100, editable=False)
    dosage_form = models.CharField("剂型", max_length=40, blank=True)
    specification = models.CharField("规格", max_length=100)
    unit = models.CharField("最小制剂单位", max_length=10)
    pack_quantity = models.PositiveIntegerField("包装数量")
    unified_code = models.CharField("药品统一编码", max_length=40, blank=True, db_collation="C")
    registration_no = models.CharField("注册证号", max_length=60, blank=True)
    manufacturer_name = models.CharField("生产企业", max_length=120)
    daily_usage = models.DecimalField("日均使用量", max_digits=12, decimal_places=4)
    reference_price = models.DecimalField(
        "参考价", max_digits=14, decimal_places=4, null=True, blank=True
    )
    filling_note = models.CharField("填报说明", max_length=200, blank=True)
    is_withdrawn = models.BooleanField("撤下", default=False, db_default=False, editable=False)

    added_in = models.PositiveIntegerField("增补于", null=True, editable=False)

    objects = ScopedManager()
    scope_lookups = through_project("project__")

    class Meta:
        verbose_name = verbose_name_plural = "品规"
        indexes = [models.Index(fields=["project", "product_group"], name="item_by_group")]
        constraints = [
            models.UniqueConstraint(
                name="item_code_once_per_project", fields=["project", "item_code"]
            ),
            models.CheckConstraint(
                name="item_code_format", condition=Q(item_code__regex=ITEM_CODE)
            ),
            models.CheckConstraint(
                name="item_pack_and_usage_positive",
                condition=Q(pack_quantity__gt=0, daily_usage__gt=0),
            ),
            models.CheckConstraint(
                name="item_price_positive",
                condition=Q(reference_price__isnull=True) | Q(reference_price__gt=0),
            ),
        ]
        triggers = [frozen_with_project(corrected=f"({FIELDS_CORRECTED}) OR ({ITEM_ADDED})")]

    def __str__(self) -> str:
        return f"{self.variety} {self.specification}"


class SupplyRank(models.TextChoices):
    PRIMARY = "primary", "主供"
    BACKUP = "backup", "备供"


TERMS = ("price", "pack", "daily_usage", "cut")
"""What the terms of a winning product say."""


class WinningTermsQuerySet(models.QuerySet["WinningTerms"]):
    def current(self) -> "WinningTermsQuerySet":
        """The terms that hold now: of each product the highest version."""
        return self.order_by("product_id", "-version").distinct("product_id")


def lacking_terms() -> Q:
    """Of products of `with_terms`: something of the terms is still to come."""
    lacking = Q()
    for name in TERMS:
        lacking |= Q(**{f"{name}__isnull": True})
    return lacking


class WinningProductQuerySet(models.QuerySet["WinningProduct"]):
    def of_allocations(self) -> "WinningProductQuerySet":
        """Those that institutions buy from; those of demand projects only make volumes."""
        return self.filter(project__kind=ProjectKind.ALLOCATION)

    def with_terms(self) -> "WinningProductQuerySet":
        """Each with `price`, `pack`, `daily_usage` and `cut` of its current terms."""
        terms = WinningTerms.objects.filter(product=OuterRef("pk")).order_by("-version")
        return self.annotate(**{name: Subquery(terms.values(name)[:1]) for name in TERMS})

    def with_supplies(self) -> "WinningProductQuerySet":
        """With what `supplied` and `primary` read, in two statements."""
        return self.prefetch_related(
            models.Prefetch("supplies", queryset=_by_path(SupplyProvince)),
            models.Prefetch("primaries", queryset=_by_path(PrimaryProvince)),
        )


@tracked(Told(WINNER_NAME, project="changed.project_id"), "update", "delete")
class WinningProduct(models.Model):
    """An enterprise won with a catalogue item. `rank` is its place in the competition unit.

    `capacity` in smallest units, `None` unlimited. Without primary provinces it is what `supply_rank` says wherever it
    supplies; with some it is primary in those and backup elsewhere (rules R8).
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="winning_products", verbose_name="项目"
    )
    item = models.ForeignKey(
        CatalogItem, models.CASCADE, related_name="winners", verbose_name="品规"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="中选企业"
    )
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    capacity = models.BigIntegerField("最大产能", null=True, blank=True)
    supply_rank = models.CharField(
        "主供/备供", max_length=10, choices=SupplyRank.choices, default=SupplyRank.PRIMARY
    )
    provinces = models.ManyToManyField(
        Organization,
        through="SupplyProvince",
        through_fields=("product", "province"),
        related_name="+",
        verbose_name="供应省",
    )

    # Of the current terms, on rows of `with_terms`; None is still to come.
    price: Decimal | None
    pack: int | None
    daily_usage: Decimal | None
    cut: Decimal | None

    objects = ScopedManager.from_queryset(WinningProductQuerySet)()
    scope_lookups = ThroughProject(prefix="project__", enterprise="enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "中选产品"
        indexes = [models.Index(fields=["enterprise", "project"], name="winner_by_enterprise")]
        constraints = [
            models.UniqueConstraint(name="winner_once_per_item", fields=["item", "enterprise"]),
            models.CheckConstraint(
                name="winner_rank_from_one", condition=Q(rank__isnull=True) | Q(rank__gte=1)
            ),
            models.CheckConstraint(
                name="capacity_not_negative",
                condition=Q(capacity__isnull=True) | Q(capacity__gte=0),
            ),
        ]
        triggers = [winners_frozen_with_project()]

    def __str__(self) -> str:
        return f"中选产品 {self.item_id}"

    @property
    def supplied(self) -> str:
        """The provinces it supplies in words; use `with_supplies` in lists."""
        names = [short_name(supply.province) for supply in self.supplies.all()]
        return "、".join(names) or "全部"

    @property
    def primary(self) -> str:
        """Where it is the primary supplier, in words; use `with_supplies` in lists."""
        names = [short_name(row.province) for row in self.primaries.all()]
        return "、".join(names) or ("全部" if self.supply_rank == SupplyRank.PRIMARY else "")


@tracked(
    Told(
        NAME_OF_PRODUCT,
        project=PROJECT_OF_TERMS,
        when="changed.version > 1",
        before=TERMS_BEFORE,
    ),
    "insert",
)
class WinningTerms(models.Model):
    """Price per pack (元), pack, daily usage and cut (%) of a winning product; the highest version holds.

    They come in steps: what an import left open is None until a later one completes it.
    """

    product = models.ForeignKey(
        WinningProduct, models.CASCADE, related_name="terms", verbose_name="中选产品"
    )
    version = models.PositiveIntegerField("版本", default=1)
    price = models.DecimalField("包装中选价", max_digits=14, decimal_places=4, null=True)
    pack = models.PositiveIntegerField("最小包装数量", null=True)
    daily_usage = models.DecimalField("日均使用量", max_digits=12, decimal_places=4, null=True)
    cut = models.DecimalField("降幅（%）", max_digits=7, decimal_places=4, null=True)
    effective_at = models.DateTimeField("生效时间", auto_now_add=True)

    objects = ScopedManager.from_queryset(WinningTermsQuerySet)()
    scope_lookups = ThroughProject(prefix="product__project__", enterprise="product__enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "中选条款"
        constraints = [
            models.UniqueConstraint(name="terms_version_once", fields=["product", "version"]),
            models.CheckConstraint(
                name="terms_positive",
                condition=(Q(price__isnull=True) | Q(price__gt=0))
                & (Q(pack__isnull=True) | Q(pack__gt=0))
                & (Q(daily_usage__isnull=True) | Q(daily_usage__gt=0))
                & (Q(cut__isnull=True) | Q(cut__gte=0, cut__lte=100)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_updated", operation=pgtrigger.Update),
            frozen_with_product(pgtrigger.Insert, pgtrigger.Delete, corrected=PRODUCT_CORRECTED),
        ]

    def __str__(self) -> str:
        return f"条款第 {self.version} 版"

    @property
    def complete(self) -> "CompleteTerms":
        """For what is bought by them. Raises `ValueError` while something is still to come."""
        terms = (self.price, self.pack, self.daily_usage, self.cut)
        if any(value is None for value in terms):
            raise ValueError("the terms of a winning product are not complete")
        return CompleteTerms(*terms)  # type: ignore[arg-type]


class CompleteTerms(NamedTuple):
    """Price per pack (元), units per pack, daily usage in units, cut (%)."""

    price: Decimal
    pack: int
    daily_usage: Decimal
    cut: Decimal


class SupplyProvince(models.Model):
    """A winning product supplies a province; without any row it supplies all."""

    product = models.ForeignKey(WinningProduct, models.CASCADE, related_name="supplies")
    province = models.ForeignKey(Organization, models.PROTECT, related_name="+")

    objects = ScopedManager()
    scope_lookups = ThroughProject(prefix="product__project__", enterprise="product__enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "供应省"
        constraints = [
            models.UniqueConstraint(name="supply_province_once", fields=["product", "province"])
        ]
        triggers = [frozen_with_product(pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.product_id} 供应 {self.province_id}"


class PrimaryProvince(models.Model):
    """A winning product is the primary supplier (主供) of a province."""

    product = models.ForeignKey(WinningProduct, models.CASCADE, related_name="primaries")
    province = models.ForeignKey(Organization, models.PROTECT, related_name="+")

    objects = ScopedManager()
    scope_lookups = ThroughProject(prefix="product__project__", enterprise="product__enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "主供省"
        constraints = [
            models.UniqueConstraint(name="primary_province_once", fields=["product", "province"])
        ]
        triggers = [frozen_with_product(pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.product_id} 主供 {self.province_id}"


def _by_path(model: type[SupplyProvince] | type[PrimaryProvince]) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model.objects.select_related("province__division")
    return rows.order_by("province__path")
