"""Who takes part in a project, and each province's own review chain."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.audit.domain.change_triggers import Told, named, tracked
from apps.organizations.models import Organization, Tier
from apps.scope.managers import ScopedManager

from .project import CHAIN_CHOICES, Project
from .triggers import frozen_with_project
from .visibility import ThroughProject

PROVINCE = named("organizations_organization", "province_id")
"""SQL: how changes call what a province decides."""


class Obligation(models.TextChoices):
    REQUIRED = "required", "必报"
    VOLUNTARY = "voluntary", "自愿"


class ReportingMode(models.TextChoices):
    """Who fills in for a province's institutions (S2-07, S2-10)."""

    INSTITUTIONS = "institutions", "医疗机构自行填报"
    MAINTAINED = "maintained", "省医保代为填报"


class Participation(models.Model):
    """An institution takes part in a project. The path is the institution's."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="participations", verbose_name="项目"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    obligation = models.CharField(
        "参加方式", max_length=10, choices=Obligation.choices, default=Obligation.REQUIRED
    )

    objects = ScopedManager()
    scope_lookups = ThroughProject(prefix="project__", path="path")

    class Meta:
        verbose_name = verbose_name_plural = "参加机构"
        indexes = [models.Index(fields=["project", "path"], name="participation_by_path")]
        constraints = [
            models.UniqueConstraint(name="participation_once", fields=["project", "organization"])
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} 参加 {self.project_id}"


@tracked(Told(PROVINCE, path="changed.path", project="changed.project_id"))
class ProvinceSettings(models.Model):
    """What a province decides for itself in a project: who fills in, and its review chain.

    Invariant: where the province fills in, institutions hang directly under it.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="province_settings", verbose_name="项目"
    )
    province = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="省份"
    )
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    chain = ArrayField(
        models.CharField(max_length=12, choices=CHAIN_CHOICES),
        verbose_name="审核层级",
    )
    mode = models.CharField(
        "报量方式",
        max_length=12,
        choices=ReportingMode.choices,
        default=ReportingMode.INSTITUTIONS,
    )

    objects = ScopedManager()
    scope_lookups = ThroughProject(prefix="project__", path="path", around=True)

    class Meta:
        verbose_name = verbose_name_plural = "省级设置"
        constraints = [
            models.UniqueConstraint(name="province_settings_once", fields=["project", "province"]),
            models.CheckConstraint(
                name="province_chain_has_province",
                condition=Q(chain__contains=[Tier.PROVINCE.value]),
                violation_error_message="审核层级必须包含省医保。",
            ),
            models.CheckConstraint(
                name="province_that_fills_in_reviews_alone",
                condition=~Q(mode=ReportingMode.MAINTAINED) | Q(chain=[Tier.PROVINCE.value]),
                violation_error_message="由省医保代为填报时，医疗机构直接由省医保审核。",
            ),
        ]
        triggers = [frozen_with_project()]

    def __str__(self) -> str:
        return f"{self.province_id} 的设置"
