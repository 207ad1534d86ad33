"""Stored windows; what they mean is decided in `apps.projects.models.windows`."""

from django.db import models
from django.db.models import F, Q

from apps.audit.domain.change_triggers import Told, in_words, named, tracked
from apps.organizations.models import Organization, Tier
from apps.projects.models.window_spans import span_in_words
from apps.projects.models.windows import Window
from apps.scope.managers import ScopedManager

from .project import Project
from .visibility import ThroughProject, through_project
from .window_triggers import windows_in_order

TIER = in_words("tier", dict(Tier.choices))
PROVINCE_TIER = f"concat_ws(' ', {named('organizations_organization', 'province_id')}, {TIER})"
UNIT = named("organizations_organization", "organization_id")
"""SQL: how changes call windows."""


class _Span(models.Model):
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("结束时间", help_text="到这一刻为止；填 24:00 表示当日结束。")
    is_on = models.BooleanField("开关", default=True)

    class Meta:
        abstract = True

    @property
    def span(self) -> str:
        """In words, in Beijing time."""
        return span_in_words(self.window)

    @property
    def window(self) -> Window:
        return Window(self.opens_at, self.closes_at, is_on=self.is_on)


@tracked(Told(TIER, project="changed.project_id"))
class ProjectWindow(_Span):
    """When a tier may act, nationally."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="windows", verbose_name="项目"
    )
    tier = models.CharField("层级", max_length=12, choices=Tier.choices)

    objects = ScopedManager()
    scope_lookups = through_project("project__")

    class Meta:
        verbose_name = verbose_name_plural = "时间窗口"
        constraints = [
            models.UniqueConstraint(
                name="project_window_once_per_tier", fields=["project", "tier"]
            ),
            models.CheckConstraint(
                name="project_window_opens_before_closing", condition=Q(opens_at__lt=F("closes_at"))
            ),
        ]
        triggers = [windows_in_order()]

    def __str__(self) -> str:
        return f"{self.get_tier_display()}窗口"


@tracked(Told(PROVINCE_TIER, path="changed.path", project="changed.project_id"))
class ProvinceWindow(_Span):
    """A province's narrower window for one tier."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="province_windows", verbose_name="项目"
    )
    province = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="省份"
    )
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    tier = models.CharField("层级", max_length=12, choices=Tier.choices)

    objects = ScopedManager()
    scope_lookups = ThroughProject(prefix="project__", path="path", around=True)

    class Meta:
        verbose_name = verbose_name_plural = "省级时间窗口"
        constraints = [
            models.UniqueConstraint(
                name="province_window_once_per_tier", fields=["project", "province", "tier"]
            ),
            models.CheckConstraint(
                name="province_window_opens_before_closing",
                condition=Q(opens_at__lt=F("closes_at")),
            ),
        ]
        triggers = [windows_in_order()]

    def __str__(self) -> str:
        return f"{self.get_tier_display()}窗口（省级）"


@tracked(Told(UNIT, path="changed.path", project="changed.project_id"))
class SupplementWindow(_Span):
    """A window opened anew for one named unit, with a reason (补报)."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="supplements", verbose_name="项目"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="单位"
    )
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    reason = models.CharField("原因", max_length=300)

    objects = ScopedManager()
    scope_lookups = ThroughProject(prefix="project__", path="path")

    class Meta:
        verbose_name = verbose_name_plural = "补报窗口"
        constraints = [
            models.UniqueConstraint(
                name="supplement_once_per_unit", fields=["project", "organization"]
            ),
            models.CheckConstraint(
                name="supplement_opens_before_closing", condition=Q(opens_at__lt=F("closes_at"))
            ),
            models.CheckConstraint(name="supplement_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} 补报"
