"""申诉: appealing for institutions and enterprises, answering for bureaus, the list for both."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.projects.domain.corrections.acts import Paper
from apps.projects.models import Correction, Project
from apps.projects.models.correction import paper_name
from apps.projects.pages.lookups import project_or_404
from apps.review.domain.appeals.acts import (
    answer_appeal,
    file_appeal,
    is_own,
    link_correction,
    may_answer,
    withdraw_appeal,
)
from apps.review.domain.appeals.filters import AppealFilter
from apps.review.domain.appeals.matters import APPELLANTS, Matter, ends_at, find_matter
from apps.review.domain.appeals.reads import appeals_of, counts_of
from apps.review.domain.refusals import ReviewRefused
from apps.review.files.appeals import APPEAL_EXPORT
from apps.review.models import Appeal, AppealState
from apps.review.navigation import BUREAUS
from apps.review.pages.answering import carry_out
from apps.review.pages.appeals.form import AnswerForm, AppealForm, LinkForm
from apps.review.pages.desks import turn_rail
from apps.ui.lists import build_table, is_filtered, matching
from apps.ui.pages.kept_files import kept_file
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, StatusColumn

WRAP = {"td": {"class": "wrap"}}
MINOR = {"td": {"class": "minor"}}


class AppealTable(ListTable):
    """申诉 of a round, as far as the reader sees them."""

    caption = "申诉"
    empty_title = "没有申诉"
    empty_hint = "医疗机构和生产企业对审核、数量、退回、指定提出的申诉会列在这里。"

    appellant = Column(
        verbose_name="申诉方", order_by=("filing__organization__sort_key", "enterprise__sort_key")
    )
    title = Column(verbose_name="申诉对象", attrs=WRAP)
    about = Column(verbose_name="申诉事项")
    state = StatusColumn(verbose_name="处理结果", accessor="outcome", order_by=("state",))
    asked_at = MomentColumn(verbose_name="申诉时间")
    due_at = MomentColumn(verbose_name="答复期限")
    answerer_name = Column(verbose_name="答复单位", orderable=False)
    text = Column(verbose_name="申诉内容", orderable=False, attrs={"td": {"class": "wrap minor"}})
    answer = Column(verbose_name="答复", orderable=False, attrs={"td": {"class": "wrap minor"}})
    correction = Column(verbose_name="更正", orderable=False, attrs=MINOR)
    closed_by_name = Column(verbose_name="处理人", orderable=False, attrs=MINOR)
    closed_at = MomentColumn(verbose_name="处理时间", attrs={"td": {"class": "num minor"}})
    actions = CellColumn("review/_appeal_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        model = Appeal
        fields: tuple[str, ...] = ()


CONFLICT = 409


@requires(Permission.QUERY)
@require_GET
def appeal_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Those that the reader sees: its own, or all of its subtree."""
    project = _project(request, code)
    own = own_place(request)
    filterset = AppealFilter(request.GET or None, queryset=appeals_of(project), own=own)
    table = build_table(
        request,
        AppealTable,
        matching(filterset),
        filtered=is_filtered(filterset),
        exclude=() if own else ("appellant",),
    )
    shown = {
        "project": project,
        "filter": filterset,
        "table": table,
        "tabs": _tabs(request, project),
        "may_export": _may_export(request),
        "query": request.GET.urlencode(),
    }
    return render(request, "review/appeal_list.html", shown)


def own_place(request: SignedInRequest) -> str:
    """Of a bureau its path; empty for who only appeals."""
    user: Any = request.user
    return str(user.path) if user.role in BUREAUS else ""


def _project(request: SignedInRequest, code: str) -> Project:
    project = project_or_404(code)
    turn_rail(request, project.kind)
    return project


def _tabs(request: SignedInRequest, project: Project) -> list[dict[str, Any]]:
    """How many stand where, whatever else is asked for."""
    counts, here = counts_of(project), request.GET.get("state", "")
    page = reverse("review:appeal_list", args=[project.code])
    whole = {"label": "全部", "href": page, "current": not here, "count": sum(counts.values())}
    return [
        whole,
        *(
            {
                "label": state.label,
                "href": f"{page}?state={state.value}",
                "current": here == state,
                "count": counts.get(state, 0),
            }
            for state in AppealState
        ),
    ]


def _may_export(request: SignedInRequest) -> bool:
    """Enterprises hold no right of export; their own appeals are theirs to take along."""
    return bool(request.user.enterprise_id) or request.user.has(Permission.EXPORT)


@requires(Permission.QUERY)
@require_GET
def appeal_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    if not _may_export(request):
        raise PermissionDenied
    project = _project(request, code)
    context = {
        "project_id": project.pk,
        "own": own_place(request),
        "filters": request.GET.dict(),
    }
    back = reverse("review:appeal_list", args=[code])
    return export_response(request, APPEAL_EXPORT, context=context, back_url=back)


