"""Subscriptions: where an account is told of events outside of the platform (事件推送).

Invariants: an account has one address for mail and one for short messages; what is told lies within what the account
may read when it is sent. That of a main account is its unit's.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.notices.addressed import sent_to
from apps.notices.event import EventName
from apps.scope.managers import ScopedManager, ScopeLookups

LONGEST_NAME = 30
LONGEST_ADDRESS = 500


class Channel(models.TextChoices):
    """How it is told."""

    WEBHOOK = "webhook", "推送"
    MAIL = "mail", "邮件"
    SMS = "sms", "短信"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def live(self) -> "SubscriptionQuerySet":
        return self.filter(ended_at__isnull=True)

    def webhooks(self) -> "SubscriptionQuerySet":
        return self.filter(channel=Channel.WEBHOOK)


class Subscription(models.Model):
    """`below`: also what concerns units below (webhooks).

    Secrets are sealed; the former one signs until `former_until`. `held_until`: the receiver failed and is left alone;
    `warned_at`: its owner has been told.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号"
    )
    path = models.CharField("单位路径", max_length=200, db_collation="C", editable=False)
    channel = models.CharField("方式", max_length=8, choices=Channel.choices)
    name = models.CharField("名称", max_length=LONGEST_NAME)
    address = models.CharField("地址", max_length=LONGEST_ADDRESS)
    events = ArrayField(
        models.CharField(max_length=20, choices=EventName.choices), verbose_name="事件"
    )
    below = models.BooleanField("包括下级单位", default=False)
    secret = models.BinaryField(default=b"", editable=False)
    former_secret = models.BinaryField(default=b"", editable=False)
    former_until = models.DateTimeField("旧密钥有效至", null=True, editable=False)
    is_on = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间")
    ended_at = models.DateTimeField("终止时间", null=True)
    ended_by = models.CharField("终止人", max_length=200, blank=True, default="")
    failures = models.PositiveIntegerField("连续失败次数", default=0)
    held_until = models.DateTimeField("暂缓至", null=True)
    warned_at = models.DateTimeField("提醒时间", null=True)

    objects = ScopedManager.from_queryset(SubscriptionQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=sent_to("path"))

    class Meta:
        verbose_name = verbose_name_plural = "事件推送"
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["path"],
                name="subscription_by_path",
                condition=Q(ended_at__isnull=True, is_on=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="subscription_name_once_while_live",
                fields=["account", "channel", "name"],
                condition=Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="subscription_one_mail_and_sms",
                fields=["account", "channel"],
                condition=Q(ended_at__isnull=True) & ~Q(channel="webhook"),
            ),
            models.CheckConstraint(
                name="subscription_below_is_a_webhooks",
                condition=Q(below=False) | Q(channel="webhook"),
            ),
            models.CheckConstraint(
                name="subscription_webhook_is_signed",
                condition=~Q(channel="webhook") | ~Q(secret=b""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def events_in_words(self) -> str:
        return "、".join(label for code, label in EventName.choices if code in self.events)
