import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.exchange.models import StoredUpload
from apps.exchange.pages import import_page
from apps.exchange.tasks import expire_uploads
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.organizations.models import Organization
from tests.exchange import contacts  # noqa: F401  (declares the import)
from tests.exchange.samples import saved, workbook

pytestmark = [pytest.mark.urls("tests.exchange.contacts"), pytest.mark.usefixtures("country")]
PAGE = "/tests/FL-1/contacts/"
TITLES = ["机构编码", "联系人", "联系电话"]
GOOD = ["420106", "李四", "027-8888"]
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(province_officer: User, client_of: ClientOf) -> Client:
    return client_of(province_officer)


def table(*rows: list[Any]) -> io.BytesIO:
    file = saved(workbook(rows, titles=TITLES, sheet="联系人"))
    file.name = "联系人.xlsx"
    return file


def contact_of(code: str) -> str:
    return Organization.objects.get(code=code).contact_name


def uploaded(browser: Client, *rows: list[Any]) -> str:
    response = browser.post(PAGE, {"file": table(*rows)})
    assert response.status_code == 302
    return response.url


def test_upload_shows_what_would_happen_and_import_does_it(browser: Client) -> None:
    page = uploaded(browser, GOOD, ["420100", "王五", None])

    shown = browser.get(page).content.decode()
    assert "检查通过" in shown
    assert contact_of("420106") == ""
    done = browser.post(page, follow=True)

    assert "导入成功：新增 2，变更 0，不变 0。" in done.content.decode()
    assert contact_of("420106") == "李四"
    assert LogEntry.objects.filter(verb="导入").count() == 1


def test_the_same_file_again_changes_nothing(browser: Client) -> None:
    browser.post(uploaded(browser, GOOD))

    page = uploaded(browser, GOOD)
    shown = browser.get(page).content.decode()

    assert "文件内容与系统中的数据完全相同" in shown
    assert ">导入</a>" not in shown
    browser.post(page)
    assert LogEntry.objects.filter(verb="导入").count() == 1


def test_one_wrong_row_and_nothing_is_written(browser: Client) -> None:
    page = uploaded(browser, GOOD, ["999999", "王五", None], ["420100", None, None])

    shown = browser.get(page).content.decode()
    browser.post(page)

    assert "没有编码为 999999 的机构" in shown
    assert "必填，不能为空" in shown
    assert ">导入</a>" not in shown
    assert contact_of("420106") == ""


def test_the_error_report_is_the_clerks_own_workbook_with_marks(browser: Client) -> None:
    page = uploaded(browser, GOOD, ["999999", "王五", None])

    response = browser.get(f"{page}&report")
    book = load_workbook(io.BytesIO(response.getvalue()))

    assert (
        "filename*=utf-8''%E8%81%94%E7%B3%BB%E4%BA%BA-%E9%94%99" in response["Content-Disposition"]
    )
    assert book.sheetnames == ["问题清单", "联系人"]
    assert book["联系人"]["A3"].comment.text == "没有编码为 999999 的机构"
    assert book["联系人"]["A3"].fill.fgColor.rgb == "00FFD6D6"
    assert book["联系人"]["A2"].comment is None


def test_what_is_not_in_scope_cannot_be_imported(browser: Client) -> None:
    page = uploaded(browser, ["14", "外省", None])

    assert "没有编码为 14 的机构" in browser.get(page).content.decode()


def test_a_refused_file_is_told_on_the_form(browser: Client) -> None:
    file = io.BytesIO(b"%PDF-1.7")
    file.name = "目录.xlsx"

    response = browser.post(PAGE, {"file": file})

    assert response.status_code == 422
    assert "这是一个 PDF 文件" in response.content.decode()
    assert not StoredUpload.objects.exists()


def test_no_file_is_told_on_the_form(browser: Client) -> None:
    assert "请先选择要导入的文件" in browser.post(PAGE).content.decode()


def test_the_template_comes_filled_and_belongs_to_its_project(browser: Client) -> None:
    response = browser.get(f"{PAGE}?template")
    content = io.BytesIO(response.getvalue())
    content.name = "模板.xlsx"

    assert response["Content-Disposition"].startswith(
        'attachment; filename="download.xlsx"; filename*='
    )
    page = browser.post("/tests/FL-2/contacts/", {"file": content}).url
    assert "这份模板的项目是“FL-1”，现在导入的项目是“FL-2”" in browser.get(page).content.decode()


@pytest.mark.parametrize("other", ["another project", "another person"])
def test_an_upload_is_its_owners_and_its_projects(
    browser: Client, other: str, client_of: ClientOf, alliance_officer: User
) -> None:
    page = uploaded(browser, GOOD)
    asking = browser if other == "another project" else client_of(alliance_officer)
    address = page.replace("FL-1", "FL-2") if other == "another project" else page

    response = asking.post(address, follow=True)

    assert "上传的文件已过期，请重新上传" in response.content.decode()
    assert contact_of("420106") == ""


