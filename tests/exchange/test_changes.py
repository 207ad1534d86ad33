"""What an import would change, cell by cell: told in words, kept beside the upload, listed and downloaded."""

import io
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.exchange.domain import exports
from apps.exchange.domain.changes import Changes, in_words
from apps.exchange.files.columns import Column, Kind, SheetSpec
from apps.exchange.files.readings import Row
from apps.exchange.models import StoredUpload
from apps.exchange.pages import change_list
from apps.exchange.tasks import expire_uploads
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.organizations.models import Organization
from tests.exchange import contacts  # noqa: F401  (declares the import)
from tests.exchange.test_import_page import PAGE, contact_of, table, uploaded
from tests.exported import opened_export
from tests.pages import tags

pytestmark = [pytest.mark.urls("tests.exchange.contacts"), pytest.mark.usefixtures("country")]
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(province_officer: User, client_of: ClientOf) -> Client:
    Organization.objects.filter(code="420106").update(contact_name="张三", phone="027-1")
    Organization.objects.filter(code="420100").update(contact_name="赵六")
    return client_of(province_officer)


def cells(page: str) -> list[str]:
    return [tag.words for tag in tags(page, "td")]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (Column("a", "甲"), None, "空"),
        (Column("a", "甲"), "", "空"),
        (Column("a", "甲", Kind.CHOICE, choices=[("r1", "按家数")]), "r1", "按家数"),
        (Column("a", "甲", Kind.YESNO), False, "否"),
        (Column("a", "甲", Kind.WHOLE), 1_234_567, "1,234,567"),
        (Column("a", "甲", Kind.DECIMAL), Decimal("28.8000"), "28.8"),
        (Column("a", "甲", Kind.DECIMAL, percent=True), Decimal("52.0000"), "52%"),
        (Column("a", "甲", Kind.DATE), date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_values_are_told_as_people_read_them(column: Column, value: Any, words: str) -> None:
    assert in_words(column, value) == words


def test_the_page_lists_old_and_new_of_every_cell(browser: Client) -> None:
    page = uploaded(browser, ["420106", "李四", "027-1"], ["420100", "王五", None])

    shown = browser.get(page).content.decode()

    told = cells(shown)
    assert "已有数据中 2 处与表格不同" in shown
    assert told == [
        *("联系人", "2", "420106", "联系人", "张三", "李四"),
        *("联系人", "3", "420100", "联系人", "赵六", "王五"),
    ]


def test_the_list_is_narrowed_by_column_and_words(browser: Client) -> None:
    page = uploaded(browser, ["420106", "李四", "027-8"], ["420100", "王五", None])

    by_column = cells(browser.get(f"{page}&column=1").content.decode())
    by_words = cells(browser.get(f"{page}&words=赵六").content.decode())
    by_nonsense = browser.get(f"{page}&column=99")

    assert by_column[3:6] == ["联系电话", "027-1", "027-8"]
    assert len(by_column) == 6
    assert by_words[4:] == ["赵六", "王五"]
    assert by_nonsense.status_code == 200


def test_the_page_shows_some_and_the_workbook_all(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_list, "SHOWN_CHANGES", 1)
    page = uploaded(browser, ["420106", "李四", "027-8"], ["420100", "王五", None])

    shown = browser.get(page).content.decode()
    content = browser.get(f"{page}&changes").getvalue()

    assert len(cells(shown)) == 6
    assert "这里列出前" in shown
    sheet = opened_export(io.BytesIO(content))["变更"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["联系人", 2, "420106", "联系人", "张三", "李四"],
        ["联系人", 2, "420106", "联系电话", "027-1", "027-8"],
        ["联系人", 3, "420100", "联系人", "赵六", "王五"],
    ]


def test_many_changes_are_written_by_a_job(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    page = uploaded(browser, ["420106", "李四", "027-8"])

    asked = browser.get(f"{page}&changes")
    run_waiting_jobs()

    job = Job.objects.get()
    assert (asked.url, job.message) == (job.get_absolute_url(), "已导出 2 行")


def test_nothing_is_listed_where_everything_is_new(browser: Client) -> None:
    Organization.objects.update(contact_name="", phone="")
    page = uploaded(browser, ["420106", "李四", None])

    assert "将变更的内容" not in browser.get(page).content.decode()
    assert browser.get(f"{page}&changes").status_code == 200


def test_what_was_not_shown_is_not_imported(browser: Client) -> None:
    page = uploaded(browser, ["420106", "李四", "027-1"])
    Organization.objects.filter(code="420106").update(contact_name="周七")

    told = browser.post(page, follow=True).content.decode()

    assert "检查之后系统中的数据有了变化，请重新上传" in told
    assert contact_of("420106") == "周七"
    browser.post(uploaded(browser, ["420106", "李四", "027-1"]))
    assert contact_of("420106") == "李四"


def test_changes_go_with_their_upload(browser: Client) -> None:
    browser.post(PAGE, {"file": table(["420106", "李四", "027-1"])})
    upload = StoredUpload.objects.get()
    assert default_storage.exists(upload.changes.name)
    StoredUpload.objects.update(expires_at=timezone.now())

    expire_uploads()

    assert not default_storage.exists(upload.changes.name)


def test_a_hundred_thousand_changed_rows_take_little_memory() -> None:
    columns = (Column("code", "编号", Kind.CODE), Column("number", "数量", Kind.WHOLE))
    sheet = SheetSpec("目录", columns, key=("code",))
    changes = Changes()
    tracemalloc.start()

    for number in range(100_000):
        row = Row(sheet, number + 2, {"code": f"P{number:06d}", "number": number})
        changes.tell(row, "number", number, number * 7)
    packed = changes.packed()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(changes) == 100_000
    assert len(packed) < 3_000_000
    assert peak < 12_000_000
