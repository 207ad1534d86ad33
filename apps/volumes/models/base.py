"""约定采购量计算基数: what the approved provinces reported, item by item, as one version (S2-08, rules §1).

Invariants: at most one version of a project is published and at most one is open; a published one never changes.
`converted` = `quantity` × `coefficient`, exact, in smallest units of `main`. The national base is the sum.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.projects.models import CatalogItem, Project
from apps.review.models import Filing
from apps.scope.managers import ScopedManager

from .choices import OPEN_STATES, State
from .triggers import (
    fixed_once_published,
    fixed_with_version,
    only_open_deleted,
    states_only_forward,
)
from .visibility import OfFiling, OfProject


class VersionQuerySet(models.QuerySet["models.Model"]):
    def of_project(self, project: Project) -> "VersionQuerySet":
        return self.filter(project=project)

    def published(self) -> "VersionQuerySet":
        return self.filter(state=State.PUBLISHED)

    def open(self) -> "VersionQuerySet":
        """Generated, but neither published nor withdrawn."""
        return self.filter(state__in=OPEN_STATES)

    def latest_first(self) -> "VersionQuerySet":
        return self.order_by("-number", "-pk")


def person() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )


class Version(models.Model):
    """What bases and agreed volumes have in common as versions of a project; `WHAT` is how people call it."""

    WHAT: ClassVar[str]

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", db_index=False, verbose_name="项目"
    )
    number = models.PositiveIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    made_at = models.DateTimeField("生成时间")
    made_by = person()
    reviewed_at = models.DateTimeField("复核时间", null=True)
    reviewed_by = person()
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = person()
    withdrawn_at = models.DateTimeField("撤销时间", null=True)
    withdrawn_by = person()
    withdrawn_reason = models.CharField("撤销原因", max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def standing(self) -> State:
        return State(self.state)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


def version_constraints(name: str) -> list[models.BaseConstraint]:
    """The invariants of `Version`; constraint names are one per table."""
    once_published = [State.PUBLISHED, State.WITHDRAWN]
    return [
        models.UniqueConstraint(name=f"{name}_number_once", fields=["project", "number"]),
        models.UniqueConstraint(
            name=f"{name}_published_once",
            fields=["project"],
            condition=Q(state=State.PUBLISHED),
        ),
        models.UniqueConstraint(
            name=f"{name}_open_once", fields=["project"], condition=Q(state__in=OPEN_STATES)
        ),
        models.CheckConstraint(
            name=f"{name}_reviewed_has_time",
            condition=Q(state=State.DRAFT) | Q(reviewed_at__isnull=False),
        ),
        models.CheckConstraint(
            name=f"{name}_published_has_time",
            condition=Q(state__in=OPEN_STATES, published_at__isnull=True)
            | Q(state__in=once_published, published_at__isnull=False),
        ),
        models.CheckConstraint(
            name=f"{name}_withdrawn_has_reason",
            condition=(
                Q(state=State.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")
            )
            | (~Q(state=State.WITHDRAWN) & Q(withdrawn_reason="", withdrawn_at__isnull=True)),
        ),
    ]


class BaseVersion(Version):
    """One generated base. `totals_hash` is of the totals that it sums; `missing`: paths of provinces left out."""

    WHAT = "计算基数"

    totals_hash = models.CharField("数据摘要", max_length=64)
    missing = ArrayField(
        models.CharField(max_length=120), default=list, blank=True, verbose_name="未纳入省份"
    )

    objects = ScopedManager.from_queryset(VersionQuerySet)()
    scope_lookups: ClassVar[OfProject] = OfProject(state="state")

    class Meta:
        verbose_name = verbose_name_plural = "计算基数"
        default_permissions = ()
        constraints = version_constraints("base")
        triggers = [states_only_forward(), fixed_once_published(), only_open_deleted()]

    def __str__(self) -> str:
        return f"计算基数第 {self.number} 版"


class BaseQuantity(models.Model):
    """What one province reported of one item, in smallest units, and the same in units of the main specification."""

    pk = models.CompositePrimaryKey("version_id", "filing_id", "item_id")
    version = models.ForeignKey(
        BaseVersion, models.CASCADE, related_name="+", db_index=False, verbose_name="版本"
    )
    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="+", db_index=False, verbose_name="省份"
    )
    item = models.ForeignKey(
        CatalogItem, models.PROTECT, related_name="+", db_index=False, verbose_name="品规"
    )
    main = models.ForeignKey(
        CatalogItem, models.PROTECT, related_name="+", db_index=False, verbose_name="主规格"
    )
    coefficient = models.DecimalField("折算系数", max_digits=12, decimal_places=6)
    quantity = models.BigIntegerField("填报量合计")
    converted = models.DecimalField("折算后基数", max_digits=28, decimal_places=6)

    objects = ScopedManager()
    scope_lookups: ClassVar[OfFiling] = OfFiling()

    class Meta:
        verbose_name = verbose_name_plural = "基数明细"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="base_not_negative", condition=Q(quantity__gte=0)),
            models.CheckConstraint(
                name="base_converted_exactly",
                condition=Q(converted=F("quantity") * F("coefficient")),
            ),
        ]
        triggers = fixed_with_version("volumes_baseversion")

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.item_id}: {self.quantity}"
