"""机构变更: 更名, 信息变更, 停业, 合并, asked for with a paper, decided above.

Invariants, by the database: of an institution one request waits at a time; what was asked for never changes, nor what
was decided, but that it may be undone once; nothing is deleted.
"""

import secrets
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.organizations.models import Organization
from apps.scope.managers import ScopedManager, ScopeLookups


def paper_name(_change: models.Model, filename: str) -> str:
    """Where a paper is stored: nothing in it can be guessed or chosen by the uploader."""
    token = secrets.token_hex(16)
    return f"units/{token[:2]}/{token}.{filename.rpartition('.')[2].lower()}"


class ChangeKind(models.TextChoices):
    """What becomes of the institution."""

    RENAME = "rename", "更名"
    FACTS = "facts", "信息变更"
    CLOSE = "close", "停业"
    MERGE = "merge", "合并"

    @property
    def asking(self) -> str:
        """What the button and the page say that ask for it."""
        return ASKING[self]

    @property
    def ends(self) -> bool:
        """Whether the institution is shut by it."""
        return self in (ChangeKind.CLOSE, ChangeKind.MERGE)


ASKING = {
    ChangeKind.RENAME: "申请更名",
    ChangeKind.FACTS: "申请信息变更",
    ChangeKind.CLOSE: "申请停业",
    ChangeKind.MERGE: "申请合并",
}


class ChangeOutcome(models.TextChoices):
    """What became of the request; empty while it waits."""

    APPROVED = "approved", "已同意"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    UNDONE = "undone", "已撤销"


TONES = {ChangeOutcome.APPROVED: "success", ChangeOutcome.REFUSED: "danger"}


class UnitChangeQuerySet(models.QuerySet["UnitChange"]):
    def waiting(self) -> "UnitChangeQuerySet":
        return self.filter(outcome="")

    def of_unit(self, unit_id: int) -> "UnitChangeQuerySet":
        return self.filter(organization=unit_id)

    def for_office(self, path: str) -> "UnitChangeQuerySet":
        """What waits for the unit that stands there; those above it may decide as well."""
        return self.waiting().filter(office=path)

    def with_units(self) -> "UnitChangeQuerySet":
        return self.select_related("organization", "successor")


class UnitChange(models.Model):
    """One request and its decision. `path` is the institution's, `office` that of the bureau whose turn it is.

    `content`: {"facts": new values by field, "told": [[label, before, after], …]}. `kept`, of what was carried out:
    {"filings": keys that were settled, "reports_through", "merged_into": keys of units that passed to the successor}.
    """

    kind = models.CharField("事项", max_length=10, choices=ChangeKind.choices)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    name_then = models.CharField("申请时名称", max_length=120)
    successor = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", verbose_name="并入"
    )
    office = models.CharField("办理单位路径", max_length=200, db_collation="C")
    effective_on = models.DateField("生效日期")
    content = models.JSONField("内容", default=dict)
    reason = models.CharField("原因", max_length=300)
    file = models.FileField("证明材料", upload_to=paper_name, max_length=100, blank=True)
    file_name = models.CharField("文件名", max_length=150, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    asked_by_name = models.CharField("申请人", max_length=200)
    asked_at = models.DateTimeField("申请时间")
    outcome = models.CharField("结果", max_length=10, choices=ChangeOutcome.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_by_name = models.CharField("办理人", max_length=200, blank=True)
    decided_at = models.DateTimeField("办理时间", null=True)
    remark = models.CharField("意见", max_length=300, blank=True)
    kept = models.JSONField("已办理", default=dict)
    undone_by_name = models.CharField("撤销人", max_length=200, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undo_reason = models.CharField("撤销原因", max_length=300, blank=True)

    objects = ScopedManager.from_queryset(UnitChangeQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path")

    class Meta:
        verbose_name = verbose_name_plural = "机构变更"
        default_permissions = ()
        indexes = [
            models.Index(fields=["path", "-asked_at"], name="unit_change_by_path"),
            models.Index(fields=["office"], name="unit_change_waiting", condition=Q(outcome="")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="unit_change_one_waits", fields=["organization"], condition=Q(outcome="")
            ),
            models.CheckConstraint(name="unit_change_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="unit_change_names_its_successor",
                condition=Q(kind=ChangeKind.MERGE, successor__isnull=False)
                & ~Q(successor=F("organization"))
                | ~Q(kind=ChangeKind.MERGE) & Q(successor__isnull=True),
            ),
            models.CheckConstraint(
                name="unit_change_decided_by_somebody",
                condition=Q(outcome="", decided_at__isnull=True)
                | ~Q(outcome="") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="unit_change_undone_with_reason",
                condition=Q(outcome=ChangeOutcome.UNDONE, undone_at__isnull=False)
                & ~Q(undo_reason="")
                | ~Q(outcome=ChangeOutcome.UNDONE) & Q(undone_at__isnull=True, undo_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="asked_stays",
                fields=[
                    "kind", "organization", "path", "name_then", "successor", "office", "effective_on", "content",
                    "reason", "file", "file_name", "asked_by", "asked_by_name", "asked_at",
                ],
            ),
            pgtrigger.Protect(
                name="decided_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.outcome <> '' AND NOT (OLD.outcome = 'approved' AND NEW.outcome = 'undone')"
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name_then}{self.get_kind_display()}"

    @property
    def state(self) -> tuple[str, str]:
        """Word and tone of the status pill."""
        if not self.outcome:
            return "待办理", "waiting"
        outcome = ChangeOutcome(self.outcome)
        return outcome.label, TONES.get(outcome, "closed")

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What is to change: label, before, after."""
        return [(label, before, after) for label, before, after in self.content.get("told", [])]

    @property
    def became(self) -> str:
        """What stands in the status of filings that are settled by it."""
        to = f"合并至{self.successor}" if self.successor else self.get_kind_display()
        return f"{to}，自 {self.effective_on:%Y-%m-%d}"
