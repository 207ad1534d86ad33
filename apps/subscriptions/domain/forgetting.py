"""Events are kept for `EVENT_KEEP_DAYS`: long enough to send them again, and no archive."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from apps.notices.models import Event
from apps.subscriptions.models import Delivery, DeliveryState


def forget_events() -> int:
    """Delete old events with their deliveries, but for those on their way. Returns how many events."""
    before = timezone.now() - timedelta(days=settings.EVENT_KEEP_DAYS)
    old = Event.objects.filter(at__lt=before)
    Delivery.objects.filter(event__in=old).exclude(state=DeliveryState.WAITING).delete()
    waiting = Delivery.objects.filter(event__in=old).values("event_id")
    forgotten, _ = old.exclude(pk__in=waiting).delete()
    return int(forgotten)
