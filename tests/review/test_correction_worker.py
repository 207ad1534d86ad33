"""A real worker that is killed in the middle of 更正 or 增补品规 leaves nothing of it; the next one does it, once."""

import pytest
from django.db import connection, transaction

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.jobs.models import Status
from apps.jobs.services import enqueue
from apps.projects.models import Correction
from apps.reporting.domain import rollup
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandLine, DemandProgress
from apps.review.domain.proving import differences as events_wrong
from apps.review.models import Filing
from apps.review.models.statuses import Status as FilingStatus
from apps.review.tasks import ADD_ITEM, CORRECT
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.correcting import addition, wanted
from tests.jobs.real_worker import wait_for, workers
from tests.review.test_correction_killed import everything, season
from tests.waiting import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["season"]


def packed(season, name):
    if name == ADD_ITEM:
        return addition().packed
    return wanted(make.items_of(season)["P0001"], pack_quantity=10).packed


@pytest.mark.parametrize(
    ("name", "verb", "code", "planned"),
    [(CORRECT, "更正", "P0001", 280), (ADD_ITEM, "增补品规", "P0009", None)],
)
def test_all_or_nothing_and_the_next_worker_completes_it(
    season, alliance_officer, name, verb, code, planned
) -> None:
    with whole_country(reason="test"):
        rollup.refresh(season)
        by = Actor.of(alliance_officer)
        job = enqueue(name, by=by, project_id=season.pk, wanted=packed(season, name))
        before = everything()

    with workers() as start:
        with transaction.atomic(), whole_country(reason="test"), connection.cursor() as cursor:
            # Whoever renews the summaries of work waits: filings, events, totals and the item are written by then.
            assert list(DemandProgress.objects.select_for_update().values_list("pk"))
            worker = start()
            wait_for_waiting(cursor)
            worker.kill()
            worker.wait()
            assert everything() == before
        start()
        wait_for(job, lambda job: job.is_finished)

    with whole_country(reason="test"):
        assert (job.status, job.attempt) == (Status.SUCCEEDED, 2)
        made = Correction.objects.get()
        assert (made.number, made.returned) == (1, 4)
        assert LogEntry.objects.filter(verb=verb).count() == 1
        reported = Filing.objects.of_project(season).exclude(tier="alliance")
        assert set(reported.values_list("status", flat=True)) == {FilingStatus.RETURNED}
        line = DemandLine.objects.get(item=make.items_of(season)[code])
        assert (line.planned, line.to_correct) == (planned, True)
        assert list(differences(season)) == []
        assert list(events_wrong(season)) == []
