"""Requests to take a report back where the policy is `on_request` (S3-27, S3-29).

Invariant: a filing has at most one open request; what was decided never changes; a refusal says why.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.scope.managers import ScopedManager, ScopeLookups

from .filing import Filing


class RequestState(models.TextChoices):
    """What became of a request."""

    OPEN = "open", "待处理"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "已驳回"
    OVERTAKEN = "overtaken", "上级已提交"
    RETURNED = "returned", "已退回"

    @property
    def tone(self) -> str:
        return TONES[self.value]


TONES = {
    "open": "waiting",
    "granted": "success",
    "refused": "danger",
    "overtaken": "closed",
    "returned": "returned",
}


class RequestQuerySet(models.QuerySet["WithdrawalRequest"]):
    def open(self) -> "RequestQuerySet":
        return self.filter(state=RequestState.OPEN)

    def to_reviewer(self, parent: Filing) -> "RequestQuerySet":
        """What the units directly below a bureau have asked."""
        return self.filter(filing__parent_id=parent.pk)

    def latest_first(self) -> "RequestQuerySet":
        return self.order_by("-asked_at", "-pk")


class WithdrawalRequest(models.Model):
    """申请撤回: a filer asks with a reason, the tier above decides."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="withdrawal_requests")
    state = models.CharField(
        "处理结果", max_length=10, choices=RequestState.choices, default=RequestState.OPEN
    )
    reason = models.CharField("申请原因", max_length=300)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_by_name = models.CharField("申请人", max_length=150)
    answer = models.CharField("答复", max_length=300, blank=True)
    closed_at = models.DateTimeField("处理时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_by_name = models.CharField("处理人", max_length=150, blank=True)

    objects = ScopedManager.from_queryset(RequestQuerySet)()
    scope_lookups = ScopeLookups(path="filing__path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "撤回申请"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["filing", "-asked_at"], name="withdrawal_by_filing")]
        constraints = [
            models.UniqueConstraint(
                name="withdrawal_one_open_per_filing",
                fields=["filing"],
                condition=Q(state=RequestState.OPEN),
            ),
            models.CheckConstraint(
                name="withdrawal_closed_at_tied_to_state",
                condition=Q(state=RequestState.OPEN, closed_at__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(name="withdrawal_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="withdrawal_refused_with_answer",
                condition=~Q(state=RequestState.REFUSED) | ~Q(answer=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=RequestState.OPEN),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.get_state_display()}"

    @property
    def outcome(self) -> RequestState:
        return RequestState(self.state)
