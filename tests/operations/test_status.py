"""运行状态: the page, and the same figures for Prometheus."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.domain.security import Verb
from apps.audit.models import LogEntry
from apps.audit.services import Entry, record_many
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.operations.domain import backups
from apps.operations.domain.sql import written
from apps.operations.domain.standing import Measure, measures
from apps.operations.pages.status import SEEN
from apps.scope.context import whole_country
from apps.scope.database import rows, run
from tests.jobs import work

pytestmark = pytest.mark.django_db


def measure(name: str, **labels: str) -> Measure:
    return next(
        each
        for each in measures()
        if each.name == name and labels.items() <= dict(each.labels).items()
    )


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Any) -> None:
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.MAINTENANCE_FILE = tmp_path / "maintenance.json"


def beat(seconds_ago: float) -> None:
    run("DELETE FROM procrastinate_workers")
    at = timezone.now() - timedelta(seconds=seconds_ago)
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])
    assert ProcrastinateWorker.objects.count() == 1


def test_a_worker_that_does_not_say_that_it_lives_is_wrong() -> None:
    assert (
        measure("worker_heartbeat_seconds").value,
        measure("worker_heartbeat_seconds").is_wrong,
    ) == (None, True)
    beat(3)
    assert not measure("worker_heartbeat_seconds").is_wrong
    beat(90)
    assert measure("worker_heartbeat_seconds").is_wrong


def test_the_oldest_waiting_job_is_told(country: Any, province_officer: User) -> None:
    assert work.halfway
    assert measure("jobs_waiting_seconds").value == 0
    job = enqueue("tests.halfway", by=Actor.of(province_officer), go="x")
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=20))

    assert measure("jobs_waiting_seconds").is_wrong
    assert measure("jobs", status="waiting").value == 1


def logged(verb: str, count: int) -> None:
    entries = [Entry(verb=verb, object="x", sentence="x", path="/0/") for _ in range(count)]
    with whole_country(reason="test"):
        record_many(by=None, entries=entries)


def test_what_people_do_and_are_refused_is_told_by_the_minute(time_machine: Any) -> None:
    time_machine.move_to(timezone.now() - timedelta(minutes=11), tick=True)
    logged("上报", 7)
    time_machine.move_to(timezone.now() + timedelta(minutes=11), tick=True)
    logged("上报", 5)
    logged("提交", 1)
    logged(Verb.REFUSED, 10)

    assert measure("reports_per_minute", kind="report").value == 0.5
    assert measure("reports_per_minute", kind="submit").value == 0.1
    assert measure("refusals_per_minute", kind="right").value == 1
    assert measure("refusals_per_minute", kind="login").value == 0
    assert not measure("refusals_per_minute", kind="right").is_wrong
    logged(Verb.LOGIN_FAILED, 300)
    assert measure("refusals_per_minute", kind="login").is_wrong


@pytest.mark.django_db(transaction=True)
def test_rows_that_were_written_are_counted() -> None:
    before = written([LogEntry])
    logged("上报", 3)
    rows("SELECT pg_stat_force_next_flush()")

    assert written([LogEntry]) == before + 3


def test_the_page_says_how_fast_sheets_are_saved_since_it_was_opened_last(
    client_of: Any, system_administrator: User
) -> None:
    browser = client_of(system_administrator)
    assert "再次打开本页时显示" in browser.get("/operations/").content.decode()
    session = browser.session
    seen = session[SEEN]
    session[SEEN] = {
        "at": seen["at"] - 120,
        "sheet_rows_total": seen["sheet_rows_total"] - 600,
    }
    session.save()

    page = browser.get("/operations/").content.decode()

    assert "上次打开以来，2.0 分钟" in page
    assert "再次打开本页时显示" not in page
    assert any(f">{pace}<" in page for pace in ("300.0", "299.9", "299.8", "299.7", "299.6"))


def test_backups_and_their_proofs_grow_old(tmp_path: Any) -> None:
    assert measure("backup_age_seconds").is_wrong
    now = timezone.now()
    folder = tmp_path / "backups" / now.strftime(backups.STAMP)
    folder.mkdir(parents=True)
    backups.write(folder / backups.MANIFEST, backups.Manifest(now.isoformat(), "", {}, {}))
    assert not measure("backup_age_seconds").is_wrong
    assert measure("restore_proven_age_seconds").is_wrong
    assert measure("restore_drill_differences").value is None
    backups.write(folder / backups.PROVEN, backups.Proof(now.isoformat(), 1.0, ["x"]))
    assert measure("restore_proven_age_seconds").is_wrong
    assert measure("restore_drill_differences").is_wrong
    backups.write(folder / backups.PROVEN, backups.Proof(now.isoformat(), 1.0))
    assert not measure("restore_proven_age_seconds").is_wrong


def test_the_page_says_what_needs_somebody(client_of: Any, system_administrator: User) -> None:
    page = client_of(system_administrator).get("/operations/").content.decode()

    assert "有需要处理的情况" in page
    assert "最近一次备份" in page
    assert "还没有备份" in page


def test_the_page_says_what_the_nightly_restore_came_to(
    client_of: Any, system_administrator: User, tmp_path: Any
) -> None:
    """None yet; rows that differ; all well."""
    browser, now = client_of(system_administrator), timezone.now()
    folder = tmp_path / "backups" / now.strftime(backups.STAMP)
    folder.mkdir(parents=True)
    backups.write(folder / backups.MANIFEST, backups.Manifest(now.isoformat(), "", {}, {}))
    proof = folder / backups.PROVEN

    def told() -> str:
        page: str = browser.get("/operations/").content.decode()
        return page.partition("最近的备份")[2]

    assert "未演练" in told()
    backups.write(
        proof, backups.Proof(now.isoformat(), 1.0, ["reporting_demandline: 3 行，备份 4 行"])
    )
    assert "未通过" in told()
    assert "reporting_demandline: 3 行，备份 4 行" in told()
    backups.write(proof, backups.Proof(now.isoformat(), 1.0))
    assert "通过" in told()
    assert "未通过" not in told()


def test_prometheus_gets_the_same(client: Any, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    beat(3)

    told = client.get("/metrics").content.decode()

    assert "fenliang_database_up 1.0" in told
    assert 'fenliang_jobs{status="waiting"} 0.0' in told
    assert "fenliang_worker_heartbeat_seconds " in told
    assert all(f"fenliang_{each.name}" in told for each in measures() if each.value is not None)


def test_people_hear_that_nobody_does_their_job(
    country: Any, client_of: Any, province_officer: User
) -> None:
    job = enqueue("tests.halfway", by=Actor.of(province_officer), go="x")
    browser = client_of(province_officer)
    assert "没有响应" not in browser.get(f"/jobs/{job.pk}/").content.decode()
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(seconds=20))

    assert "后台处理程序暂时没有响应" in browser.get(f"/jobs/{job.pk}/").content.decode()
    assert "没有响应" in browser.get(f"/jobs/{job.pk}/status/").json()["message"]
    beat(3)
    assert "没有响应" not in browser.get(f"/jobs/{job.pk}/").content.decode()


def test_people_hear_how_long_a_queue_takes(
    country: Any, client_of: Any, province_officer: User, alliance_officer: User
) -> None:
    """By what others of the kind took lately."""
    beat(3)
    now = timezone.now()
    job = enqueue("tests.halfway", by=Actor.of(province_officer), go="x")
    other = enqueue("tests.halfway", by=Actor.of(alliance_officer), go="y")
    Job.objects.filter(pk=job.pk).update(created_at=now - timedelta(seconds=20))
    browser = client_of(province_officer)
    page = f"/jobs/{job.pk}/status/"

    assert browser.get(page).json()["message"] == "排队较久，请稍候，可以离开本页"

    done = {"status": "succeeded", "finished_at": now - timedelta(minutes=5)}
    Job.objects.filter(pk=other.pk).update(created_at=now - timedelta(minutes=8, seconds=1), **done)
    assert "同类任务最近通常 4 分钟内完成" in browser.get(page).json()["message"]
