"""Notices: what a bureau publishes downward, its files, and who has read it; messages to single units.

Invariant: a notice is seen where its publisher stands and below, and by enterprises only if it names their role.
"""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from apps.scope.conditions import PathAroundScope, ScopeCondition, Sql
from apps.scope.context import Scope
from apps.scope.managers import ScopedManager, ScopeLookups
from apps.scope.paths import ancestors, in_subtree

from .addressed import sent_to_viewer
from .event import Event

__all__ = [
    "Attachment",
    "Event",
    "Message",
    "MessageKind",
    "Notice",
    "NoticeKind",
    "Receipt",
]
ENTERPRISE_AUDIENCES = ["manufacturer", "distributor"]


class AddressedToEnterprises(ScopeCondition):
    """The viewer is an enterprise and the notice's audience names enterprises.

    `NoticeQuerySet.for_reader` narrows further to the publishers above the account.
    """

    def condition(self, scope: Scope, sql: str, params: list[Any]) -> Sql:
        if scope.enterprise_id is None:
            return "FALSE", []
        return f"{sql} && %s::varchar[]", [*params, ENTERPRISE_AUDIENCES]


def noticed_through(prefix: str) -> Q:
    """The scope condition of a notice reached by `prefix` ("" for the notice itself)."""
    place: Any = PathAroundScope(f"{prefix}path", own=True)
    enterprises: Any = AddressedToEnterprises(f"{prefix}audience")
    return Q(place) | Q(enterprises)


class NoticeKind(models.TextChoices):
    """Where a notice is listed."""

    NOTICE = "notice", "通知"
    DOWNLOAD = "download", "下载"
    FAQ = "faq", "常见问题"


def _from_above(user: Any) -> Q:
    addressed = Q(audience=[]) | Q(audience__contains=[user.role])
    return Q(path__in=ancestors(user.path or "/")) & addressed


class NoticeQuerySet(models.QuerySet["Notice"]):
    def published(self) -> "NoticeQuerySet":
        """In force: published and not withdrawn."""
        return self.filter(published_at__isnull=False, withdrawn_at__isnull=True)

    def of_publisher(self, path: str) -> "NoticeQuerySet":
        """Drafts and withdrawn ones included: what a unit itself has written."""
        return self.filter(path=path)

    def for_reader(self, user: Any) -> "NoticeQuerySet":
        """What reaches an account from the units above it, in force, addressed to its role or to everybody."""
        return self.published().filter(_from_above(user))

    def listed_for(self, user: Any) -> "NoticeQuerySet":
        """The same, and what its own unit has published: downloads and answered questions."""
        return self.published().filter(_from_above(user) | Q(path=user.path))

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """What an account may open: what reaches it, its own unit's, what units below have published."""
        in_force = Q(published_at__isnull=False, withdrawn_at__isnull=True)
        if not user.organization_id:
            return self.filter(in_force & _from_above(user))
        below = in_subtree(user.path) & Q(published_at__isnull=False)
        return self.filter((in_force & _from_above(user)) | Q(path=user.path) | below)

    def with_read(self, user: Any) -> "NoticeQuerySet":
        """Each with `is_read`: whether this account has opened it."""
        own = Receipt.objects.filter(notice=OuterRef("pk"), user_id=user.pk)
        return self.annotate(is_read=Exists(own))

    def recent_first(self) -> "NoticeQuerySet":
        """Pinned ones first, then by their time; drafts by when they were begun."""
        return self.order_by(
            "-is_pinned", F("published_at").desc(nulls_first=True), "-created_at", "-pk"
        )


