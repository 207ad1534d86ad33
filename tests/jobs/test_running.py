from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.jobs import registry
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job, Status
from apps.jobs.registry import background
from apps.jobs.running import MAX_ATTEMPTS, JobCancelled, JobFailed, JobRun, run_job
from apps.jobs.services import TooManyJobs, cancel, enqueue, restart
from apps.organizations.models import Organization
from apps.scope.context import Scope, current_scope, whole_country

Declare = Callable[..., None]


@pytest.fixture
def declare() -> Iterator[Declare]:
    """Declare work under the name "tests.work" for the length of the test."""

    def declared(work: Callable[..., None], **options: Any) -> None:
        background("tests.work", title="测试任务", **options)(work)

    yield declared
    registry._declared.pop("tests.work", None)


@pytest.fixture
def ask(country: Scope, province_officer: User) -> Callable[..., Job]:
    def asked(**params: Any) -> Job:
        return enqueue("tests.work", by=Actor.of(province_officer), **params)

    return asked


def test_work_runs_once_in_the_scope_of_its_owner(
    declare: Declare, ask: Callable[..., Job], province_officer: User
) -> None:
    seen: list[Any] = []

    def work(job: JobRun, *, code: str) -> None:
        units = Organization.objects.order_by("path").values_list("code", flat=True)
        seen.append((code, job.actor.user, current_scope().paths, set(units)))

    declare(work)
    job = ask(code="P1")

    assert run_waiting_jobs() == 1
    run_job(job.pk)  # handed out once more: it is done already

    [(code, user, paths, units)] = seen
    assert (code, user, paths) == ("P1", province_officer, (province_officer.path,))
    assert "420106" in units
    assert "14" not in units
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.SUCCEEDED, 1)


def test_effects_of_failing_work_are_rolled_back(declare: Declare, ask: Callable[..., Job]) -> None:
    def work(job: JobRun) -> None:
        Organization.objects.filter(code="420106").update(contact_name="改了")
        job.result(BytesIO(b"half"), "半.xlsx")
        raise JobFailed("缺少中选结果，请先导入")

    declare(work)
    job = ask()

    run_waiting_jobs()

    job.refresh_from_db()
    assert (job.status, job.message) == (Status.FAILED, "缺少中选结果，请先导入")
    assert not job.result
    assert default_storage.listdir("jobs")[0].count(job.token) == 0
    assert Organization.objects.get(code="420106").contact_name == ""


def test_unexpected_errors_are_told_without_their_details(
    declare: Declare, ask: Callable[..., Job]
) -> None:
    def work(job: JobRun) -> None:
        raise ZeroDivisionError("secret detail")

    declare(work)
    job = ask()

    with pytest.raises(ZeroDivisionError):
        run_job(job.pk)

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert job.message == f"处理时出错，没有写入任何数据。任务编号 {job.pk}"


def test_the_sentence_of_a_declared_refusal_reaches_the_owner(
    declare: Declare, ask: Callable[..., Job]
) -> None:
    class WindowClosed(Exception):
        pass

    def work(job: JobRun) -> None:
        raise WindowClosed("填报时间已结束")

    declare(work, refusals=[WindowClosed])
    job = ask()

    run_waiting_jobs()

    job.refresh_from_db()
    assert (job.status, job.message) == (Status.FAILED, "填报时间已结束")


@pytest.mark.parametrize("lost", ["right", "account"])
def test_a_job_whose_owner_lost_the_right_is_refused_at_its_start(
    declare: Declare, ask: Callable[..., Job], province_officer: User, lost: str
) -> None:
    declare(lambda _job: pytest.fail("must not run"), permissions=[Permission.IMPORT])
    job = ask()
    if lost == "right":
        city = Organization.objects.get(code="420100")
        moved = {"role": "city", "organization": city, "path": city.path}
        User.objects.filter(pk=province_officer.pk).update(**moved)
    else:
        User.objects.filter(pk=province_officer.pk).update(is_active=False)

    run_waiting_jobs()

    job.refresh_from_db()
    assert job.status == Status.REFUSED
    assert "没有执行" in job.message


def test_a_waiting_job_is_cancelled_at_once(declare: Declare, ask: Callable[..., Job]) -> None:
    declare(lambda _job: pytest.fail("must not run"))
    job = cancel(ask())

    assert job.status == Status.CANCELLED
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.CANCELLED, 0)


def test_cancelling_running_work_rolls_it_back_and_it_can_be_started_again(
    declare: Declare, ask: Callable[..., Job], province_officer: User
) -> None:
    def work(job: JobRun) -> None:
        Organization.objects.filter(code="420106").update(contact_name="改了")
        raise JobCancelled

    declare(work)
    job = ask()

    run_waiting_jobs()

    job.refresh_from_db()
    assert (job.status, job.message) == (Status.CANCELLED, "已取消，没有写入任何数据")
    assert Organization.objects.get(code="420106").contact_name == ""
    again = restart(job, by=Actor.of(province_officer))
    assert (again.status, again.params, again.pk != job.pk) == (Status.WAITING, job.params, True)


