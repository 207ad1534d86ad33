"""Capacity: one pool per winning product, shared by all institutions (S1-42, rules §3a.9).

Invariant, by the database: fixed + allocated never exceeds the capacity, whoever saves at the same moment.
"""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.allocation.engine import Row
from apps.projects.models import Project, WinningProduct, WinningTerms
from apps.projects.models.correction_triggers import terms_of_pool_corrected
from apps.projects.models.visibility import ThroughProject
from apps.scope.managers import ScopedManager

from .stop_triggers import nothing_more_of_stopped, stopped_by_act
from .triggers import terms_complete


class Stopped(models.TextChoices):
    """Whether a product is still supplied."""

    NOT = "", "供应中"
    SUSPENDED = "suspended", "暂停"
    CANCELLED = "cancelled", "取消中选"


def stop_words(stopped: str, since: date | None) -> str:
    """自 2026-12-05 起取消中选."""
    return f"自 {since:%Y-%m-%d} 起{Stopped(stopped).label}" if stopped and since else ""


class CapacityPoolQuerySet(models.QuerySet["CapacityPool"]):
    def of_project(self, project: Project) -> "CapacityPoolQuerySet":
        return self.filter(project=project)

    def offered(
        self, project: Project, product_group: str, province: str
    ) -> "CapacityPoolQuerySet":
        """The winners of a product group that supply a province (its path)."""
        return self.filter(
            Q(provinces__isnull=True) | Q(provinces__contains=[province]),
            project=project,
            product__item__product_group=product_group,
        )

    def with_offer(self) -> "CapacityPoolQuerySet":
        """What a candidate of a slot shows, in the one order of all slot pages."""
        return self.select_related("terms", "product__item", "product__enterprise").order_by(
            "product__item__position", "pk"
        )


class CapacityPool(models.Model):
    """Capacity of a product in smallest units (`None` unlimited), its terms and provinces, fixed at publication.

    Only a correction of the product changes them. `provinces` are paths, `None` supplies all. `fixed` = ΣK, or 0 by the
    project's setting; `allocated` = Σ reserved contract quantities.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    product = models.OneToOneField(
        WinningProduct, models.PROTECT, related_name="pool", verbose_name="中选产品"
    )
    terms = models.ForeignKey(
        WinningTerms, models.PROTECT, related_name="+", verbose_name="中选条款"
    )
    provinces = ArrayField(
        models.CharField(max_length=200, db_collation="C"), null=True, verbose_name="供应省"
    )
    capacity = models.BigIntegerField("最大产能", null=True)
    fixed = models.BigIntegerField("中选产品确认量", default=0)
    allocated = models.BigIntegerField("已分配", default=0)
    stopped = models.CharField(
        "供应状态",
        max_length=9,
        choices=Stopped.choices,
        default=Stopped.NOT,
        db_default="",
        blank=True,
    )
    stops_on = models.DateField("停止供应日期", null=True)
    replacement = models.ForeignKey(
        WinningProduct,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="替补产品",
    )

    # On rows of `queries.supplies`: primary or backup for the reader.
    supply_rank: str

    objects = ScopedManager.from_queryset(CapacityPoolQuerySet)()
    scope_lookups: ClassVar[ThroughProject] = ThroughProject(
        prefix="project__", enterprise="product__enterprise_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "产能"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="capacity_never_exceeded",
                condition=Q(capacity__isnull=True) | Q(capacity__gte=F("fixed") + F("allocated")),
                violation_error_message="已超过最大产能。",
            ),
            models.CheckConstraint(
                name="capacity_sums_not_negative", condition=Q(fixed__gte=0, allocated__gte=0)
            ),
            models.CheckConstraint(
                name="capacity_stopped_since",
                condition=Q(stopped="", stops_on__isnull=True, replacement__isnull=True)
                | (~Q(stopped="") & Q(stops_on__isnull=False)),
            ),
        ]
        triggers = [
            terms_complete(),
            terms_of_pool_corrected("terms", "provinces", "capacity"),
            nothing_more_of_stopped(),
            stopped_by_act(),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.fixed}+{self.allocated}/{self.capacity}"

    @property
    def used(self) -> int:
        return self.fixed + self.allocated

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more may be taken of it today; the same as `stop_triggers.STOPPED`."""
        if self.stopped == Stopped.SUSPENDED and self.stops_on is not None:
            return self.stops_on <= timezone.localdate()
        return self.stopped == Stopped.CANCELLED

    @property
    def stop_words(self) -> str:
        """Since when it is not supplied, for people; nothing of what is."""
        return stop_words(self.stopped, self.stops_on)

    @property
    def supply_words(self) -> str:
        """The same, of every product."""
        return self.stop_words or str(Stopped.NOT.label)

    @property
    def left(self) -> int | None:
        """What can still be reserved; `None` is unlimited."""
        if self.is_stopped:
            return 0
        return None if self.capacity is None else self.capacity - self.fixed - self.allocated

    def row_of(self, contract: int | None) -> Row:
        """The frozen terms as the engine takes them, with a contract quantity."""
        terms = self.terms.complete
        return Row(terms.daily_usage, terms.pack, terms.price, contract)

    @property
    def terms_row(self) -> Row:
        return self.row_of(None)