class Notice(models.Model):
    """A notice, a download or an answered question. `audience`: roles it is for; empty for everybody below."""

    kind = models.CharField("类型", max_length=10, choices=NoticeKind.choices)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文", blank=True, max_length=20_000)
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    publisher_name = models.CharField("发布单位", max_length=120, editable=False)
    audience = ArrayField(models.CharField(max_length=15), default=list, blank=True)
    is_pinned = models.BooleanField("置顶", default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    published_at = models.DateTimeField("发布时间", null=True, editable=False)
    edited_at = models.DateTimeField("修改时间", null=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, editable=False)

    objects = ScopedManager.from_queryset(NoticeQuerySet)()
    scope_lookups = ScopeLookups(custom=noticed_through(""))

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["path", "kind", "-published_at"], name="notice_by_path")]
        constraints = [
            models.CheckConstraint(
                name="notice_withdrawn_after_publication",
                condition=Q(withdrawn_at__isnull=True) | Q(published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_in_force(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None


def random_name(_attachment: "Attachment", _filename: str) -> str:
    """Files lie under names that tell nothing and can't be guessed."""
    return f"notices/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """A file of a notice; `name` is what its reader saves it as, `size` is in bytes."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attachments")
    file = models.FileField("文件", upload_to=random_name, max_length=100)
    name = models.CharField("文件名", max_length=150)
    size = models.PositiveIntegerField("大小")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(custom=noticed_through("notice__"))

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Receipt(models.Model):
    """An account opened a notice. The path is the account's."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField("路径", max_length=200, db_collation="C")
    read_at = models.DateTimeField("阅读时间", auto_now_add=True)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="path", enterprise="user__enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "阅读回执"
        default_permissions = ()
        indexes = [models.Index(fields=["notice", "path"], name="receipt_by_unit")]
        constraints = [
            models.UniqueConstraint(name="receipt_once", fields=["user", "notice"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} 已读 {self.notice_id}"


class MessageKind(models.TextChoices):
    """What a message is about."""

    REMINDER = "reminder", "催报"
    WITHDRAWAL = "withdrawal", "撤回申请"
    ANSWER = "answer", "撤回答复"
    HISTORY = "history", "历史数核定"
    DELIVERY = "delivery", "配送关系"
    VOLUMES = "volumes", "约定采购量"
    SUBSTITUTION = "substituted", "系统代分"
    SUPPLEMENT = "supplement", "补报提醒"
    TIMES = "times", "时间调整"
    ACCOUNT = "account", "账号安全"
    CORRECTION = "correction", "更正"
    ROUND = "round", "项目状态"
    PUBLISHED = "published", "项目发布"
    DEADLINE = "deadline", "截止提醒"
    REVIEW = "review", "审核结果"
    PUSH = "push", "事件推送"
    NOTICE = "notice", "上级消息"
    APPEAL = "appeal", "申诉"
    APPEALED = "appealed", "申诉答复"


ASKING = frozenset(
    {
        MessageKind.REMINDER,
        MessageKind.WITHDRAWAL,
        MessageKind.SUPPLEMENT,
        MessageKind.CORRECTION,
        MessageKind.DEADLINE,
        MessageKind.APPEAL,
    }
)
"""Kinds that ask the recipient to do something; the others tell what was done."""


class MessageQuerySet(models.QuerySet["Message"]):
    def to_unit(self, user: Any) -> "MessageQuerySet":
        """What was sent to the account's own unit."""
        return self.filter(path=user.path or "/")

    def waiting(self) -> "MessageQuerySet":
        """The outbox: what still has to leave the platform."""
        return self.filter(handed_over_at__isnull=True).exclude(phone="")

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at__isnull=True)

    def latest_first(self) -> "MessageQuerySet":
        return self.order_by("-sent_at", "-pk")


class Message(models.Model):
    """A message to one unit, with the receipt of whoever opened it first there. The path is the recipient's.

    Invariant: what was sent never changes. With a phone it also leaves the platform (`notices.backends`), by the
    outbox. `project_id` is no foreign key: projects stand above.
    """

    kind = models.CharField("类型", max_length=12, choices=MessageKind.choices)
    path = models.CharField("收件单位路径", max_length=200, db_collation="C")
    project_id = models.BigIntegerField("项目", null=True)
    title = models.CharField("标题", max_length=200)
    body = models.CharField("正文", max_length=1_000)
    url = models.CharField("办理地址", max_length=200, blank=True)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    sender_name = models.CharField("发送单位", max_length=120)
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    sent_at = models.DateTimeField("发送时间")
    handed_over_at = models.DateTimeField("外发时间", null=True)
    read_at = models.DateTimeField("阅读时间", null=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ScopedManager.from_queryset(MessageQuerySet)()
    scope_lookups = ScopeLookups(custom=sent_to_viewer())

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        default_permissions = ()
        indexes = [
            models.Index(fields=["path", "-sent_at"], name="message_by_unit"),
            models.Index(
                fields=["project_id", "kind", "path", "-sent_at"], name="message_by_project"
            ),
            models.Index(
                fields=["id"],
                name="message_outbox",
                condition=Q(handed_over_at__isnull=True) & ~Q(phone=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_read_by_somebody",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="sent_stays", exclude=["read_at", "read_by", "handed_over_at"])
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asks(self) -> bool:
        """Whether the recipient has something to do, not only to look at."""
        return self.kind in ASKING
