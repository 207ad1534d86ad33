"""A job outlives the right of its owner to act; its start asks again."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.exchange.pages.exports import own_referrer
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


def test_long_names_and_addresses_are_cut_where_they_would_not_fit(country, city_reviewer, request):
    background("tests.long", title="测试任务")(lambda _job: None)
    request.addfinalizer(lambda: registry._declared.pop("tests.long"))
    address = "/review/?name=" + "%E5%8C%BB" * 300

    job = enqueue("tests.long", by=Actor.of(city_reviewer), title="长" * 130, back_url=address)

    assert (job.title, job.back_url) == ("长" * 120, "/review/")


def test_a_referrer_that_only_looks_like_ours_is_none(rf):
    """`//host` is another host's address, wherever a page writes it."""
    for referrer, path in (("//evil.example/", ""), ("/review/?a=1", "/review/?a=1")):
        request = rf.get("/", headers={"Referer": f"http://testserver{referrer}"})
        assert own_referrer(request) == path
