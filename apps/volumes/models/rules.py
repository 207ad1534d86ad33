"""The rules from base to agreed volume as data of the project (rules §2).

Invariant: they stand still while agreed volumes are published. Ratios are parts of 1, R4 counts percentages.
"""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q

from apps.audit.domain.change_triggers import Told, tracked
from apps.projects.models import CatalogItem, Project, RoundingMode
from apps.projects.models.change_triggers import NAME_OF_ITEM
from apps.scope.managers import ScopedManager

from .choices import RatioClass, Rule, Sharing, Unselected
from .triggers import fixed_under, rows_never_cross
from .visibility import OfProject

PART = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1)))
PERCENT = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100)))


def part(label: str, default: str, hint: str = "") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(
        label,
        max_digits=6,
        decimal_places=4,
        default=Decimal(default),
        validators=PART,
        help_text=hint,
    )


def percent(label: str, default: str, hint: str = "") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(
        label,
        max_digits=7,
        decimal_places=4,
        default=Decimal(default),
        validators=PERCENT,
        help_text=hint,
    )


def own_percent(label: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    """Of one competition unit; None leaves it to the project."""
    return models.DecimalField(
        label, max_digits=7, decimal_places=4, null=True, blank=True, validators=PERCENT
    )


LINEAR = ("linear_minimum", "linear_maximum", "linear_base", "linear_transfer", "linear_step")
"""The figures of R4."""
UNIT_FIELDS = ("rule", "ratio_class", "winners", "sharing", *LINEAR)
"""What a competition unit may have of its own."""


@tracked(Told("''", project="changed.project_id"), "update", "delete")
class VolumeRules(models.Model):
    """The project's rule and the figures of R2, R4 and R6; the tables of R1 and R6 stand beside it."""

    project = models.OneToOneField(
        Project, models.CASCADE, related_name="+", primary_key=True, verbose_name="项目"
    )
    rule = models.CharField(
        "计算规则",
        max_length=2,
        choices=Rule.choices,
        default=Rule.WINNERS,
        help_text="各竞争单元没有另行指定时适用。",
    )
    rounding = models.CharField(
        "取整方式",
        max_length=12,
        choices=RoundingMode.choices,
        default=RoundingMode.DOWN,
        help_text="不足一个最小单位的部分怎么办；各机构之和始终等于全省，各省之和等于全国。",
    )
    group_ratio = part("约定比例", "0.8", "约定采购量占基数的比例。")
    group_keep = part("其他中选保留比例", "0.9", "降幅不是最高的中选产品保留的比例。")
    group_fixed = part(
        "固定分配份额", "0.3", "待分配量中直接分给日均费用最低和降幅最高企业的份额。"
    )
    linear_minimum = percent("最低降幅（%）", "48")
    linear_maximum = percent("封顶降幅（%）", "62")
    linear_base = percent("起始基础量（%）", "48", "最低降幅对应的基础量比例。")
    linear_transfer = percent("起始调剂量（%）", "42", "最低降幅对应的调剂量比例。")
    linear_step = percent(
        "每点增加（%）", "3", "降幅每增加一个百分点，由调剂量转入基础量的百分点。"
    )
    cascade_ratio = part("约定比例", "0.6", "约定采购量占基数的比例，再按名次分配。")
    sharing = models.CharField(
        "一个品规几家中选",
        max_length=10,
        choices=Sharing.choices,
        default=Sharing.PRIMARY,
        help_text="保留量归谁；没有唯一的主供企业时由医疗机构选择。按名次分配的竞争单元不适用。",
    )
    unselected = models.CharField(
        "未中选品规的采购量",
        max_length=10,
        choices=Unselected.choices,
        default=Unselected.PENDING,
        help_text="同一竞争单元有中选产品时，未中选品规的约定采购量怎么办。按名次分配的竞争单元不适用。",
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject()

    class Meta:
        verbose_name = verbose_name_plural = "约定采购量规则"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="rules_parts_between_zero_and_one",
                condition=Q(group_ratio__gte=0, group_ratio__lte=1)
                & Q(group_keep__gte=0, group_keep__lte=1)
                & Q(group_fixed__gte=0, group_fixed__lte=1)
                & Q(cascade_ratio__gte=0, cascade_ratio__lte=1),
                violation_error_message="比例必须在 0 到 1 之间。",
            ),
            models.CheckConstraint(
                name="rules_linear_runs_upward",
                condition=Q(linear_minimum__gte=0)
                & Q(linear_minimum__lte=F("linear_maximum"))
                & Q(linear_maximum__lte=100),
                violation_error_message="封顶降幅不能低于最低降幅。",
            ),
            models.CheckConstraint(
                name="rules_linear_never_below_zero",
                condition=Q(linear_base__gte=0, linear_step__gte=0)
                & Q(linear_base__lte=Decimal(100) - F("linear_transfer"))
                & Q(
                    linear_transfer__gte=(F("linear_maximum") - F("linear_minimum"))
                    * F("linear_step")
                ),
                violation_error_message="封顶降幅时调剂量会低于 0，或基础量与调剂量之和超过百分之百。",
            ),
        ]
        triggers = [fixed_under("volumes_agreedversion")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.get_rule_display()}"


