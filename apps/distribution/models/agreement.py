"""Three-party agreements (三方协议, rules §4): institution, manufacturer and distributor over agreed quantities.

Invariants, by the database: numbers of a project have no gap and no repeat; a product of an institution stands in at
most one agreement in force; what an agreement says never changes, only its status does, and nothing is deleted.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from apps.distribution.models.wording import Wording, read
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project
from apps.review.models import Filing
from apps.scope.conditions import EnterpriseInScope, PathInScope, ProjectInScope
from apps.scope.managers import ScopedManager, ScopeLookups

from .agreement_terms import AgreementClauses
from .distributor import DistributorAccount
from .progress_triggers import signing_counted
from .relation_visibility import condition


class AgreementStatus(models.TextChoices):
    """Where an agreement stands."""

    DRAWN = "drawn", "待签署"
    SIGNED = "signed", "已签署"
    AFFECTED = "affected", "受影响"
    VOID = "void", "已作废"

    @property
    def tone(self) -> str:
        return {"drawn": "waiting", "signed": "success", "affected": "warning"}.get(
            self.value, "closed"
        )


IN_FORCE = (AgreementStatus.DRAWN, AgreementStatus.SIGNED)
"""On these relations rest; the others bind nobody."""

LIVE = (*IN_FORCE, AgreementStatus.AFFECTED)


def visible_to_parties(prefix: str = "") -> Q:
    """Who stands there, and the two enterprises; a party by a province's account what was agreed in the province."""
    place = f"{prefix}path"
    parties = (
        condition(PathInScope(place))
        | condition(EnterpriseInScope(f"{prefix}manufacturer_id", place=place))
        | condition(EnterpriseInScope(f"{prefix}carrier_id", place=place))
    )
    return condition(ProjectInScope(f"{prefix}project_id")) & parties


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def of_project(self, project: Project) -> "AgreementQuerySet":
        return self.filter(project=project)

    def live(self) -> "AgreementQuerySet":
        return self.filter(status__in=LIVE)

    def with_parties(self) -> "AgreementQuerySet":
        """What a row of a list shows."""
        return self.select_related("institution", "manufacturer", "carrier", "project")


class Agreement(models.Model):
    """One numbered agreement. `amount` in yuan; `reason` of the void.

    `wording` is all that its paper says, `check_code` is its digest, of which the printed code is made.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", db_index=False, verbose_name="项目"
    )
    number = models.PositiveIntegerField("序号")
    code = models.CharField("协议编号", max_length=40, unique=True, db_collation="C")
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name="申报单")
    institution = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    manufacturer = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="生产企业"
    )
    distributor = models.ForeignKey(
        DistributorAccount, models.PROTECT, related_name="+", verbose_name="配送企业"
    )
    carrier = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="配送企业"
    )
    clauses = models.ForeignKey(
        AgreementClauses, models.PROTECT, related_name="+", verbose_name="条款"
    )
    products = models.PositiveIntegerField("产品数")
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    check_code = models.CharField("数据摘要", max_length=64)
    wording = models.JSONField("生成时的全文")
    status = models.CharField(
        "状态", max_length=10, choices=AgreementStatus.choices, default=AgreementStatus.DRAWN
    )
    reason = models.CharField("原因", max_length=200, blank=True)
    drawn_at = models.DateTimeField("生成时间", auto_now_add=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    signed_at = models.DateTimeField("签署件上传时间", null=True)
    ended_at = models.DateTimeField("作废时间", null=True)

    objects = ScopedManager.from_queryset(AgreementQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=visible_to_parties())

    class Meta:
        verbose_name = verbose_name_plural = "三方协议"
        default_permissions = ()
        indexes = [
            models.Index(fields=["project", "path", "number"], name="agreement_by_place"),
            models.Index(fields=["project", "status", "number"], name="agreement_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(name="agreement_number_once", fields=["project", "number"]),
            models.CheckConstraint(
                name="agreement_signed_since",
                condition=~Q(status=AgreementStatus.SIGNED) | Q(signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="agreement_void_with_reason",
                condition=Q(status=AgreementStatus.VOID, ended_at__isnull=False) & ~Q(reason="")
                | ~Q(status=AgreementStatus.VOID) & Q(ended_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="content_never_changes",
                exclude=["status", "reason", "signed_at", "ended_at"],
            ),
            signing_counted(),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> AgreementStatus:
        return AgreementStatus(self.status)

    @cached_property
    def said(self) -> Wording:
        """The words of the paper, as they were when it was drawn."""
        return read(self.wording)

    @property
    def renamed(self) -> list[tuple[str, str]]:
        """The parties that bear another name now, as (name on the paper, name now); use with the three parties."""
        pairs = (
            (self.said.institution.name, self.institution.name),
            (self.said.manufacturer.name, self.manufacturer.name),
            (self.said.carrier.name, self.carrier.name),
        )
        return [(was, now) for was, now in pairs if was != now]

    @property
    def carrier_enabled(self) -> bool:
        """Whether the distributor's account is enabled now; use with `distributor__user`."""
        user = self.distributor.user
        return bool(user and user.is_active)
