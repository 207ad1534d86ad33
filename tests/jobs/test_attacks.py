"""A job outlives the right of its owner to act; its start asks again."""

import pytest

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.jobs import registry
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Status
from apps.jobs.registry import background
from apps.jobs.services import enqueue
from apps.organizations.models import Organization
from tests.factories import sub_account_of


@pytest.mark.parametrize("shut", ["main account", "unit"])
def test_a_job_of_an_account_that_is_shut_does_not_run(shut, country, city_reviewer, request):
    ran: list[int] = []
    background("tests.shut", title="测试任务")(lambda job: ran.append(job.job.pk))
    request.addfinalizer(lambda: registry._declared.pop("tests.shut"))
    job = enqueue("tests.shut", by=Actor.of(sub_account_of(city_reviewer)))
    if shut == "unit":
        Organization.objects.filter(pk=city_reviewer.organization_id).update(is_active=False)
    else:
        User.objects.filter(pk=city_reviewer.pk).update(is_active=False)

    run_waiting_jobs()

    job.refresh_from_db()
    assert (job.status, ran) == (Status.REFUSED, [])
