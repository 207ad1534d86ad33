"""Killed in the middle of an import and of an export: nothing half written, and done once by the next worker."""

import io
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.exchange.domain.exports import job_name
from apps.exchange.domain.import_jobs import apply_job
from apps.exchange.domain.imports import check_stored, store_upload
from apps.exchange.models import StoredUpload
from apps.jobs.models import Status
from apps.jobs.services import enqueue
from apps.organizations.models import Organization
from tests.exchange.killed import ROWS, SLOW_EXPORT, SLOW_IMPORT
from tests.exchange.samples import saved, workbook
from tests.exported import opened_export
from tests.jobs.real_worker import Worker, wait_for, wait_for_file, workers

pytestmark = pytest.mark.django_db(transaction=True)
TITLES = ["机构编码", "联系人", "联系电话"]


@pytest.fixture
def start_worker() -> Iterator[Callable[[], Worker]]:
    with workers() as start:
        yield start


def kill(worker: Worker) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def contacts_of(*codes: str) -> list[str]:
    return [Organization.objects.get(code=code).contact_name for code in codes]


def test_an_import_is_taken_up_and_applied_once(
    start_worker: Callable[[], Worker], country: Any, province_officer: User, tmp_path: Path
) -> None:
    by, go = Actor.of(province_officer), tmp_path / "go"
    file = saved(workbook([["420106", "李四"], ["420100", "王五"]], titles=TITLES, sheet="联系人"))
    upload = store_upload(SLOW_IMPORT, file, "联系人.xlsx", by=by, context={"go": str(go)})
    check_stored(SLOW_IMPORT, upload)
    job = enqueue(apply_job(SLOW_IMPORT), by=by, upload_id=upload.pk, page_url="/")
    worker = start_worker()
    wait_for_file(Path(f"{go}.half"))  # the first row is written, the second is not

    kill(worker)

    assert contacts_of("420106", "420100") == ["", ""]
    assert StoredUpload.objects.get().applied_at is None
    go.touch()
    start_worker()
    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.attempt) == (Status.SUCCEEDED, 2)
    assert job.message == "已导入：新增 2，变更 0，不变 0"
    assert contacts_of("420106", "420100") == ["李四", "王五"]
    assert LogEntry.objects.filter(verb="导入").count() == 1


def test_an_export_is_taken_up_and_complete(
    start_worker: Callable[[], Worker], country: Any, province_officer: User, tmp_path: Path
) -> None:
    by, go = Actor.of(province_officer), tmp_path / "go"
    context = {"go": str(go)}
    job = enqueue(job_name(SLOW_EXPORT), by=by, context=context, extension="xlsx")
    worker = start_worker()
    wait_for(job, lambda job: job.done >= ROWS // 2 - 1_000)

    kill(worker)

    assert not default_storage.exists(f"jobs/{job.token}")
    go.touch()
    start_worker()
    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.attempt, job.done) == (Status.SUCCEEDED, 2, ROWS)
    with job.result.open() as stored:
        book = opened_export(io.BytesIO(stored.read()))
    told = {row[0].value: row[1].value for row in book["导出说明"]}
    assert told["总行数"] == ROWS
    assert sum(1 for _ in book["联系人"].iter_rows(min_row=2)) == ROWS
    assert LogEntry.objects.filter(verb="导出").count() == 1
