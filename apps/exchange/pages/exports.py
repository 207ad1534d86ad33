"""Answers with files: at once while they are short, by a job when they are long."""

import tempfile
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from apps.exchange.domain import exports, papers
from apps.exchange.domain.exports import ExportSpec, write_export
from apps.exchange.domain.papers import PaperSpec, write_paper
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.frames import Manifest
from apps.exchange.files.rendering import Record
from apps.exchange.files.writer import write_xlsx
from apps.exchange.pages.programs import asked_by_program
from apps.jobs.files import attachment
from apps.jobs.services import TooManyJobs, enqueue
from apps.ui.pages.replicas import from_replica


def paper_response(
    request: HttpRequest, spec: PaperSpec, *, context: dict[str, Any], back_url: str = ""
) -> HttpResponseBase:
    """The paper, or the page of the job that makes it. `back_url` defaults to the page that asked."""
    return from_replica(request, lambda: _paper(request, spec, context, back_url))


def _paper(
    request: HttpRequest, spec: PaperSpec, context: dict[str, Any], back_url: str
) -> HttpResponseBase:
    by: Any = request.actor  # type: ignore[attr-defined]
    if asked_by_program(request) is None and spec.count(context) <= papers.AT_ONCE:
        file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the response)
        try:
            made = write_paper(file, spec, context, by=by)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return attachment(file, made.filename)
    return as_job(
        request, papers.job_name(spec), title=spec.title, context=context, back_url=back_url
    )


def export_response(
    request: HttpRequest, spec: ExportSpec, *, context: dict[str, Any], back_url: str = ""
) -> HttpResponseBase:
    """The file, or the page of the job that writes it. `back_url` defaults to the page that asked."""
    return from_replica(request, lambda: _export(request, spec, context, back_url))


def _export(
    request: HttpRequest, spec: ExportSpec, context: dict[str, Any], back_url: str
) -> HttpResponseBase:
    by: Any = request.actor  # type: ignore[attr-defined]
    prepared = spec.prepare(context)
    wants_csv = spec.csv_only or request.GET.get("format") == "csv"
    is_csv = wants_csv and len(spec.workbook_for(prepared).sheets) == 1
    extension = "csv" if is_csv else "xlsx"
    if asked_by_program(request) is None and spec.count(prepared) <= exports.AT_ONCE:
        file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the response)
        filename, _ = write_export(spec, file, by=by, context=prepared, extension=extension)
        return attachment(file, filename)
    return as_job(
        request,
        exports.job_name(spec),
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
    """The page of the job that makes a long file; too many jobs at once: the page that asked, with the reason.

    A program gets every file by a job. Raises `TooManyJobs` to it.
    """
    by: Any = request.actor  # type: ignore[attr-defined]
    if asks := asked_by_program(request):
        asks.job = enqueue(
            name, by=by, title=title, back_url=back_url, context=context, **arguments
        )
        return HttpResponse(status=HTTPStatus.ACCEPTED)
    back_url = back_url or own_referrer(request)
    try:
        job = enqueue(name, by=by, title=title, back_url=back_url, context=context, **arguments)
    except TooManyJobs as refusal:
        messages.error(request, str(refusal))
        return redirect(back_url or "jobs:job_list")
    return redirect(job)


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
