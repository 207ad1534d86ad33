import pytest
from django.db import connection

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.rehearsals.domain.making import discard_rehearsal
from apps.rehearsals.models import Rehearsal
from apps.reporting.models import DemandLine
from apps.review.models import Filing, FilingEvent
from apps.scope.context import whole_country
from apps.scope.sandbox import within
from tests.rehearsals.rehearsing import real_rows, rehearsed, round_of

pytestmark = pytest.mark.django_db
OWN = ("rehearsals_rehearsal", "audit_logentry")


def test_nothing_real_changes(tree, alliance_officer, country):
    project = round_of(tree, alliance_officer)
    before = real_rows(without=OWN)

    held = rehearsed(project, alliance_officer)
    with within(held.sandbox):
        assert DemandLine.objects.count() > 20
        assert FilingEvent.objects.count() > 5
        Filing.objects.filter(tier="institution").update(version=99)
    assert real_rows(without=OWN) == before
    assert not DemandLine.objects.exists()

    discard_rehearsal(rehearsal=held, by=Actor.of(alliance_officer))
    assert real_rows(without=OWN) == before
    assert not Rehearsal.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rehearsal%'")
        assert cursor.fetchall() == [(0,)]
