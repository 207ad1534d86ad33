"""Which account was told of which end: once for each, however often it is looked."""

from django.conf import settings
from django.db import models

from apps.notices.event import EventName
from apps.scope.managers import ScopedManager, ScopeLookups


class Told(models.Model):
    """`moment` is when the time opens or ends that the account was told of."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField("事件", max_length=20, choices=EventName.choices)
    project_id = models.BigIntegerField("项目")
    moment = models.DateTimeField("开始或截止时间")

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="account__path", enterprise="account__enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "已提醒"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="told_once", fields=["account", "name", "project_id", "moment"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}"
