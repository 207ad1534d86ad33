"""The live bar, as somebody sees it who stays on the page."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.jobs import registry
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job, Status
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.jobs.services import enqueue
from apps.scope.context import Scope
from tests.browser import fits, serious
from tests.waiting import becomes

pytestmark = pytest.mark.browser


@pytest.fixture
def job(country: Scope, county_reviewer: User) -> Iterator[Job]:
    def work(job: JobRun) -> None:
        job.result(BytesIO(b"content"), "明细.xlsx")
        job.say("已导出 120,000 行")

    background("tests.live", title="导出协议量明细")(work)
    yield enqueue("tests.live", by=Actor.of(county_reviewer))
    registry._declared.pop("tests.live")


def test_the_bar_moves_and_the_page_ends_with_the_result(
    page: Page, job: Job, client_of: Callable[[User], Client], county_reviewer: User
) -> None:
    session = client_of(county_reviewer).cookies["sessionid"].value
    page.goto("/accounts/login/")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])
    mine = Job.objects.filter(pk=job.pk)

    page.goto(job.get_absolute_url())
    expect(page.locator("[data-job-message]")).to_have_text("排队中")
    mine.update(
        status=Status.RUNNING,
        started_at=timezone.now(),
        done=41_200,
        total=120_000,
        message="正在写入",
    )
    expect(page.locator("[data-job-count]")).to_have_text("41,200 / 120,000")
    expect(page.locator("[data-job-message]")).to_have_text("正在写入")
    bar = page.locator("[data-job-bar]")
    becomes(lambda: bar.evaluate("bar => bar.position"), pytest.approx(0.343, abs=0.01))
    assert fits(page)
    mine.update(status=Status.WAITING)
    run_waiting_jobs()

    expect(page.get_by_role("link", name="下载结果")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载结果").click()
    assert download.value.suggested_filename == "明细.xlsx"
    assert serious(page) == []
