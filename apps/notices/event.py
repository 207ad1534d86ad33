"""Events: what happens to units, as other systems, mail and short messages are told it.

Invariant: an event names a place, a project and a state, and nothing of what was reported; it stands where the unit
stands that it concerns.
"""

from django.conf import settings
from django.db import models

from apps.scope.managers import ScopedManager, ScopeLookups

from .addressed import sent_to_viewer


class EventName(models.TextChoices):
    """Everything that is told (docs/events.md)."""

    PUBLISHED = "published", "项目发布"
    OPENING = "opening", "开始填报"
    THREE_DAYS = "three_days", "距截止三天，尚未上报"
    ONE_DAY = "one_day", "距截止一天，尚未上报"
    FOUR_HOURS = "four_hours", "距截止四小时，尚未上报"
    REMINDED = "reminded", "催报"
    REPORTED = "reported", "上报"
    WITHDRAWN = "withdrawn", "撤回"
    RETURNED = "returned", "退回修改"
    APPROVED = "approved", "审核通过"
    WITHDRAWAL_ASKED = "withdrawal_asked", "申请撤回"
    WITHDRAWAL_DECIDED = "withdrawal_decided", "撤回申请已处理"
    CORRECTED = "corrected", "更正"
    EXTENDED = "extended", "时间调整"
    SUPPLEMENT = "supplement", "补报即将截止"
    ROUND = "round", "项目状态改变"
    APPEALED = "appealed", "申诉待答复"
    APPEAL_ANSWERED = "appeal_answered", "申诉已答复"
    HISTORY = "history", "历史数核定"
    SUBSTITUTED = "substituted", "系统代分"
    VOLUMES = "volumes", "约定采购量"
    AGREEMENT = "agreement", "协议待签"
    DELIVERY = "delivery", "配送关系"
    ACCOUNT_ISSUED = "account_issued", "账号发放"
    ACCOUNT = "account", "账号安全"
    NOTICE = "notice", "上级消息"
    JOB_DONE = "job_done", "后台任务结束"
    PUSH = "push", "推送失败"


class Event(models.Model):
    """One event. `account`: whom alone it concerns; `state` is that of the object after it.

    Keys of projects and objects are no foreign keys: they stand above.
    """

    name = models.CharField("事件", max_length=20, choices=EventName.choices)
    path = models.CharField("单位路径", max_length=200, db_collation="C")
    project_id = models.BigIntegerField("项目", null=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False
    )
    state = models.CharField("状态", max_length=12, blank=True)
    object_kind = models.CharField("对象", max_length=12, blank=True)
    object_id = models.BigIntegerField("对象编号", null=True)
    at = models.DateTimeField("时间", db_index=True)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(custom=sent_to_viewer())

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_name_display()} {self.path}"
