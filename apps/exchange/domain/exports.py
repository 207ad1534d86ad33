"""Exports as the apps declare them: at once while they are short, as a job when they are long.

In `apps/<app>/files/workbooks.py`:

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

from django.utils import timezone

from apps.audit.services import record
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.frames import Manifest
from apps.exchange.files.rendering import Record
from apps.exchange.files.writer import Progress, write_csv, write_xlsx
from apps.jobs import owners
from apps.jobs.registry import background
from apps.scope.reading import one_transaction

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


@one_transaction()
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

    In one transaction: the rows come from one server-side cursor, not from memory; from the standby where that is read
    from, and then the entry follows by itself.
    """
    workbook = spec.workbook_for(context)
    about = spec.about(context)
    sheets = spec.rows(context)
    if extension == "csv":
        (sheet,) = workbook.sheets
        count = write_csv(file, sheet, sheets[sheet.title], progress=progress)
    else:
        unit = by.organization or (by.user and by.user.belongs_to())
        by_whom = by.name + (f"（{unit.name}）" if unit else "")
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
