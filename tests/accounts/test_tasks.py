"""Work that comes round by the clock."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Session
from apps.accounts.tasks import clear_sessions


def test_old_sessions_go_and_live_ones_stay(client_of, city_reviewer, hospital_clerk):
    client_of(city_reviewer)
    client_of(hospital_clerk)
    Session.objects.filter(pk=Session.objects.first().pk).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )

    clear_sessions()

    assert Session.objects.count() == 1
