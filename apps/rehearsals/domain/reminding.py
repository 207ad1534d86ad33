"""What comes round by the clock in a rehearsal: reminders, as its calendar passes the moments at which they are due.

Invariant: nobody outside hears of it; within, each unit is told once of each moment, as in the real world.
"""

from datetime import datetime, timedelta

from django.conf import settings

from apps.portal.domain.supplement_ends import remind_of_supplement_ends
from apps.projects.models import ProjectWindow, SupplementWindow
from apps.rehearsals.models import Rehearsal
from apps.scope.context import whole_country
from apps.scope.sandbox import within
from apps.subscriptions.domain.deadlines import tell_deadlines
from apps.subscriptions.domain.sql import ENDS


def stops(held: Rehearsal, since: datetime, until: datetime) -> list[datetime]:
    """The moments after the one and before the other at which somebody's time begins, or soon ends."""
    again = timedelta(hours=settings.SUPPLEMENT_REMIND_HOURS)
    with within(held.sandbox), whole_country(reason="the calendar of a rehearsal runs forward"):
        windows = list(ProjectWindow.objects.values_list("opens_at", "closes_at"))
        granted = list(SupplementWindow.objects.values_list("closes_at", flat=True))
    moments = {opens_at for opens_at, _ in windows} | {end - again for end in granted}
    moments |= {closes_at - before for _, closes_at in windows for before in ENDS.values()}
    return sorted(moment for moment in moments if since < moment < until)


def remind(held: Rehearsal) -> int:
    """Who is to be reminded at the moment that its calendar shows. Returns how many were."""
    with within(held.sandbox), whole_country(reason="reminders of a rehearsal come round"):
        return tell_deadlines() + remind_of_supplement_ends()
