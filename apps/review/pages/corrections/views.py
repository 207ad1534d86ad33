"""更正 of a published project: what was corrected, for everybody in it; correcting, for the alliance."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.audit.domain.seen import ChangedMeanwhile
from apps.jobs.services import enqueue
from apps.projects.domain.corrections.acts import Paper
from apps.projects.domain.corrections.fields import Kind, Subject, subject_of
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.models import Correction, Project
from apps.projects.models.correction import paper_name
from apps.projects.pages.lookups import project_or_404
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.rounds.correcting import Preview, Wanted, correct, preview_of
from apps.review.models.statuses import Status
from apps.review.pages.act_preview import ActPreview, Figure, Head, PreviewTable
from apps.review.pages.corrections.form import CorrectionForm
from apps.review.pages.desks import turn_rail
from apps.review.tasks import CORRECT
from apps.ui.lists import render_list
from apps.ui.pages.kept_files import kept_file
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, QuantityColumn

VALUES = (Head("更正项"), Head("现在", "old"), Head("更正后", "new"))
REACHED = (Head("状态"), Head("机构（家）", "num"), Head("明细（条）", "num"))
AMOUNTS = (Head("现在的金额", "num"), Head("更正后", "num"), Head("相差", "num"))


def in_words(preview: Preview) -> ActPreview:
    touched = preview.touched
    return ActPreview(
        figures=[
            Figure("涉及机构", preview.filings, "家"),
            Figure("涉及明细", preview.lines, "条"),
            Figure("将退回的机构申报", len(touched.reported), "份", "warning"),
            Figure("将退回的上级提交", len(touched.packages), "份", "warning"),
        ],
        tables=[_values(preview), *_reached(preview)],
        problems=preview.problems,
    )


def _values(preview: Preview) -> PreviewTable:
    return PreviewTable(
        title="更正前后",
        note="请逐项核对",
        heads=VALUES,
        rows=[(change.label, change.old, change.new) for change in preview.changes],
        notes=[f"{effect.value}。" for effect in preview.effects],
    )


def _reached(preview: Preview) -> list[PreviewTable]:
    """By status, with amounts where there are prices; none if nothing is reached."""
    has_amounts = any(reached.before for reached in preview.reach)
    rows = []
    for reached in preview.reach:
        amounts = (reached.before, reached.after, _difference(reached.before, reached.after))
        about = (Status(reached.status).label, reached.filings, reached.lines)
        rows.append((*about, *amounts) if has_amounts else about)
    heads = (*REACHED, *AMOUNTS) if has_amounts else REACHED
    table = PreviewTable("涉及的申报", heads, rows, note="已上报的金额保持不变")
    return [table] if rows else []


def _difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before


AT_ONCE = 300
"""Filings that a page moves itself; for more it is a job."""
CONFLICT = 409
REFUSED = (ReviewRefused, ProjectRefused, ChangedMeanwhile)


class CorrectionTable(ListTable):
    """更正记录: what was put right, old and new beside each other."""

    caption = "更正记录"
    empty_title = "没有更正"
    empty_hint = "发布之后目录、中选结果、项目名称和说明有更正的，会列在这里。"

    number = Column(verbose_name="序号")
    changes = CellColumn("review/_correction_changes.html", verbose_name="更正内容", accessor="pk")
    reason = Column(verbose_name="原因", orderable=False, attrs={"td": {"class": "wrap"}})
    filings = QuantityColumn(verbose_name="涉及机构")
    lines = QuantityColumn(verbose_name="涉及明细")
    returned = QuantityColumn(verbose_name="退回申报")
    at = MomentColumn(verbose_name="更正时间")
    by_name = Column(verbose_name="更正人", orderable=False)
    paper = CellColumn("review/_correction_file.html", verbose_name="依据文件", accessor="pk")

    def render_number(self, value: Any) -> str:
        return f"第 {value} 号"

    class Meta(ListTable.Meta):
        model = Correction
        fields: tuple[str, ...] = ()


@requires(Permission.QUERY)
@require_GET
def correction_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    turn_rail(request, project.kind)
    return render_list(
        request,
        "review/correction_list.html",
        table_class=CorrectionTable,
        queryset=Correction.objects.of_project(project).select_related("project").latest_first(),
        context={
            "project": project,
            "may_correct": project.is_frozen and request.user.has(Permission.MANAGE),
        },
    )


@requires(Permission.QUERY)
@require_GET
def correction_file(request: SignedInRequest, code: str, number: int) -> FileResponse:
    """What the correction rests on."""
    kept = get_object_or_404(Correction.objects.of_project(project_or_404(code)), number=number)
    return kept_file(kept.file, kept.file_name)


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def correction_edit(request: SignedInRequest, code: str, kind: str, pk: int) -> HttpResponse:
    """The first button shows what would happen, the second does it."""
    project = get_object_or_404(Project.objects.all(), code=code, published_at__isnull=False)
    turn_rail(request, project.kind)
    subject = _subject_or_404(project, kind, pk)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CorrectionForm(*data, subject=subject, project=project)
    preview, is_refused = None, False
    if data and form.is_valid():
        try:
            preview = preview_of(project, subject, form.values)
            if "apply" in request.POST and not _hindered(form, preview):
                return _applied(request, project, form, preview)
        except REFUSED as refusal:
            form.add_error(None, str(refusal))
            is_refused = "apply" in request.POST
    shown = {"project": project, "subject": subject, "form": form, "preview": preview}
    shown |= {"shown": preview and in_words(preview)}
    status = CONFLICT if is_refused else 200
    return render(request, "review/correction_edit.html", shown, status=status)


def _subject_or_404(project: Project, kind: str, pk: int) -> Subject:
    kinds = {kind.value: kind for kind in Kind}
    subject = subject_of(project, kinds[kind], pk) if kind in kinds else None
    if subject is None:
        raise Http404
    return subject


def _hindered(form: CorrectionForm, preview: Preview) -> bool:
    return bool(preview.problems) or form.lacks_ground(gives_back=bool(preview.touched.frozen))


def _applied(
    request: SignedInRequest, project: Project, form: CorrectionForm, preview: Preview
) -> HttpResponse:
    """At once, or as a job where it touches much. Raises one of `REFUSED`."""
    subject, back = form.subject, reverse("review:correction_list", args=[project.code])
    checked = form.cleaned_data["file"]
    stored = default_storage.save(paper_name(Correction(), checked.name), checked.file)
    wanted = Wanted(
        kind=subject.kind,
        pk=subject.row.pk,
        values={change.field: change.value for change in preview.changes},
        was={change.field: change.old for change in preview.changes},
        reason=form.cleaned_data["reason"],
        paper=Paper(stored, checked.name),
        deadline=form.cleaned_data["deadline"],
    )
    if len(preview.touched.institutions) + len(preview.touched.packages) > AT_ONCE:
        return redirect(
            enqueue(
                CORRECT,
                by=request.actor,
                title=f"更正“{project.name}”",
                back_url=back,
                project_id=project.pk,
                wanted=wanted.packed,
            )
        )
    made = correct(project=project, wanted=wanted, by=request.actor)
    messages.success(request, made.done_words)
    return redirect(back)