@requires(Permission.MAINTAIN, roles=APPELLANTS)
def appeal_create(request: SignedInRequest, code: str, what: str, key: int) -> HttpResponse:
    """What was decided, until when it may be appealed and who answers; then the appeal."""
    project = _project(request, code)
    matter = find_matter(project, request.actor, what, key)
    if matter is None:
        raise Http404
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form, refused = AppealForm(*data), None
    if data and form.is_valid():
        try:
            return _filed(request, project, matter, (what, key), form)
        except ReviewRefused as error:
            refused = error
    until = ends_at(project, matter)
    shown = {
        "project": project,
        "matter": matter,
        "until": until,
        "is_open": until is not None and project.appeal_days > 0 and timezone.now() < until,
        "form": form,
        "refused": refused,
    }
    status = CONFLICT if refused else 200
    return render(request, "review/appeal_create.html", shown, status=status)


def _filed(
    request: SignedInRequest,
    project: Project,
    matter: Matter,
    named: tuple[str, int],
    form: AppealForm,
) -> HttpResponse:
    """Raises a `ReviewRefused`."""
    checked = form.cleaned_data["file"]
    paper = None
    if checked:
        stored = default_storage.save(paper_name(Correction(), checked.name), checked.file)
        paper = Paper(stored, checked.name)
    made = file_appeal(
        project=project,
        what=named[0],
        key=named[1],
        matter=matter,
        text=form.cleaned_data["text"],
        paper=paper,
        by=request.actor,
    )
    messages.success(request, f"已提交申诉，由{made.answerer_name}答复。")
    return redirect("review:appeal_detail", code=project.code, pk=made.pk)


@requires(Permission.QUERY)
@require_GET
def appeal_detail(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    return _page(request, _appeal_or_404(request, code, pk))


def _appeal_or_404(request: SignedInRequest, code: str, pk: int) -> Appeal:
    appeal: Appeal = get_object_or_404(appeals_of(_project(request, code)), pk=pk)
    return appeal


def _page(
    request: SignedInRequest,
    appeal: Appeal,
    *,
    answer: AnswerForm | None = None,
    refused: ReviewRefused | None = None,
) -> HttpResponse:
    by: Any = request.actor
    answers, is_open = may_answer(appeal, by), appeal.outcome == AppealState.OPEN
    may_link = answers and appeal.outcome == AppealState.UPHELD and appeal.correction is None
    shown = {
        "project": appeal.project,
        "appeal": appeal,
        "may_withdraw": is_open and is_own(appeal, by) and by.may(Permission.MAINTAIN),
        "answer": (answer or AnswerForm(project=appeal.project)) if answers and is_open else None,
        "link": LinkForm(project=appeal.project) if may_link else None,
        "refused": refused,
    }
    status = CONFLICT if refused else 200
    return render(request, "review/appeal_detail.html", shown, status=status)


@requires(Permission.QUERY)
@require_GET
def appeal_file(request: SignedInRequest, code: str, pk: int) -> FileResponse:
    """What the appellant sent along."""
    kept = _appeal_or_404(request, code, pk)
    return kept_file(kept.file, kept.file_name)


@requires(Permission.MAINTAIN, roles=APPELLANTS)
@require_POST
def appeal_withdraw(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    appeal = _appeal_or_404(request, code, pk)
    return carry_out(
        request,
        lambda: withdraw_appeal(appeal, by=request.actor),
        lambda _: "已撤回申诉。",
        reverse("review:appeal_detail", args=[code, pk]),
    )


@requires(Permission.REVIEW, roles=BUREAUS)
@require_POST
def appeal_answer(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """支持 or 不支持."""
    appeal = _appeal_or_404(request, code, pk)
    form = AnswerForm(request.POST, project=appeal.project)
    if not form.is_valid():
        return _page(request, appeal, answer=form)
    told = form.cleaned_data
    try:
        done = answer_appeal(
            appeal,
            state=AppealState(told["state"]),
            answer=told["answer"],
            correction=told["correction"],
            by=request.actor,
        )
    except ReviewRefused as error:
        fresh = _appeal_or_404(request, code, pk)
        return _page(request, fresh, answer=form, refused=error)
    messages.success(request, f"已答复{done.appellant}的申诉：{done.outcome.label}。")
    return redirect("review:appeal_detail", code=code, pk=pk)


@requires(Permission.REVIEW, roles=BUREAUS)
@require_POST
def appeal_link(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """关联更正 of what was upheld."""
    appeal = _appeal_or_404(request, code, pk)
    form = LinkForm(request.POST, project=appeal.project)
    if not form.is_valid():
        messages.error(request, "请选择要关联的更正。")
        return redirect("review:appeal_detail", code=code, pk=pk)
    return carry_out(
        request,
        lambda: link_correction(
            appeal, correction=form.cleaned_data["correction"], by=request.actor
        ),
        lambda done: f"已关联{done.correction}。",
        reverse("review:appeal_detail", args=[code, pk]),
    )
