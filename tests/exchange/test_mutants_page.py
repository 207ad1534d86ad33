"""Damaged workbooks through the page and through the job: never a 500, and an error report for each that was kept."""

import io
import time
import zipfile
import zlib
from random import Random

import pytest

from apps.exchange.models import StoredUpload
from apps.exchange.pages import import_page
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job, Status
from tests.exchange import contacts  # noqa: F401  (declares the import)
from tests.exchange.mutating import mutant
from tests.exchange.oddities import ODDITIES

pytestmark = [pytest.mark.urls("tests.exchange.contacts"), pytest.mark.usefixtures("country")]
PAGE = "/tests/FL-1/contacts/"
WORDS = {
    "产品编码": "机构编码",
    "品种名称": "联系人",
    "转换比": "联系电话",
    "目录": "联系人",
    "A01": "420106",
}
SECONDS = 8


def of_contacts(file):
    """The sample's words exchanged for those of the page's own table."""
    target = io.BytesIO()
    try:
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
            for entry in old.infolist():
                content = old.read(entry)
                for ours, theirs in WORDS.items():
                    content = content.replace(ours.encode(), theirs.encode())
                new.writestr(entry.filename, content)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
    ):
        target = file
    target.seek(0)
    target.name = "联系人.xlsx"
    return target


def answered(browser, file):
    """The statuses of the upload, of its outcome, and of the error report."""
    response = browser.post(PAGE, {"file": file})
    statuses = [response.status_code]
    if response.status_code == 302 and "upload" in response.url:
        for url in (response.url, f"{response.url}&report"):
            page = browser.get(url)
            assert page.getvalue()  # and the file behind it is closed
            statuses.append(page.status_code)
    return statuses


@pytest.fixture
def browser(province_officer, client_of):
    return client_of(province_officer)


@pytest.mark.parametrize(
    "name", ["plain", "strict", "empty fill", "missing drawing", "styles cut off"]
)
def test_odd_workbooks_reach_the_check(browser, name):
    assert answered(browser, of_contacts(ODDITIES[name]())) == [302, 200, 200]


def test_damaged_workbooks(browser):
    until, first, tried = time.monotonic() + SECONDS, time.time_ns() % 10**9, 0
    while time.monotonic() < until:
        name, file = mutant(Random(first + tried))
        assert max(answered(browser, of_contacts(file))) < 500, (name, first + tried)
        tried += 1
    assert tried


def test_damaged_workbooks_in_a_job(browser, monkeypatch):
    monkeypatch.setattr(import_page, "is_long", lambda _upload: True)
    until, first, tried = time.monotonic() + SECONDS, time.time_ns() % 10**9, 0
    while time.monotonic() < until:
        _name, file = mutant(Random(first + tried))
        assert browser.post(PAGE, {"file": of_contacts(file)}).status_code < 500
        run_waiting_jobs()
        tried += 1
    assert tried
    broken = Job.objects.filter(status=Status.FAILED)
    assert [job.message for job in broken] == []
    assert StoredUpload.objects.count() == Job.objects.count()
