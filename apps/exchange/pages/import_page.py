"""The page of an import: template, upload, what it would do, and the button that does it.

    @requires(Permission.IMPORT)
    def catalogue_import(request, code):
        project = get_object_or_404(Project.objects.all(), code=code)
        return run_import_page(
            request, CATALOGUE_IMPORT, context={"project_id": project.pk},
            back_url=reverse("projects:project_detail", args=[code]),
            crumbs=(("项目列表", reverse("projects:project_list")), (project.name, …)),
        )

One address does it all: `?template` downloads (`=filled`: with what stands today, where it is empty otherwise), POST
uploads, `?upload=<token>` shows the outcome and its POST applies the very same file, `&report` returns it with its
errors marked, `&changes` lists every cell that changes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from apps.exchange.domain.change_workbook import CHANGE_EXPORT
from apps.exchange.domain.import_jobs import apply_job, check_job, template_job
from apps.exchange.domain.imports import (
    AlreadyApplied,
    DataMoved,
    ImportSpec,
    UploadChanged,
    apply_stored,
    check_stored,
    problems_of,
    store_upload,
)
from apps.exchange.domain.sentences import outcome_sentence
from apps.exchange.files.errors.report import report_name
from apps.exchange.files.templates import template_name, write_template
from apps.exchange.files.upload_checks import LIMITS, MB, FileRefused
from apps.exchange.files.uploads.asking import FileBusy, error_workbook
from apps.exchange.models import StoredUpload
from apps.exchange.pages.change_list import change_list
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.programs import (
    ImportRefused,
    ProgramAsks,
    UploadGone,
    asked_by_program,
)
from apps.jobs.files import attachment
from apps.jobs.models import Job
from apps.jobs.services import TooManyJobs, enqueue

AT_ONCE = 2_000  # rows that a page may check and apply itself,
TAGS_AT_ONCE = 400_000  # unless they are monstrous
REFUSED = 422
GONE = "上传的文件已过期，请重新上传。"


def run_import_page(
    request: HttpRequest,
    spec: ImportSpec,
    *,
    context: dict[str, Any],
    back_url: str,
    title: str = "",
    crumbs: Sequence[tuple[str, str]] = (),
    beside: Sequence[tuple[str, str]] = (),
    project: Any = None,
) -> HttpResponseBase:
    """Answer every request of an import's page; the calling view checks the permission.

    `beside` are pages to go to first, with their labels; `project` is the round that the page belongs to.
    """
    page = ImportPage(
        request, spec, context, back_url, title or spec.title, crumbs, beside, project
    )
    if asks := asked_by_program(request):
        page.answer(asks)
        return HttpResponse(status=HTTPStatus.ACCEPTED)
    token = request.GET.get("upload")
    return page.begun() if token is None else _looked_at(page, token)


def _looked_at(page: "ImportPage", token: str) -> HttpResponseBase:
    """What was uploaded: its outcome, report and changes; its POST applies it."""
    request, upload = page.request, page.find(token)
    if upload is None:
        messages.warning(request, GONE)
        return redirect(request.path)
    if request.method == "POST":
        return page.apply(upload)
    if "changes" in request.GET and upload.changes:
        return page.changes(upload)
    return page.report(upload) if "report" in request.GET else page.outcome(upload)


def is_long(upload: StoredUpload) -> bool:
    """Whether checking the file takes longer than a page may."""
    return upload.rows > AT_ONCE or upload.tags > TAGS_AT_ONCE


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One request to the page of an import."""

    request: HttpRequest
    spec: ImportSpec
    context: dict[str, Any]
    back_url: str
    title: str
    crumbs: Sequence[tuple[str, str]]
    beside: Sequence[tuple[str, str]]
    project: Any

    @property
    def actor(self) -> Any:
        return self.request.actor  # type: ignore[attr-defined]

    def find(self, token: str) -> StoredUpload | None:
        uploads = StoredUpload.objects.all().of(self.request.user, self.spec.name, self.context)
        return uploads.filter(token=token).select_related("job").first()

    def answer(self, asks: ProgramAsks) -> None:
        """What a program asks for: the upload kept and its check begun, found again, or its import begun.

        Raises `FileRefused`, `ImportRefused`, `UploadGone`, `TooManyJobs`.
        """
        upload = None if asks.step == "receive" else self.find(asks.upload_token)
        if asks.step == "receive":
            if why_not := self.spec.why_not(self.context):
                raise ImportRefused(why_not)
            file: Any = self.request.FILES["file"]
            named = file.name or ""
            upload = store_upload(self.spec, file, named, by=self.actor, context=self.context)
            self._begin(upload, check_job(self.spec), f"检查：{upload.filename}")
        if upload is None:
            raise UploadGone(GONE)
        if asks.step == "apply":
            if upload.job and not upload.job.is_finished:
                raise ImportRefused("文件还在检查或导入，请稍后再试。")
            if not upload.can_apply:
                raise ImportRefused("文件有问题、没有变化或已经导入过，不能导入。")
            self._begin(upload, apply_job(self.spec), f"{self.title}：{upload.filename}")
        asks.upload, asks.job = upload, upload.job

    def begun(self) -> HttpResponseBase:
        """Without an upload: the form, the template, or what the form sends."""
        if self.request.method == "POST":
            return self.receive()
        return self.template() if "template" in self.request.GET else self.form()

    def form(self, refusal: str = "") -> HttpResponse:
        why_not = self.spec.why_not(self.context)
        shown = {"refusal": refusal, "why_not": why_not, "limit_mb": LIMITS.size // MB}
        return self._render("exchange/import_form.html", shown, REFUSED if refusal else 200)

    def template(self) -> HttpResponseBase:
        """The template, or the page of the job that fills it in."""
        workbook = self.spec.workbook_for(self.context)
        is_empty = self.spec.empty_too and self.request.GET["template"] != "filled"
        prefilled = {} if is_empty else self.spec.prefill(self.context)
        rows = {title: list(islice(records, AT_ONCE + 1)) for title, records in prefilled.items()}
        if sum(map(len, rows.values())) > AT_ONCE:
            title = f"模板：{workbook.filename}"
            try:
                return redirect(self._ask(template_job(self.spec), title, context=self.context))
            except TooManyJobs as refusal:
                messages.error(self.request, str(refusal))
                return redirect(self.request.path)
        stamp = self.spec.stamp_for(self.context)
        content = write_template(workbook, rows, stamp=stamp)
        return attachment(io.BytesIO(content), template_name(workbook, stamp))

    def receive(self) -> HttpResponseBase:
        """Check and keep the file; validate it now if it is short, else in the background.

        Where none can be applied none is read.
        """
        if why_not := self.spec.why_not(self.context):
            return self.form(why_not)
        file: Any = self.request.FILES.get("file")
        if file is None:
            return self.form("请先选择要导入的文件")
        try:
            upload = store_upload(
                self.spec, file, file.name or "", by=self.actor, context=self.context
            )
            if is_long(upload):
                return self._as_job(upload, check_job(self.spec), f"检查：{upload.filename}")
            check_stored(self.spec, upload)
        except FileRefused as refusal:
            return self.form(str(refusal))
        return redirect(self._page_of(upload))

    def outcome(self, upload: StoredUpload) -> HttpResponseBase:
        if upload.job and not upload.job.is_finished:
            return redirect(upload.job)
        if upload.counts is None:
            messages.warning(self.request, "文件没有检查完，请重新上传。")
            return redirect(self.request.path)
        changes, total = change_list(upload, self.request.GET), upload.change_count
        shown = {
            "upload": upload,
            "here": self._page_of(upload),
            "changes": changes,
            "change_note": f"已有数据中 {total:,} 处与表格不同",
        }
        return self._render("exchange/import_result.html", shown)

    def changes(self, upload: StoredUpload) -> HttpResponseBase:
        """Every cell that the import would change, as a workbook."""
        context = {"upload_id": upload.pk}
        back = self._page_of(upload)
        return export_response(self.request, CHANGE_EXPORT, context=context, back_url=back)

    def report(self, upload: StoredUpload) -> HttpResponseBase:
        if upload.job and upload.job.report:
            return redirect("jobs:job_report", upload.job.pk)
        try:
            problems = problems_of(self.spec, upload)
            with upload.opened() as file:
                content = error_workbook(file, self.spec.workbook_for(self.context), problems)
        except FileBusy as busy:
            messages.error(self.request, str(busy))
            return redirect(self._page_of(upload))
        return attachment(content, report_name(upload.filename))

    def apply(self, upload: StoredUpload) -> HttpResponseBase:
        """Import the file that was checked."""
        if upload.job and not upload.job.is_finished:
            return redirect(upload.job)
        if is_long(upload):
            return self._as_job(upload, apply_job(self.spec), f"{self.title}：{upload.filename}")
        refusals: tuple[type[Exception], ...] = (
            AlreadyApplied,
            DataMoved,
            FileBusy,
            UploadChanged,
            TooManyJobs,
            *self.spec.refusals,
        )
        try:
            outcome = apply_stored(self.spec, upload, by=self.actor)
        except refusals as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self._page_of(upload))
        if outcome.problems:
            messages.error(self.request, "数据在检查之后有了变化，现在有问题，没有导入任何数据。")
            return redirect(self._page_of(upload))
        messages.success(self.request, f"导入成功：{outcome_sentence(outcome)}。")
        return redirect(self.back_url)

    def _as_job(self, upload: StoredUpload, name: str, title: str) -> HttpResponse:
        page_url = self.request.path
        try:
            return redirect(self._begin(upload, name, title))
        except TooManyJobs as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self._page_of(upload) if upload.counts else page_url)

    def _begin(self, upload: StoredUpload, name: str, title: str) -> Job:
        """Raises `TooManyJobs`."""
        page_url = self.request.path
        job = upload.job = self._ask(name, title, upload_id=upload.pk, page_url=page_url)
        upload.save(update_fields=["job"])
        return job

    def _ask(self, name: str, title: str, **params: Any) -> Job:
        """Raises `TooManyJobs`."""
        return enqueue(name, by=self.actor, title=title[:120], back_url=self.back_url, **params)

    def _page_of(self, upload: StoredUpload) -> str:
        return f"{self.request.path}?{urlencode({'upload': upload.token})}"

    def _render(self, template: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
        common = {
            "spec": self.spec,
            "title": self.title,
            "back_url": self.back_url,
            "crumbs": self.crumbs,
            "beside": self.beside,
            "project": self.project,
        }
        return render(self.request, template, {**common, **shown}, status=status)
