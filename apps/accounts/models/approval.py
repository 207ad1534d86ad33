"""What one person asks for and another approves.

Invariants, by the database: who decides is not who asks; a decision is made in time and never changes; what was asked
never changes; of one thing there is one request at a time; nothing is deleted.
"""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models.account_triggers import decided_by_another
from apps.scope.conditions import EnterpriseAnywhere, PathInScope
from apps.scope.managers import ScopedManager, ScopeLookups


class ApprovalKind(models.TextChoices):
    """What is asked for."""

    RESET = "reset", "重置密码"
    ADMINISTRATOR = "administrator", "新增管理员"
    ADDRESS = "address", "密码修改地址"
    SIGN_ON = "sign_on", "登录服务"
    DISTRIBUTOR = "distributor", "配送企业账号"
    CONCLUSION = "unconclude", "撤销办结"
    PUBLICATION = "unpublish", "撤销发布"


class Outcome(models.TextChoices):
    """What became of it; empty while it waits."""

    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    EXPIRED = "expired", "已过期"


TONES = {Outcome.APPROVED: "success", Outcome.REFUSED: "danger", Outcome.EXPIRED: "closed"}


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def waiting(self) -> "ApprovalQuerySet":
        """Those that can still be decided."""
        return self.filter(outcome="", expires_at__gt=timezone.now())

    def ready(self) -> "ApprovalQuerySet":
        """Approved and still to be carried out by who asked."""
        now = timezone.now()
        return self.filter(outcome=Outcome.APPROVED, spent_at__isnull=True, expires_at__gt=now)

    def of(self, kind: str, subject_id: int) -> "ApprovalQuerySet":
        return self.filter(kind=kind, subject_id=subject_id)


_DECIDED = """OLD.outcome = 'expired' OR OLD.decided_at IS NOT NULL AND (
    OLD.spent_at IS NOT NULL OR OLD.outcome <> 'approved' OR NEW.outcome NOT IN ('approved', 'expired')
    OR NEW.decided_at IS DISTINCT FROM OLD.decided_at OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
)"""
"""SQL: what a decision leaves open is only that it is carried out, or lapses."""


def _shown() -> Q:
    place: Any = PathInScope("path", own=True)
    enterprise: Any = EnterpriseAnywhere("enterprise_id")
    return Q(place) | Q(enterprise)


class Approval(models.Model):
    """A request, its decision, and when it was carried out. `path` is where its subject stands.

    `subject_id`: the account, the province or the distributor that it is about; of a new administrator nobody yet.
    `enterprise_id`: the enterprise that may confirm it. `content`: what is to become. `spent_on`: SHA-256 of the hash
    of the one password that a reset allowed.
    """

    kind = models.CharField("类别", max_length=15, choices=ApprovalKind.choices)
    subject_id = models.BigIntegerField("对象")
    path = models.CharField("路径", max_length=200, db_collation="C")
    enterprise_id = models.BigIntegerField("企业", null=True)
    title = models.CharField("事项", max_length=200)
    content = models.JSONField("内容", default=dict)
    reason = models.CharField("理由", max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人"
    )
    asked_by_name = models.CharField("申请人", max_length=200)
    asked_at = models.DateTimeField("申请时间")
    expires_at = models.DateTimeField("有效期至")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="批准人"
    )
    decided_by_name = models.CharField("批准人", max_length=200, blank=True)
    decided_at = models.DateTimeField("批准时间", null=True)
    remark = models.CharField("意见", max_length=200, blank=True)
    spent_at = models.DateTimeField("办理时间", null=True)
    spent_on = models.CharField("办理校验", max_length=64, blank=True)

    objects = ScopedManager.from_queryset(ApprovalQuerySet)()
    scope_lookups = ScopeLookups(custom=_shown())

    class Meta:
        verbose_name = verbose_name_plural = "双人审批"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="approval_newest_first"),
            models.Index(fields=["kind", "subject_id", "-id"], name="approval_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="approval_one_at_a_time",
                fields=["kind", "subject_id"],
                condition=Q(outcome__in=["", Outcome.APPROVED], spent_at__isnull=True)
                & ~Q(kind=ApprovalKind.ADMINISTRATOR),
            ),
            models.CheckConstraint(
                name="approval_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="approval_not_of_oneself",
                condition=~Q(kind=ApprovalKind.RESET)
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("subject_id")),
            ),
            models.CheckConstraint(
                name="approval_decided_in_time",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                & Q(outcome__in=["", Outcome.EXPIRED])
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                & Q(decided_at__gte=F("asked_at"), decided_at__lte=F("expires_at"))
                & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="approval_spent_when_approved",
                condition=Q(spent_at__isnull=True, spent_on="")
                | Q(outcome=Outcome.APPROVED, spent_at__gte=F("decided_at"))
                & Q(spent_at__lte=F("expires_at")),
            ),
        ]
        triggers = [
            decided_by_another(),
            pgtrigger.ReadOnly(
                name="asked_stays",
                fields=[
                    "kind", "subject_id", "path", "enterprise_id", "title", "content", "reason",
                    "asked_by", "asked_by_name", "asked_at", "expires_at",
                ],
            ),
            pgtrigger.Protect(
                name="decided_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_DECIDED),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def told(self) -> list[tuple[str, str]]:
        """What whoever decides should know of it, as pairs of label and value."""
        return [(label, value) for label, value in self.content.get("told", [])]

    @property
    def is_ready(self) -> bool:
        """Approved, and still to be carried out by who asked."""
        is_open = self.outcome == Outcome.APPROVED and self.spent_at is None
        return is_open and self.expires_at > timezone.now()

    @property
    def state(self) -> tuple[str, str]:
        """Word and tone of the status pill."""
        if self.spent_at is not None:
            return "已办理", "success"
        if self.outcome in {Outcome.REFUSED, Outcome.EXPIRED}:
            return Outcome(self.outcome).label, TONES[Outcome(self.outcome)]
        if self.expires_at <= timezone.now():
            return Outcome.EXPIRED.label, TONES[Outcome.EXPIRED]
        return ("已批准，待办理", "info") if self.outcome else ("待批准", "waiting")
