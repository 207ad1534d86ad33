"""The page of an import while another file of the account is opened, and with files that cost too much."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from apps.accounts import middleware
from apps.accounts.models import User
from apps.exchange.models import StoredUpload
from apps.exchange.pages import import_page
from apps.jobs import running
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.quarantine.turns import JOB, PAGE, acting, turn
from apps.quarantine.walls import Limits
from tests.exchange import contacts  # noqa: F401  (declares the import)
from tests.exchange.samples import saved, workbook
from tests.exchange.test_file_bombs import empty_texts, unending_merges

pytestmark = [pytest.mark.urls("tests.exchange.contacts"), pytest.mark.usefixtures("country")]
HERE = "/tests/FL-1/contacts/"
GOOD = ["420106", "李四", "027-8888"]
OWN = "您的另一个文件还没有检查完"


@pytest.fixture
def browser(province_officer: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(province_officer)


@pytest.fixture(autouse=True)
def hurried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places of our own, and nobody waits long."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(middleware, "PAGE", replace(PAGE, own_patience=0.1))
    monkeypatch.setattr(running, "JOB", replace(JOB, own_patience=0.1))


@contextmanager
def at_work(account: User) -> Iterator[None]:
    """Another file of the account is being opened."""
    with acting(account.pk, JOB), turn():
        yield


def table(*rows: list[str]) -> io.BytesIO:
    return named(saved(workbook(rows, titles=["机构编码", "联系人", "联系电话"], sheet="联系人")))


def named(file: io.BytesIO) -> io.BytesIO:
    file.name = "联系人.xlsx"
    return file


def test_an_upload_beside_another_is_told_so_and_not_kept(
    browser: Client, province_officer: User
) -> None:
    with at_work(province_officer):
        response = browser.post(HERE, {"file": table(GOOD)})

    assert response.status_code == 422
    assert OWN in response.content.decode()
    assert not StoredUpload.objects.exists()


def test_somebody_elses_file_is_no_concern(browser: Client, alliance_officer: User) -> None:
    with at_work(alliance_officer):
        assert browser.post(HERE, {"file": table(GOOD)}).status_code == 302


def test_what_was_checked_stays_when_its_turn_does_not_come(
    browser: Client, province_officer: User
) -> None:
    page = browser.post(HERE, {"file": table(GOOD, ["999999", "王五", ""])}).url
    before = StoredUpload.objects.get().problem_count

    with at_work(province_officer):
        report = browser.get(f"{page}&report", follow=True)
        applied = browser.post(page, follow=True)

    assert OWN in report.content.decode()
    assert OWN in applied.content.decode()
    assert StoredUpload.objects.get().problem_count == before == 1


def test_a_job_waits_for_its_turn_and_says_so(
    browser: Client, province_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_page, "AT_ONCE", 1)
    browser.post(HERE, {"file": table(GOOD, ["420100", "王五", ""])})

    with at_work(province_officer):
        run_waiting_jobs()

    assert OWN in Job.objects.get().message


@pytest.mark.parametrize("bomb", [unending_merges, empty_texts])
def test_a_bomb_is_answered_in_one_sentence(
    browser: Client, bomb: Callable[[], io.BytesIO]
) -> None:
    response = browser.post(HERE, {"file": named(bomb())})

    assert response.status_code in {302, 422}
    assert browser.post(HERE, {"file": table(GOOD)}).status_code == 302


@pytest.mark.parametrize("lane", ["page", "job"])
def test_what_costs_more_than_it_may_is_told_so(
    browser: Client, lane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by the worker: nothing is opened without limits."""
    upload = table(GOOD, ["420100", "王五", ""])
    scarce = Limits(told=10)
    if lane == "page":
        monkeypatch.setattr(middleware, "PAGE", replace(PAGE, limits=scarce))
        assert "文件内容过于复杂" in browser.post(HERE, {"file": upload}).content.decode()
        return
    monkeypatch.setattr(import_page, "AT_ONCE", 1)
    monkeypatch.setattr(running, "JOB", replace(JOB, limits=scarce))
    browser.post(HERE, {"file": upload})
    run_waiting_jobs()

    shown = browser.get(Job.objects.get().link_url).content.decode()
    assert "文件内容过于复杂" in shown
