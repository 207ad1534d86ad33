"""Events are kept for `EVENT_KEEP_DAYS`: long enough to send them again, and no archive."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.notices.models import Event
from apps.subscriptions.models import Delivery


@transaction.atomic
def forget_events() -> int:
    """Delete old events with their deliveries. Returns how many events."""
    before = timezone.now() - timedelta(days=settings.EVENT_KEEP_DAYS)
    Delivery.objects.filter(event__at__lt=before).delete()
    forgotten, _ = Event.objects.filter(at__lt=before).delete()
    return int(forgotten)