@tracked(Told("changed.first || ' 家起'", project="changed.project_id"), "update", "delete")
class RatioRow(models.Model):
    """R1: from `first` to `last` winners (None: or more), the ratio of each class."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    first = models.PositiveSmallIntegerField("中选企业数（从）")
    last = models.PositiveSmallIntegerField("到", null=True, blank=True)
    normal = part("一般品种", "0.5")
    antibiotic = part("抗菌药物等", "0.4")
    strict = part("从严品种", "0.3")

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject()

    class Meta:
        verbose_name = verbose_name_plural = "带量比例"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="ratio_row_once", fields=["project", "first"]),
            models.CheckConstraint(
                name="ratio_row_runs_upward",
                condition=Q(first__gte=1) & (Q(last__isnull=True) | Q(last__gte=F("first"))),
                violation_error_message="“到”不能小于“从”，企业数从 1 开始。",
            ),
            models.CheckConstraint(
                name="ratio_row_parts_between_zero_and_one",
                condition=Q(normal__gte=0, normal__lte=1)
                & Q(antibiotic__gte=0, antibiotic__lte=1)
                & Q(strict__gte=0, strict__lte=1),
                violation_error_message="带量比例必须在 0 到 1 之间。",
            ),
        ]
        triggers = [fixed_under("volumes_agreedversion"), rows_never_cross()]

    def __str__(self) -> str:
        return f"{self.first}–{self.last or '∞'}"


@tracked(Told("changed.winners || ' 家'", project="changed.project_id"), "update", "delete")
class CascadeRow(models.Model):
    """R6: with so many winners (the highest row: or more), each rank's share of the remainder.

    The last rank takes the rest.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    winners = models.PositiveSmallIntegerField("中选企业数")
    shares = ArrayField(
        models.DecimalField(max_digits=6, decimal_places=4, validators=PART),
        verbose_name="各名次占剩余量的份额",
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject()

    class Meta:
        verbose_name = verbose_name_plural = "逐级分配份额"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="cascade_row_once", fields=["project", "winners"]),
            models.CheckConstraint(
                name="cascade_row_has_shares",
                condition=Q(winners__gte=1, shares__len__gt=0),
            ),
            models.CheckConstraint(
                name="cascade_shares_between_zero_and_one",
                condition=Func(
                    F("shares"),
                    template="(0 <= ALL (%(expressions)s) AND 1 >= ALL (%(expressions)s))",
                    output_field=models.BooleanField(),
                ),
                violation_error_message="份额必须在 0 到 1 之间。",
            ),
        ]
        triggers = [fixed_under("volumes_agreedversion")]

    def __str__(self) -> str:
        return f"{self.winners} 家"


@tracked(Told("changed.competition_unit", project="changed.project_id"), "update", "delete")
class UnitRule(models.Model):
    """What one competition unit has of its own; blank and None leave it to the project and to the winning results.

    The five figures of R4 are given together or not at all.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    competition_unit = models.CharField("竞争单元", max_length=60)
    rule = models.CharField("计算规则", max_length=2, choices=Rule.choices, blank=True)
    ratio_class = models.CharField(
        "品种类别", max_length=10, choices=RatioClass.choices, default=RatioClass.NORMAL
    )
    winners = models.PositiveSmallIntegerField("中选企业数", null=True, blank=True)
    sharing = models.CharField(
        "一个品规几家中选", max_length=10, choices=Sharing.choices, blank=True
    )
    linear_minimum = own_percent("最低降幅（%）")
    linear_maximum = own_percent("封顶降幅（%）")
    linear_base = own_percent("起始基础量（%）")
    linear_transfer = own_percent("起始调剂量（%）")
    linear_step = own_percent("每点增加（%）")

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject()

    class Meta:
        verbose_name = verbose_name_plural = "竞争单元规则"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="unit_rule_once", fields=["project", "competition_unit"]),
            models.CheckConstraint(
                name="unit_rule_linear_whole",
                condition=Q(**dict.fromkeys((f"{name}__isnull" for name in LINEAR), True))
                | Q(**dict.fromkeys((f"{name}__isnull" for name in LINEAR), False)),
                violation_error_message="按降幅计算的五个参数要么全部填写，要么全部空着。",
            ),
            models.CheckConstraint(
                name="unit_rule_linear_runs_upward",
                condition=Q(linear_minimum__isnull=True)
                | (
                    Q(linear_minimum__gte=0)
                    & Q(linear_minimum__lte=F("linear_maximum"))
                    & Q(linear_maximum__lte=100)
                ),
                violation_error_message="封顶降幅不能低于最低降幅。",
            ),
            models.CheckConstraint(
                name="unit_rule_linear_never_below_zero",
                condition=Q(linear_minimum__isnull=True)
                | (
                    Q(linear_base__gte=0, linear_step__gte=0)
                    & Q(linear_base__lte=Decimal(100) - F("linear_transfer"))
                    & Q(
                        linear_transfer__gte=(F("linear_maximum") - F("linear_minimum"))
                        * F("linear_step")
                    )
                ),
                violation_error_message="封顶降幅时调剂量会低于 0，或基础量与调剂量之和超过百分之百。",
            ),
        ]
        triggers = [fixed_under("volumes_agreedversion")]

    def __str__(self) -> str:
        return self.competition_unit


@tracked(Told(NAME_OF_ITEM, project="changed.project_id"), "update", "delete")
class ItemRule(models.Model):
    """R1: an item's own class; without a row it is its competition unit's."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    item = models.OneToOneField(
        CatalogItem, models.CASCADE, related_name="ratio_rule", verbose_name="品规"
    )
    ratio_class = models.CharField("品种类别", max_length=10, choices=RatioClass.choices)

    objects = ScopedManager()
    scope_lookups: ClassVar[OfProject] = OfProject()

    class Meta:
        verbose_name = verbose_name_plural = "品规类别"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="item_rule_once", fields=["project", "item"]),
        ]
        triggers = [fixed_under("volumes_agreedversion")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.get_ratio_class_display()}"
