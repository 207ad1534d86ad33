"""The jobs of every import: check a long upload, apply it, fill in a long template."""

import io
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import (
    AlreadyApplied,
    DataMoved,
    ImportSpec,
    UploadChanged,
    apply_stored,
    check_stored,
)
from apps.exchange.domain.sentences import outcome_sentence
from apps.exchange.files.errors.report import report_name
from apps.exchange.files.templates import template_name, write_template
from apps.exchange.files.uploads.asking import FileBusy, error_workbook
from apps.exchange.models import StoredUpload
from apps.jobs.registry import background
from apps.jobs.running import JobFailed
from apps.jobs.services import TooManyJobs

if TYPE_CHECKING:
    from apps.jobs.running import JobRun

WAITED_FOR = 10  # somebody sits before the page of an import; exports can take longer


def register_import(spec: ImportSpec) -> ImportSpec:
    """Make an import known to the worker. Returns it."""
    for name, title, work in (
        (check_job(spec), f"检查：{spec.title}", _check),
        (apply_job(spec), spec.title, _apply),
    ):
        background(
            name,
            title=title,
            permissions=spec.permissions,
            refusals=(
                *spec.refusals,
                AlreadyApplied,
                DataMoved,
                UploadChanged,
                TooManyJobs,
                FileBusy,
            ),
            priority=WAITED_FOR,
        )(partial(work, spec))
    background(
        template_job(spec),
        title=f"模板：{spec.title}",
        permissions=spec.permissions,
        renewable=True,
    )(partial(_template, spec))
    return spec


def template_job(spec: ImportSpec) -> str:
    return f"{spec.name}:template"


def check_job(spec: ImportSpec) -> str:
    return f"{spec.name}:check"


def apply_job(spec: ImportSpec) -> str:
    return f"{spec.name}:apply"


def _check(spec: ImportSpec, job: "JobRun", *, upload_id: int, page_url: str) -> None:
    """Validate a stored upload; the page of the import shows the outcome."""
    upload = _upload(upload_id)
    outcome = check_stored(spec, upload, _told(job, upload.rows, "正在检查"))
    job.progress(upload.rows, upload.rows)
    job.say(outcome_sentence(outcome))
    job.link(f"{page_url}?upload={upload.token}", "查看检查结果")
    if outcome.problems:
        _report(spec, job, upload, outcome)


def _apply(spec: ImportSpec, job: "JobRun", *, upload_id: int, page_url: str) -> None:
    """Validate once more and apply."""
    upload = _upload(upload_id)
    outcome = apply_stored(
        spec,
        upload,
        by=job.actor,
        progress=_told(job, upload.rows, "正在核对"),
        writing=lambda: job.progress(upload.rows, upload.rows, "正在写入"),
    )
    job.progress(upload.rows, upload.rows)
    if outcome.problems:
        job.link(f"{page_url}?upload={upload.token}", "查看问题")
        job.say("数据在检查之后有了变化，现在有问题，没有导入任何数据")
        _report(spec, job, upload, outcome)
    else:
        job.say(f"已导入：{outcome_sentence(outcome)}")


def _template(spec: ImportSpec, job: "JobRun", *, context: dict[str, Any]) -> None:
    """A template with more prefilled rows than a page may write."""
    workbook = spec.workbook_for(context)
    stamp = spec.stamp_for(context)
    content = write_template(workbook, spec.prefill(context), stamp=stamp)
    job.progress(0)
    job.result(io.BytesIO(content), template_name(workbook, stamp))


def _report(spec: ImportSpec, job: "JobRun", upload: StoredUpload, outcome: DryRun) -> None:
    """The upload with its errors marked, as the job's report."""
    with upload.opened() as file:
        report = error_workbook(file, spec.workbook_for(upload.context), outcome.problems)
    with report:
        job.report(report, report_name(upload.filename))


def _upload(upload_id: int) -> StoredUpload:
    upload = StoredUpload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise JobFailed("上传的文件已过期，请重新上传")
    return upload


def _told(job: "JobRun", total: int, message: str) -> Callable[[int], None]:
    """Nothing read yet: others are read before."""
    return lambda done: job.progress(
        min(done, total), total, message if done else "正在等候其他文件检查完"
    )
