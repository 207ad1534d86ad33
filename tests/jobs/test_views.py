from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.jobs import registry
from apps.jobs.expiry import forget_old_jobs, remove_expired_files
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job, Status
from apps.jobs.registry import background
from apps.jobs.running import JobFailed, JobRun
from apps.jobs.services import enqueue
from apps.scope.context import Scope

ClientOf = Callable[[User], Client]


@pytest.fixture
def job(country: Scope, county_reviewer: User) -> Any:
    """A waiting job that writes a file, or fails if its params say so."""

    def work(job: JobRun, *, fail: bool = False, number: int = 0) -> None:
        if fail:
            raise JobFailed("缺少目录")
        job.result(BytesIO(b"content"), "武昌区 明细.xlsx")
        job.say("已导出 1 行")

    background("tests.pages", title="导出明细", renewable=True)(work)
    yield enqueue("tests.pages", by=Actor.of(county_reviewer), back_url="/projects/")
    registry._declared.pop("tests.pages")


@pytest.mark.parametrize("page", ["", "status/", "result/", "report/"])
def test_a_job_is_its_owners_alone(
    job: Job, page: str, client_of: ClientOf, city_reviewer: User, neighbour_clerk: User
) -> None:
    for other in (city_reviewer, neighbour_clerk):
        assert client_of(other).get(f"/jobs/{job.pk}/{page}").status_code == 404
    for act in ("cancel/", "restart/"):
        assert client_of(city_reviewer).post(f"/jobs/{job.pk}/{act}").status_code == 404


def test_the_page_lives_and_ends_with_the_file(
    job: Job, client_of: ClientOf, county_reviewer: User
) -> None:
    browser = client_of(county_reviewer)
    waiting = browser.get(job.get_absolute_url()).content.decode()
    assert f'data-job-status="/jobs/{job.pk}/status/"' in waiting
    assert "取消任务" in waiting
    assert browser.get(f"{job.get_absolute_url()}status/").json() == {
        "status": "waiting",
        "label": "排队中",
        "done": 0,
        "total": 0,
        "message": "",
        "seconds_left": None,
        "finished": False,
    }

    run_waiting_jobs()

    ended = browser.get(job.get_absolute_url()).content.decode()
    assert "已导出 1 行" in ended
    assert 'href="/projects/"' in ended
    assert "job-progress.js" not in ended
    response = browser.get(f"{job.get_absolute_url()}result/")
    assert response.getvalue() == b"content"
    assert response["Content-Disposition"] == (
        'attachment; filename="download.xlsx"; '
        "filename*=utf-8''%E6%AD%A6%E6%98%8C%E5%8C%BA%20%E6%98%8E%E7%BB%86.xlsx"
    )


def test_whoever_watched_a_job_with_nothing_to_fetch_goes_on_where_it_was_asked_for(
    job: Job, client_of: ClientOf, county_reviewer: User
) -> None:
    background("tests.nothing", title="更新统计")(lambda job: job.say("进度统计已更新。"))
    counted = enqueue("tests.nothing", by=Actor.of(county_reviewer), back_url="/notices/?page=1")
    browser = client_of(county_reviewer)
    assert (
        "data-job-status" in browser.get(f"{counted.get_absolute_url()}?watched").content.decode()
    )

    run_waiting_jobs()
    registry._declared.pop("tests.nothing")

    back = browser.get(f"{counted.get_absolute_url()}?watched", follow=True)
    assert back.redirect_chain == [("/notices/?page=1", 302)]
    assert "进度统计已更新。" in back.content.decode()
    assert "返回" in browser.get(counted.get_absolute_url()).content.decode()
    assert "下载结果" in browser.get(f"{job.get_absolute_url()}?watched").content.decode()


def test_cancelling_and_starting_again(
    job: Job, client_of: ClientOf, county_reviewer: User
) -> None:
    browser = client_of(county_reviewer)

    page = browser.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()
    assert "已在开始前取消" in page
    assert "重新执行" in page
    again = browser.post(f"/jobs/{job.pk}/restart/")

    assert again.url == f"/jobs/{Job.objects.latest('pk').pk}/"
    run_waiting_jobs()
    assert Job.objects.latest("pk").status == Status.SUCCEEDED
    assert browser.post(again.url + "restart/").url == again.url


def test_too_many_jobs_are_told_on_the_page(
    job: Job, client_of: ClientOf, county_reviewer: User, settings: Any
) -> None:
    browser = client_of(county_reviewer)
    browser.post(f"/jobs/{job.pk}/cancel/")
    enqueue("tests.pages", by=Actor.of(county_reviewer), number=1)
    settings.JOBS_UNFINISHED_PER_OWNER = 1

    refused = browser.post(f"/jobs/{job.pk}/restart/", follow=True)

    assert "您已有 1 项任务没有完成" in refused.content.decode()
    assert Job.objects.count() == 2


def test_a_failure_is_told_with_its_sentence(
    job: Job, client_of: ClientOf, county_reviewer: User
) -> None:
    failing = enqueue("tests.pages", by=Actor.of(county_reviewer), fail=True)
    run_waiting_jobs()

    page = client_of(county_reviewer).get(failing.get_absolute_url()).content.decode()

    assert "缺少目录" in page
    assert "未成功" in page


def test_the_list_shows_ones_own_jobs_in_few_queries(
    job: Job, client_of: ClientOf, county_reviewer: User, city_reviewer: User,
    django_assert_max_num_queries: Any, settings: Any,
) -> None:  # fmt: skip
    settings.JOBS_UNFINISHED_PER_OWNER = 50
    enqueue("tests.pages", by=Actor.of(city_reviewer), title="别人的任务")
    for number in range(1, 50):
        enqueue("tests.pages", by=Actor.of(county_reviewer), number=number)
    browser = client_of(county_reviewer)

    with django_assert_max_num_queries(8):
        page = browser.get("/jobs/").content.decode()

    assert "导出明细" in page
    assert "别人的任务" not in page


def test_old_files_go_first_and_rows_later(
    job: Job, client_of: ClientOf, county_reviewer: User
) -> None:
    run_waiting_jobs()
    job.refresh_from_db()
    storage, name = job.result.storage, job.result.name
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now())

    assert (remove_expired_files(), forget_old_jobs()) == (1, 0)

    assert not storage.exists(name)
    browser = client_of(county_reviewer)
    assert browser.get(f"/jobs/{job.pk}/result/").status_code == 404
    shown = browser.get(f"/jobs/{job.pk}/").content.decode()
    assert "结果文件已过保留期，已删除；需要时请重新执行" in shown
    again = browser.post(f"/jobs/{job.pk}/restart/").url
    assert again != job.get_absolute_url()
    run_waiting_jobs()
    assert browser.get(f"{again}result/").getvalue() == b"content"
    Job.objects.filter(pk=job.pk).update(finished_at="2020-01-01T00:00Z")
    assert forget_old_jobs() == 1


def test_a_foreign_address_is_no_way_back(country: Scope, county_reviewer: User, job: Job) -> None:
    with pytest.raises(ValueError, match="Not an address of this site"):
        enqueue("tests.pages", by=Actor.of(county_reviewer), back_url="https://evil.example/")
