"""Deliveries: an event on its way to one subscription.

Invariants: written by the database in the transaction of the event; its id names it to the receiver however often it
is sent.
"""

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.notices.addressed import sent_to
from apps.notices.event import Event
from apps.scope.managers import ScopedManager, ScopeLookups

from .subscription import Subscription
from .triggers import fans_out

pgtrigger.register(fans_out())(Event)


class DeliveryState(models.TextChoices):
    """How far it is. `WITHHELD`: its owner may no longer read what it tells."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已送达"
    DEAD = "dead", "未送达"
    WITHHELD = "withheld", "未发送：无权"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def latest_first(self) -> "DeliveryQuerySet":
        return self.order_by("-created_at", "-pk")


class Delivery(models.Model):
    """`answer` is what the receiver said, or why it wasn't reached."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+", db_index=False)
    # Deleted with its event by `forget_events`, thousands in two statements.
    event = models.ForeignKey(Event, models.DO_NOTHING, related_name="+")
    state = models.CharField(
        "状态", max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    created_at = models.DateTimeField("时间")
    due_at = models.DateTimeField("下次发送时间")
    tried_at = models.DateTimeField("最近发送时间", null=True)
    status_code = models.PositiveSmallIntegerField("应答码", null=True)
    answer = models.CharField("应答", max_length=200, blank=True, default="")

    objects = ScopedManager.from_queryset(DeliveryQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=sent_to("subscription__path"))

    class Meta:
        verbose_name = verbose_name_plural = "推送记录"
        default_permissions = ()
        indexes = [
            models.Index(fields=["subscription", "-created_at"], name="delivery_by_subscription"),
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return str(self.pk)
