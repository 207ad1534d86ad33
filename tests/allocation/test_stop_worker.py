"""A real worker that is killed in the middle of 取消中选 leaves nothing of it; the next one does it, once."""

import pytest
from django.db import connection, transaction

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.verification import differences
from apps.allocation.models import ProductStop, SupplyTotal
from apps.allocation.tasks import STOP
from apps.jobs.models import Status
from apps.jobs.services import enqueue
from apps.review.models import FilingEvent
from apps.scope.context import whole_country
from tests.jobs.real_worker import wait_for, workers
from tests.stopping import asked, everything
from tests.waiting import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_or_nothing_and_the_next_worker_completes_it(reported, alliance_officer) -> None:
    project, product = reported.project, reported.products["C"]
    with whole_country(reason="test"):
        wanted = asked(product).packed
        by = Actor.of(alliance_officer)
        job = enqueue(STOP, by=by, project_id=project.pk, wanted=wanted)
        before = everything(project)

    with workers() as start:
        with transaction.atomic(), whole_country(reason="test"), connection.cursor() as cursor:
            # Whoever renews the totals waits: lines, shares and events are written by then.
            list(SupplyTotal.objects.select_for_update(of=("self",)).values_list("pk"))
            worker = start()
            wait_for_waiting(cursor)
            worker.kill()
            worker.wait()
            assert everything(project) == before
        start()
        wait_for(job, lambda job: job.is_finished)

    with whole_country(reason="test"):
        assert (job.status, job.attempt) == (Status.SUCCEEDED, 2)
        assert ProductStop.objects.get().product == product
        assert FilingEvent.objects.filter(action="stopped").count() == 1
        assert list(differences(project)) == []
