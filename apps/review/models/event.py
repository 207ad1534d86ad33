"""What happened to a filing. Invariant: events are only ever added, each names the hash of the one before it."""

import pgtrigger
from django.conf import settings
from django.db import models

from apps.review.models.statuses import Action, Status
from apps.scope.managers import ScopedManager, ScopeLookups

from .filing import Filing

JOINED = "joined"
"""A unit joined the round after publication: the first event of its filing, and no status change."""
STOPPED, STOP_UNDONE = "stopped", "stop_undone"
"""取消中选 moved lines of an institution's filing, or moved them back; no status change either."""

NOTES = [(JOINED, "加入项目"), (STOPPED, "取消中选"), (STOP_UNDONE, "撤销取消中选")]


def kinds_of_event() -> list[tuple[str, str]]:
    """Asked when they are shown: a new act is no migration."""
    return [*Action.choices, *NOTES]


class FilingEvent(models.Model):
    """One status change, or one of `NOTES`: who, when, from what to what, why."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间")
    action = models.CharField("操作", max_length=20, choices=kinds_of_event)
    source = models.CharField("原状态", max_length=12, choices=Status.choices)
    target = models.CharField("新状态", max_length=12, choices=Status.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField("操作人", max_length=150)
    organization_name = models.CharField("单位", max_length=120, blank=True)
    on_behalf_of = models.CharField("代为", max_length=120, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    deadline = models.DateTimeField("更正截止", null=True, blank=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)
    previous_hash = models.CharField("前一哈希", max_length=64, blank=True)
    hash = models.CharField("哈希", max_length=64)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="filing__path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "审核记录"
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="event_sequence_once", fields=["filing", "sequence"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.filing_id}#{self.sequence} {self.action}"
