"""One filing (申报单) for each participating organisation of a project.

Invariant: only `review.domain.performing.perform` changes a status; the path is the organisation's, so the filings
on a path's prefixes are the ancestors, whatever tiers a province skips.
"""

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value

from apps.organizations.models import Organization, Tier
from apps.projects.models import Project, ProjectKind
from apps.review.models.count_triggers import filings_counted
from apps.review.models.statuses import Status
from apps.review.models.triggers import attachment_required
from apps.scope.managers import ScopedManager, ScopeLookups
from apps.scope.paths import in_subtree
from apps.scope.prepared import Among


class FilingQuerySet(models.QuerySet["Filing"]):
    def among(self, pks: Iterable[int]) -> "FilingQuerySet":
        """Those with these keys: thousands are one value, where `IN` makes a text with thousands of them."""
        return self.filter(Among(F("pk"), Value(list(pks), ArrayField(models.BigIntegerField()))))

    def of_project(self, project: Project) -> "FilingQuerySet":
        return self.filter(project=project)

    def institutions(self) -> "FilingQuerySet":
        return self.filter(tier=Tier.INSTITUTION)

    def bureaus(self) -> "FilingQuerySet":
        return self.exclude(tier=Tier.INSTITUTION)

    def children_of(self, filing: "Filing") -> "FilingQuerySet":
        return self.filter(parent_id=filing.pk)

    def below(self, filing: "Filing") -> "FilingQuerySet":
        """Every filing strictly below, at any depth."""
        return self.filter(in_subtree(filing.path), project_id=filing.project_id).exclude(
            pk=filing.pk
        )

    def reported(self) -> "FilingQuerySet":
        """What a reviewer's list shows: everything that was ever reported to it (S0-15)."""
        return self.exclude(status__in=[Status.DRAFT, Status.EXCLUDED])

    def awaiting_review(self) -> "FilingQuerySet":
        return self.filter(status=Status.SUBMITTED)

    def with_organization(self) -> "FilingQuerySet":
        return self.select_related("organization", "organization__division")


class Filing(models.Model):
    """An institution's report, or a bureau's package of the filings below it."""

    # Every act writes each index anew: only those stand that somebody reads by, each once.
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", db_index=False, verbose_name="项目"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, verbose_name="单位"
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="children",
        db_index=False,
        verbose_name="上级申报单",
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    tier = models.CharField("层级", max_length=12, choices=Tier.choices)
    reviewer_tier = models.CharField("审核方", max_length=12, choices=Tier.choices, blank=True)
    kind = models.CharField("任务类型", max_length=12, choices=ProjectKind.choices)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=0)
    reported_once = models.BooleanField("曾经上报", default=False)
    substituted = models.BooleanField("系统代分", default=False)
    maintained = models.BooleanField("由省代为填报", default=False)
    correction_deadline = models.DateTimeField("更正截止", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    returned_by_tier = models.CharField(
        "退回单位", max_length=12, choices=Tier.choices, blank=True, default="", db_default=""
    )
    added_since = models.PositiveIntegerField("只补填此后增补的品规", null=True, editable=False)
    closed_as = models.CharField("机构变更", max_length=200, blank=True, default="", db_default="")
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    filled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    objects = ScopedManager.from_queryset(FilingQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="project_id")

    class Meta:
        verbose_name = verbose_name_plural = "申报单"
        indexes = [
            models.Index(fields=["parent", "status", "path"], name="filing_by_parent"),
            models.Index(fields=["organization"], name="filing_by_organization"),
            models.Index(fields=["path", "project"], name="filing_by_path"),
            models.Index(fields=["project", "tier", "status"], name="filing_by_tier"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="filing_once_per_unit", fields=["project", "organization"]
            ),
            models.UniqueConstraint(name="filing_once_per_path", fields=["project", "path"]),
            models.CheckConstraint(
                name="filing_returned_has_reason",
                condition=~Q(status=Status.RETURNED) | ~Q(return_reason=""),
            ),
            models.CheckConstraint(
                name="filing_submitted_has_time",
                condition=~Q(status=Status.SUBMITTED) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="filing_only_institutions_settle",
                condition=~Q(status__in=[Status.LAPSED, Status.EXCLUDED])
                | Q(tier=Tier.INSTITUTION),
            ),
            models.CheckConstraint(
                name="filing_only_institutions_maintained",
                condition=Q(maintained=False) | Q(tier=Tier.INSTITUTION),
            ),
            models.CheckConstraint(
                name="filing_root_has_no_parent",
                condition=~Q(tier=Tier.ALLIANCE) | Q(parent__isnull=True),
            ),
        ]
        triggers = [attachment_required(), *filings_counted()]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.path}"

    @property
    def is_institution(self) -> bool:
        return self.tier == Tier.INSTITUTION

    @property
    def is_root(self) -> bool:
        return self.tier == Tier.ALLIANCE

    @property
    def state(self) -> Status:
        return Status(self.status)
