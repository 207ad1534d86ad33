"""Exports as the apps declare them: at once while they are short, as a job when they are long.

In `apps/<app>/workbooks.py`:

    AGREEMENTS_EXPORT = register_export(ExportSpec(
        name="allocation.agreements",
        title="导出协议量明细",
        workbook=AGREEMENTS,                     # a WorkbookSpec, or a function of the context
        rows=agreement_rows,                     # context -> {"明细": iterator of records}, read once
        count=count_agreements,                  # context -> number of rows, or a guess
        about=lambda context: About(project="FL-2026-001 …", conditions=(("市", "武汉市"),)),
        permissions=(Permission.EXPORT,),
    ))

`register_export` comes from `registry`. In a view:

    return export_response(request, AGREEMENTS_EXPORT, context={"project_id": …, "query": …})

`?format=csv` gives CSV for workbooks of one sheet. `context` holds JSON values only; `rows` runs within the
scope of the person, in the page and in the job alike. What all four need and is dear to read goes into `prepare`:
they get its answer in place of `context`, once for each file.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from apps.audit.services import record
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.rendering import Record
from apps.exchange.files.writer import Manifest, Progress, write_csv, write_xlsx
from apps.jobs import owners
from apps.jobs.files import attachment
from apps.jobs.registry import background
from apps.jobs.services import TooManyJobs, enqueue

if TYPE_CHECKING:
    from apps.jobs.running import JobRun

Context = Mapping[str, Any]
AT_ONCE = 3_000  # rows that a page may write itself


@dataclass(frozen=True, slots=True)
class About:
    """What the manifest sheet and the operation log say of an export beside its title."""

    project: str = ""
    project_code: str = ""
    conditions: tuple[tuple[str, str], ...] = ()


def _nothing_more(_context: Context) -> About:
    return About()


def _as_it_is(context: Context) -> Context:
    return context


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """One kind of export; see the module's docstring. `csv_only`: of one sheet, for programs to read."""

    name: str
    title: str
    workbook: WorkbookSpec | Callable[[Context], WorkbookSpec]
    rows: Callable[[Context], Mapping[str, Iterable[Record]]]
    count: Callable[[Context], int]
    about: Callable[[Context], About] = _nothing_more
    permissions: tuple[str, ...] = ()
    refusals: tuple[type[Exception], ...] = ()
    csv_only: bool = False
    prepare: Callable[[Context], Context] = _as_it_is

    def workbook_for(self, context: Context) -> WorkbookSpec:
        return self.workbook if isinstance(self.workbook, WorkbookSpec) else self.workbook(context)


def register_export(spec: ExportSpec) -> ExportSpec:
    """Make an export known to the worker. Returns it."""
    background(
        job_name(spec),
        title=spec.title,
        permissions=spec.permissions,
        refusals=spec.refusals,
        renewable=True,
    )(partial(_export_in_background, spec))
    return spec


def job_name(spec: ExportSpec) -> str:
    return f"{spec.name}:export"


def export_response(
    request: HttpRequest, spec: ExportSpec, *, context: dict[str, Any], back_url: str = ""
) -> HttpResponseBase:
    """The file, or the page of the job that writes it. `back_url` defaults to the page that asked."""
    by: Any = request.actor  # type: ignore[attr-defined]
    prepared = spec.prepare(context)
    wants_csv = spec.csv_only or request.GET.get("format") == "csv"
    is_csv = wants_csv and len(spec.workbook_for(prepared).sheets) == 1
    extension = "csv" if is_csv else "xlsx"
    if spec.count(prepared) <= AT_ONCE:
        file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the response)
        filename, _ = write_export(spec, file, by=by, context=prepared, extension=extension)
        return attachment(file, filename)
    return as_job(
        request,
        job_name(spec),
        title=spec.title,
        context=context,
        back_url=back_url,
        extension=extension,
    )


def as_job(
    request: HttpRequest,
    name: str,
    *,
    title: str,
    context: dict[str, Any],
    back_url: str,
    **arguments: str,
) -> HttpResponseBase:
    """The page of the job that makes a long file; too many jobs at once: the page that asked, with the reason."""
    by: Any = request.actor  # type: ignore[attr-defined]
    back_url = back_url or own_referrer(request)
    try:
        job = enqueue(name, by=by, title=title, back_url=back_url, context=context, **arguments)
    except TooManyJobs as refusal:
        messages.error(request, str(refusal))
        return redirect(back_url or "jobs:job_list")
    return redirect(job)


@transaction.atomic
def write_export(
    spec: ExportSpec,
    file: IO[bytes],
    *,
    by: Any,
    context: Context,
    extension: str = "xlsx",
    progress: Progress | None = None,
) -> tuple[str, int]:
    """Write the export of a prepared context and its log entry; return the file's name and the number of rows.

    In one transaction: the rows come from one server-side cursor, not from memory.
    """
    workbook = spec.workbook_for(context)
    about = spec.about(context)
    sheets = spec.rows(context)
    if extension == "csv":
        (sheet,) = workbook.sheets
        count = write_csv(file, sheet, sheets[sheet.title], progress=progress)
    else:
        by_whom = by.name + (f"（{by.organization.name}）" if by.organization else "")
        manifest = Manifest(spec.title, about.project, by_whom, conditions=about.conditions)
        count = write_xlsx(file, workbook, sheets, manifest=manifest, progress=progress)
    file.seek(0)
    path, enterprise_id = owners.place_of(by.user)
    record(
        by=by,
        verb="导出",
        object=workbook.filename,
        sentence=f"{spec.title}，共 {count:,} 行",
        path=path,
        project_code=about.project_code,
        enterprise_id=enterprise_id,
    )
    return f"{workbook.filename}-{timezone.localtime():%Y%m%d-%H%M}.{extension}", count


def _export_in_background(
    spec: ExportSpec, job: "JobRun", *, context: dict[str, Any], extension: str
) -> None:
    """Write a long export into the job's result."""
    prepared = spec.prepare(context)
    total = spec.count(prepared)
    with tempfile.TemporaryFile() as file:
        filename, count = write_export(
            spec,
            file,
            by=job.actor,
            context=prepared,
            extension=extension,
            progress=lambda done: job.progress(min(done, total), total, "正在写入"),
        )
        job.progress(count, count, "正在保存")
        job.result(file, filename)
    job.say(f"已导出 {count:,} 行")


def stream_xlsx(
    spec: WorkbookSpec,
    sheets: Mapping[str, Iterable[Record]],
    *,
    filename: str = "",
    manifest: Manifest | None = None,
) -> FileResponse:
    """A short workbook as a download, for what needs neither job nor registration."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the response)
    write_xlsx(file, spec, sheets, manifest=manifest)
    file.seek(0)
    return attachment(file, f"{filename or spec.filename}.xlsx")


def own_referrer(request: HttpRequest) -> str:
    """The page of ours that the request came from, as a path; empty if it came from elsewhere."""
    origin = f"{request.scheme}://{request.get_host()}"
    came_from = request.headers.get("Referer", "")
    path = came_from.removeprefix(origin) if came_from.startswith(f"{origin}/") else ""
    return "" if path.startswith("//") else path