def test_a_start_that_was_believed_dead_is_rolled_back(
    declare: Declare, ask: Callable[..., Job]
) -> None:
    def work(job: JobRun) -> None:
        Organization.objects.filter(code="420106").update(contact_name="改了")
        # The queue believed this start dead, and another worker has taken the job up.
        with whole_country(reason="test"):
            Job.objects.filter(pk=job.job.pk).update(attempt=job.job.attempt + 1)

    declare(work)
    job = ask()

    run_waiting_jobs()

    job.refresh_from_db()
    assert job.status == Status.RUNNING
    assert Organization.objects.get(code="420106").contact_name == ""


def test_a_job_that_keeps_killing_its_worker_is_given_up(
    declare: Declare, ask: Callable[..., Job]
) -> None:
    declare(lambda _job: pytest.fail("must not run"))
    job = ask()
    Job.objects.filter(pk=job.pk).update(status=Status.RUNNING, attempt=MAX_ATTEMPTS)

    run_job(job.pk)

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert f"中断了 {MAX_ATTEMPTS} 次" in job.message


def test_nobody_fills_the_queue_alone(
    declare: Declare, ask: Callable[..., Job], settings: Any
) -> None:
    settings.JOBS_PER_OWNER = 2
    declare(lambda _job, **_params: None)

    slots = [ask(number=number).slot for number in range(5)]

    assert slots == [0, 1, 0, 1, 0]


def test_the_same_work_asked_for_again_is_the_same_job(
    declare: Declare, ask: Callable[..., Job], city_reviewer: User
) -> None:
    declare(lambda _job, **_params: None)
    first = ask(number=1)

    again, different = ask(number=1), ask(number=2)
    others = enqueue("tests.work", by=Actor.of(city_reviewer), number=1)

    assert again.pk == first.pk
    assert len({first.pk, different.pk, others.pk}) == 3
    assert run_waiting_jobs() == 3
    assert ask(number=1).pk != first.pk  # it is finished: whoever asks now wants today's figures


def test_what_is_being_cancelled_can_be_asked_for_anew(
    declare: Declare, ask: Callable[..., Job]
) -> None:
    declare(lambda _job: None)
    running = ask()
    Job.objects.filter(pk=running.pk).update(status=Status.RUNNING)
    cancel(running)

    assert ask().pk != running.pk


def test_the_database_knows_of_no_two_alike(declare: Declare, ask: Callable[..., Job]) -> None:
    declare(lambda _job: None)
    job = ask()

    with pytest.raises(IntegrityError, match="job_one_unfinished_alike"), transaction.atomic():
        Job.objects.bulk_create(
            [
                Job(
                    name=job.name,
                    title="",
                    owner=job.owner,
                    path=job.path,
                    fingerprint=job.fingerprint,
                )
            ]
        )


def test_nobody_has_more_unfinished_jobs_than_the_limit(
    declare: Declare, ask: Callable[..., Job], settings: Any, city_reviewer: User
) -> None:
    settings.JOBS_UNFINISHED_PER_OWNER = 2
    declare(lambda _job, **_params: None)
    for number in range(2):
        ask(number=number)

    with pytest.raises(TooManyJobs, match="您已有 2 项任务没有完成"):
        ask(number=2)

    assert enqueue("tests.work", by=Actor.of(city_reviewer), number=2).status == Status.WAITING
    run_waiting_jobs()
    assert ask(number=2).status == Status.WAITING


def test_work_of_the_system_is_neither_counted_nor_shared(
    declare: Declare, db: None, settings: Any
) -> None:
    settings.JOBS_UNFINISHED_PER_OWNER = 1
    declare(lambda _job: None)

    with whole_country(reason="test"):
        jobs = [enqueue("tests.work", by=Actor.system()) for _ in range(2)]

    assert jobs[0].pk != jobs[1].pk


def test_result_and_report_are_kept_under_random_names(
    declare: Declare, ask: Callable[..., Job]
) -> None:
    def work(job: JobRun) -> None:
        job.progress(3, 10, "正在写入")
        job.result(BytesIO(b"result"), "协议量/明细.xlsx")
        job.report(BytesIO(b"report"), "错误报告.xlsx")
        job.say("已导出 3 行")
        job.link("/projects/", "返回项目")

    declare(work)
    job = ask()

    run_waiting_jobs()

    job.refresh_from_db()
    assert job.result.name == f"jobs/{job.token}/1-result.xlsx"
    assert job.result_name == "协议量_明细.xlsx"
    assert (job.result.read(), job.report.read()) == (b"result", b"report")
    assert (job.done, job.total, job.message) == (3, 10, "已导出 3 行")
    assert job.link_url == "/projects/"
    job.result.close()
    job.report.close()