def test_a_second_click_imports_nothing_more(browser: Client) -> None:
    page = uploaded(browser, GOOD)
    browser.post(page)

    again = browser.post(page, follow=True)

    assert "这份文件已经导入过了" in again.content.decode()
    assert LogEntry.objects.filter(verb="导入").count() == 1


def test_a_file_that_was_changed_after_its_check_is_not_imported(browser: Client) -> None:
    page = uploaded(browser, GOOD)
    upload = StoredUpload.objects.get()
    with upload.file.open("wb") as stored:
        stored.write(table(["420106", "坏人", None]).getvalue())

    shown = browser.post(page, follow=True)

    assert "上传的文件已被改动" in shown.content.decode()
    assert contact_of("420106") == ""


def test_the_services_refusal_is_told_and_rolls_back(browser: Client) -> None:
    page = uploaded(browser, GOOD, ["420100", "放假", None])

    shown = browser.post(page, follow=True).content.decode()

    assert "单位正在放假，不能修改" in shown
    assert contact_of("420106") == ""


def test_data_that_changed_since_the_check_are_checked_again(browser: Client) -> None:
    page = uploaded(browser, GOOD)
    Organization.objects.filter(code="420106").update(is_active=False)

    shown = browser.post(page, follow=True).content.decode()

    assert "数据在检查之后有了变化" in shown
    assert "没有编码为 420106 的机构" in shown


def test_long_files_are_checked_and_imported_as_jobs(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_page, "AT_ONCE", 1)
    checking = browser.post(PAGE, {"file": table(GOOD, ["420100", "王五", None])})
    run_waiting_jobs()
    job = Job.objects.get()
    assert checking.url == job.get_absolute_url()
    assert (job.message, job.link_label) == ("新增 2，变更 0，不变 0", "查看检查结果")

    applying = browser.post(job.link_url)
    run_waiting_jobs()

    done = Job.objects.exclude(pk=job.pk).get()
    assert (applying.url, done.message) == (
        done.get_absolute_url(),
        "已导入：新增 2，变更 0，不变 0",
    )
    assert contact_of("420106") == "李四"


def test_long_files_with_errors_bring_their_report(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_page, "AT_ONCE", 1)
    browser.post(PAGE, {"file": table(GOOD, ["999999", "王五", None])})
    run_waiting_jobs()
    job = Job.objects.get()

    report = browser.get(f"{job.link_url}&report", follow=True)

    book = load_workbook(io.BytesIO(report.getvalue()))
    assert book["联系人"]["A3"].comment.text == "没有编码为 999999 的机构"


def test_a_monstrous_file_of_few_rows_is_a_job_too(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_page, "TAGS_AT_ONCE", 20)

    response = browser.post(PAGE, {"file": table(GOOD)})

    assert response.url == Job.objects.get().get_absolute_url()


def test_pages_of_an_import_cost_few_queries(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    page = uploaded(browser, GOOD)

    with django_assert_max_num_queries(8):
        browser.get(page)


def test_uploads_past_their_time_go_with_their_files(browser: Client) -> None:
    page = uploaded(browser, GOOD)
    upload = StoredUpload.objects.get()
    StoredUpload.objects.update(expires_at=timezone.now())

    expire_uploads()

    assert not StoredUpload.objects.exists()
    assert not default_storage.exists(upload.file.name)
    assert "上传的文件已过期" in browser.get(page, follow=True).content.decode()


def test_a_long_template_is_filled_in_by_a_job(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_page, "AT_ONCE", 1)

    asked = browser.get(f"{PAGE}?template")
    run_waiting_jobs()

    job = Job.objects.get()
    assert asked.url == job.get_absolute_url()
    assert job.result_name == "联系人-FL-1-模板.xlsx"
    content = browser.get(f"{job.get_absolute_url()}result/").getvalue()
    assert "420106" in [row[0].value for row in load_workbook(io.BytesIO(content))["联系人"]]


def test_somebody_with_too_many_jobs_is_told_so(
    browser: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(import_page, "AT_ONCE", 1)
    settings.JOBS_UNFINISHED_PER_OWNER = 1
    browser.post(PAGE, {"file": table(GOOD, ["420100", "王五", None])})

    for shown in (
        browser.post(PAGE, {"file": table(GOOD, ["420100", "赵六", None])}, follow=True),
        browser.get(f"{PAGE}?template", follow=True),
    ):
        assert "您已有 1 项任务没有完成" in shown.content.decode()
    assert Job.objects.count() == 1


def test_the_report_of_data_that_changed_comes_with_the_job(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_page, "AT_ONCE", 1)
    browser.post(PAGE, {"file": table(GOOD, ["420100", "王五", None])})
    run_waiting_jobs()
    checked = Job.objects.get()
    Organization.objects.filter(code="420106").update(is_active=False)

    browser.post(checked.link_url)
    run_waiting_jobs()

    applied = Job.objects.exclude(pk=checked.pk).get()
    assert applied.message == "数据在检查之后有了变化，现在有问题，没有导入任何数据"
    content = browser.get(f"{applied.get_absolute_url()}report/").getvalue()
    assert load_workbook(io.BytesIO(content))["联系人"]["A2"].comment is not None
    assert contact_of("420100") == ""
