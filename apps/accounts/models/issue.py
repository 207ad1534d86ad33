"""Issue sheets: one-time passwords on their way to the person who hands them out.

Invariant: a password is stored sealed, is given out once, and is deleted with the act that gives it out.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.scope.managers import ScopedManager, ScopeLookups


class SheetKind(models.TextChoices):
    """What the sheet's targets are."""

    UNITS = "units", "单位账号"
    ENTERPRISES = "enterprises", "生产企业账号"
    DISTRIBUTORS = "distributors", "配送企业账号"
    RESETS = "resets", "重置密码"


class IssueSheetQuerySet(models.QuerySet["IssueSheet"]):
    def waiting(self) -> "IssueSheetQuerySet":
        """Sheets that can still be downloaded."""
        return self.filter(
            complete_at__isnull=False, taken_at__isnull=True, expired_at__isnull=True
        )


class IssueSheet(models.Model):
    """The usernames and one-time passwords of one issue; only who issued them may take it, once.

    `seen_at`: when the page was made on which accounts were ticked for a reset; `skipped`: the usernames of those
    whose password changed after that and was left alone.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发放人"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    title = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=12, choices=SheetKind.choices)
    target_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name="发放对象")
    count = models.PositiveIntegerField("账号数", default=0)
    seen_at = models.DateTimeField("页面时间", null=True)
    skipped = ArrayField(models.CharField(max_length=150), default=list, verbose_name="未重置")
    created_at = models.DateTimeField("发放时间", auto_now_add=True)
    complete_at = models.DateTimeField("完成时间", null=True)
    taken_at = models.DateTimeField("下载时间", null=True)
    expired_at = models.DateTimeField("过期时间", null=True)

    objects = ScopedManager.from_queryset(IssueSheetQuerySet)()
    scope_lookups = ScopeLookups(path="path")

    class Meta:
        verbose_name = verbose_name_plural = "账号发放单"
        indexes = [models.Index(fields=["owner", "-created_at"], name="issue_sheet_by_owner")]
        constraints = [
            models.CheckConstraint(
                name="issue_sheet_taken_only_when_complete",
                condition=Q(taken_at__isnull=True) | Q(complete_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title


class IssuedPassword(models.Model):
    """One sealed one-time password, for as long as nobody has taken its sheet."""

    sheet = models.ForeignKey(IssueSheet, models.CASCADE, related_name="passwords")
    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sealed = models.BinaryField()

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="sheet__path")

    class Meta:
        verbose_name = verbose_name_plural = "待领取的一次性密码"

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.account_id}"
