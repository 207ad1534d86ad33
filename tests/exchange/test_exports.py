import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from tests.exchange import contacts  # noqa: F401  (declares the export)
from tests.exported import opened_export

pytestmark = [pytest.mark.urls("tests.exchange.contacts"), pytest.mark.usefixtures("country")]
PAGE = "/tests/export/"


@pytest.fixture
def browser(city_reviewer: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(city_reviewer)


def test_a_short_export_comes_at_once_in_the_persons_scope(browser: Client) -> None:
    response = browser.get(PAGE)
    book = opened_export(io.BytesIO(response.getvalue()))

    codes = [row[0].value for row in book["联系人"].iter_rows(min_row=2)]
    assert "420106" in codes
    assert "42" not in codes
    assert {row[0].value: row[1].value for row in book["导出说明"]}["项目"] == "FL-1 中成药"
    assert response["Content-Disposition"].startswith(
        'attachment; filename="download.xlsx"; filename*='
    )
    assert response["Cache-Control"] == "private, no-store"
    [entry] = LogEntry.objects.filter(verb="导出")
    assert (entry.sentence, entry.project_code) == (f"导出联系人，共 {len(codes)} 行", "FL-1")


def test_csv_is_the_other_format(browser: Client) -> None:
    response = browser.get(f"{PAGE}?format=csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.getvalue().decode("utf-8-sig").startswith("机构编码,联系人,联系电话\r\n420100,")


def test_a_long_export_becomes_a_job_whose_file_its_owner_gets(
    browser: Client, client_of: Callable[[User], Client], county_reviewer: User
) -> None:
    response = browser.get(
        f"{PAGE}?many=5000", headers={"Referer": "http://testserver/portal/?q=1"}
    )
    run_waiting_jobs()
    job = Job.objects.get()

    assert response.url == job.get_absolute_url()
    assert (job.message, job.done, job.total, job.back_url) == (
        "已导出 5,000 行",
        5_000,
        5_000,
        "/portal/?q=1",
    )
    content = browser.get(f"{job.get_absolute_url()}result/").getvalue()
    assert load_workbook(io.BytesIO(content), read_only=True)["导出说明"]["B6"].value == 5_000
    assert client_of(county_reviewer).get(f"{job.get_absolute_url()}result/").status_code == 404


def test_a_second_click_leads_to_the_same_job(browser: Client) -> None:
    first, second = (browser.get(f"{PAGE}?many=5000") for _ in range(2))

    assert first.url == second.url == Job.objects.get().get_absolute_url()


def test_somebody_with_too_many_jobs_is_told_so(browser: Client, settings: Any) -> None:
    settings.JOBS_UNFINISHED_PER_OWNER = 1
    browser.get(f"{PAGE}?many=5000")

    refused = browser.get(f"{PAGE}?many=6000", follow=True)

    assert "您已有 1 项任务没有完成" in refused.content.decode()
    assert Job.objects.count() == 1


def test_a_long_csv_is_a_job_too(browser: Client) -> None:
    browser.get(f"{PAGE}?many=5000&format=csv")
    run_waiting_jobs()

    job = Job.objects.get()
    content = browser.get(f"{job.get_absolute_url()}result/").getvalue().decode("utf-8-sig")
    assert job.result_name.endswith(".csv")
    assert len(content.splitlines()) == 5_001
