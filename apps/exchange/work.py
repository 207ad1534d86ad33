"""What the jobs of this app do: check a long upload, apply it, write a long export."""

import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from apps.jobs.running import JobFailed

from .error_report import error_workbook
from .exports import ExportSpec, write_export, xlsx_name
from .imports import (
    AlreadyApplied,
    ImportSpec,
    UploadChanged,
    apply_stored,
    check_stored,
)
from .models import StoredUpload
from .sentences import outcome_sentence

if TYPE_CHECKING:
    from apps.jobs.running import JobRun


def job_name(spec: ImportSpec | ExportSpec, step: Callable[..., None]) -> str:
    return f"{spec.name}:{step.__name__}"


def check(spec: ImportSpec, job: "JobRun", *, upload_id: int, page_url: str) -> None:
    """Validate a stored upload; the page of the import shows the outcome."""
    upload = _upload(upload_id)
    outcome = check_stored(spec, upload, _told(job, upload.rows, "正在检查"))
    job.progress(upload.rows, upload.rows)
    job.say(outcome_sentence(outcome))
    job.link(f"{page_url}?upload={upload.token}", "查看检查结果")
    if outcome.problems:
        with upload.file.open("rb") as file:
            report = error_workbook(file, spec.workbook_for(upload.context), outcome.problems)
        with report:
            job.report(report, xlsx_name(upload.filename, "错误标注"))


def apply(spec: ImportSpec, job: "JobRun", *, upload_id: int, page_url: str) -> None:
    """Validate once more and apply."""
    upload = _upload(upload_id)
    try:
        outcome = apply_stored(
            spec, upload, by=job.actor, progress=_told(job, upload.rows, "正在导入")
        )
    except (AlreadyApplied, UploadChanged) as refusal:
        raise JobFailed(str(refusal)) from refusal
    job.progress(upload.rows, upload.rows)
    if outcome.problems:
        job.link(f"{page_url}?upload={upload.token}", "查看问题")
        job.say("数据在检查之后有了变化，现在有问题，没有导入任何数据")
    else:
        job.say(f"已导入：{outcome_sentence(outcome)}")


def export(spec: ExportSpec, job: "JobRun", *, context: dict[str, Any], extension: str) -> None:
    """Write the export into the job's result."""
    total = spec.count(context)
    with tempfile.TemporaryFile() as file:
        filename, count = write_export(
            spec,
            file,
            by=job.actor,
            context=context,
            extension=extension,
            progress=_told(job, total, "正在写入"),
        )
        job.progress(count, max(count, total), "正在保存")
        job.result(file, filename)
    job.say(f"已导出 {count:,} 行")


def _upload(upload_id: int) -> StoredUpload:
    upload = StoredUpload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise JobFailed("上传的文件已过期，请重新上传")
    return upload


def _told(job: "JobRun", total: int, message: str) -> Callable[[int], None]:
    return lambda done: job.progress(min(done, total), total, message)
