"""Webhooks of the nets' worlds."""

from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.notices.models import Event
from apps.scope.context import whole_country
from apps.subscriptions.domain.signing import sealed
from apps.subscriptions.models import Channel, Delivery, DeliveryState, Subscription


def hook_of(account: User) -> dict[str, Any]:
    """A webhook of the account alone, with a delivery that was taken."""
    with whole_country(reason="test"):
        now = timezone.now()
        hook = Subscription.objects.create(
            account=account,
            path=account.path,
            channel=Channel.WEBHOOK,
            name="鄂推送",
            address="https://his.example.cn/",
            events=["returned"],
            secret=sealed("fls_x"),
            created_at=now,
        )
        event = Event.objects.create(name="returned", path=account.path, at=now)
        sent = Delivery.objects.create(
            subscription=hook, event=event, state=DeliveryState.SENT, created_at=now, due_at=now
        )
        return {"subscriptions:": {"pk": hook.pk, "delivery": sent.pk}}


def hooks(size: int, account: User) -> Subscription:
    """Webhooks of the account; the first one has a delivery of each of as many events."""
    with whole_country(reason="test"):
        now = timezone.now()
        made = Subscription.objects.bulk_create(
            Subscription(
                account=account,
                path=account.path,
                channel=Channel.WEBHOOK,
                name=f"推送 {number}",
                address="https://his.example.cn/",
                events=["returned"],
                secret=b"sealed",
                is_on=False,
                created_at=now,
            )
            for number in range(size)
        )
        events = Event.objects.bulk_create(
            Event(name="returned", path=account.path, at=now) for _ in range(size)
        )
        Delivery.objects.bulk_create(
            Delivery(subscription=made[0], event=event, created_at=now, due_at=now)
            for event in events
        )
        return made[0]
