"""审核列表: the projects, the units below in one project, and freezing a selection for a batch act."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.projects.pages.trail import chosen
from apps.review.domain.checklist import checklist_of
from apps.review.domain.filings.marks import WORST_FIRST
from apps.review.domain.filters import FilingFilter
from apps.review.domain.headings import review_title, upper_label
from apps.review.domain.kinds import marking_of
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.machine import TRANSITIONS, action_named
from apps.review.domain.reads import moved_in_words, requests_below
from apps.review.domain.refusals import NAMED
from apps.review.domain.selecting import freeze_selection
from apps.review.files.workbooks import FILING_EXPORT
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Action, Status
from apps.review.navigation import BUREAUS
from apps.review.pages.bureau_page import BureauPage, Overview, overview, own_filings
from apps.review.pages.desks import ALLOCATION, DEMAND, KINDS, TRAILS, desk_of, tabs_of
from apps.review.pages.outside import explains_chain
from apps.review.pages.project_cards import counts_below, project_cards
from apps.review.pages.tables import FilingTable
from apps.ui.lists import build_table, matching, selected
from apps.ui.pages.replicas import reads_replica
from apps.ui.paging import address


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
def project_list(request: SignedInRequest) -> HttpResponse:
    """The projects in which the unit reviews, with what waits in each."""
    actor: Any = request.actor
    cards = project_cards(own_filings(actor), at=timezone.now())
    return render(request, "review/project_list.html", {"cards": cards})


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
def filing_list_latest(request: SignedInRequest) -> HttpResponseBase:
    """From the rail straight to the list of the latest round under way (S0-15); another is chosen there."""
    return round_latest(request, ALLOCATION, "list")


PAGES = {
    "list": "review:filing_list",
    "confirm": "review:filing_confirm",
    "withdrawals": "review:withdrawal_list",
    "overdue": "review:overdue_list",
    "progress": "portal:progress_detail",
}


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
def round_latest(request: SignedInRequest, subject: str, page: str) -> HttpResponse:
    """From the rail straight to a page of a subsystem's round, where work waits first; without one, to the projects."""
    if subject not in KINDS or page not in PAGES:
        raise Http404
    filings = [row for row in own_filings(request.actor) if row.project.kind in KINDS[subject]]
    if not filings:
        return redirect("review:project_list")
    waiting = _waiting(filings, page)
    rows = [(filing.project.code, filing.project.phase, filing.pk in waiting) for filing in filings]
    return redirect(PAGES[page], code=chosen(rows, TRAILS[subject].last(request)))


def _waiting(filings: Sequence[Filing], page: str) -> frozenset[int]:
    """The packages in which something waits that the page is there for."""
    own = [filing for filing in filings if filing.state in EDITABLE]
    if page == "withdrawals":
        return frozenset(requests_below(own))
    if page == "list":
        below = counts_below(own)
        return frozenset(pk for pk, counts in below.items() if counts.get(Status.SUBMITTED))
    return frozenset(filing.pk for filing in own)


@requires(Permission.QUERY, roles=BUREAUS)
@reads_replica
@explains_chain
def filing_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Who may only query reads the same list; what is offered on it needs the right to review."""
    desk = desk_of(request, code)
    if elsewhere := _chosen_project(request, desk):
        kept = address(request, project=None, page=None)
        return redirect(reverse("review:filing_list", args=[elsewhere]) + kept)
    if request.method == "POST":
        return _freeze(request, desk)
    filterset = _filter(request, desk)
    table = build_table(
        request,
        FilingTable,
        matching(filterset),
        filtered=filterset.is_narrowed,
        code=code,
        kind=desk.project.kind,
        queue=request.GET.urlencode(),
    )
    view = _fill(request, desk, table)
    shown = {**_head(request, desk, view), "table": table, "filter": filterset, "view": view}
    if marking_of(desk.project.kind):
        shown["worst_first"] = address(request, sort=None, page=None)
        shown["is_worst_first"] = request.GET.get("sort", WORST_FIRST) == WORST_FIRST
    shown["tabs"] = tabs_of(request, desk, "review:filing_list")
    shown["checklist"] = checklist_of(desk.project, desk.own.path)
    return render(request, "review/filing_list.html", shown)


def _chosen_project(request: SignedInRequest, desk: BureauPage) -> str:
    """Another project named in the address (S0-16); the page itself offers them in its head."""
    wanted = request.GET.get("project", "")
    known = {code for code, _name in desk.choices}
    return wanted if wanted in known and wanted != desk.project.code else ""


def _children(desk: BureauPage) -> QuerySet[Any]:
    rows = Filing.objects.children_of(desk.own).with_organization().select_related("reviewed_by")
    return rows.order_by("path")


def _filter(
    request: SignedInRequest, desk: BureauPage, rows: QuerySet[Any] | None = None
) -> FilingFilter:
    queryset = _children(desk) if rows is None else rows
    return FilingFilter(
        request.GET.dict(),
        queryset=queryset,
        request=request,
        own=desk.own,
        kind=desk.project.kind,
    )


def _fill(request: SignedInRequest, desk: BureauPage, table: FilingTable) -> Overview:
    """What the rows of this page show and allow."""
    rows = table.page_rows()
    view = overview(desk, rows, request.actor, at=timezone.now())
    table.tickable = frozenset(row.pk for row in rows if view.is_tickable(row))
    if desk.project.kind in KINDS[DEMAND]:
        waiting = (row for row in rows if row.state == Status.SUBMITTED)
        table.reviewable = frozenset(row.pk for row in waiting if view.row_actions.get(row.pk))
    table.show_figures(rows)
    if not view.batch:
        table.columns.hide("select")
    return view


def _head(request: SignedInRequest, desk: BureauPage, view: Overview) -> dict[str, Any]:
    user: Any = request.user
    own = desk.own
    return {
        "project": desk.project,
        "own": own,
        "own_status": {"text": status_text(own), "tone": status_tone(own)},
        "is_returned": own.state == Status.RETURNED,
        "title": review_title(desk.project.kind, own.tier),
        "upper": upper_label(own.reviewer_tier),
        "until": view.timing.closes_at(timezone.now()) if desk.project.is_in_progress else None,
        "batch": [(a.value, a.label, TRANSITIONS[a].act.icon) for a in view.batch],
        "links": {s.value: address(request, status=s.value, page=None) for s in Status},
        "may_withdraw": Action.WITHDRAW in view.own_actions,
        "may_submit": Action.SUBMIT in view.own_actions,
        "may_conclude": Action.CONCLUDE in view.own_actions,
        "may_export": user.has(Permission.EXPORT),
    }


def _freeze(request: SignedInRequest, desk: BureauPage) -> HttpResponse:
    """Remember the ticked units as they are now; the confirmation page says what will happen to them."""
    here = f"{reverse('review:filing_list', args=[desk.project.code])}?{request.GET.urlencode()}"
    if not request.actor.may(Permission.REVIEW):
        messages.error(request, "您的账号没有“审核”权限，只能查询。")
        return redirect(here)
    action = _batch_action(request)
    if action is None:
        return redirect(here)
    chosen = selected(
        request,
        queryset=_children(desk),
        filterset_class=lambda _data, queryset, **_: _filter(request, desk, queryset),  # type: ignore[arg-type]
    )
    fitting = list(
        chosen.filter(status__in=TRANSITIONS[action].sources).select_related(None).only("version")
    )
    if not fitting:
        messages.warning(request, _nobody(action, list(chosen[:NAMED])))
        return redirect(here)
    if left_out := chosen.count() - len(fitting):
        messages.info(request, f"另有 {left_out} 家当前状态不能{action.label}，不在本次处理范围。")
    selection = freeze_selection(
        desk.project,
        fitting,
        action,
        by=request.actor,
        back_to=here[:500],
    )
    return redirect("review:selection_detail", code=desk.project.code, pk=selection.pk)


def _nobody(action: Action, chosen: list[Filing]) -> str:
    """Nothing was ticked, or others were faster: who and when."""
    if not chosen:
        return f"没有可以{action.label}的单位，请先勾选。"
    return f"勾选的单位已有变化，不能{action.label}：{'、'.join(moved_in_words(chosen))}。"


def _batch_action(request: SignedInRequest) -> Action | None:
    wanted = action_named(request.POST.get("action", ""))
    return wanted if wanted and TRANSITIONS[wanted].act.in_batch else None


@requires(Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def filing_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = desk_of(request, code)
    context = {"own_id": desk.own.pk, "filters": request.GET.dict()}
    back = reverse("review:filing_list", args=[code])
    return export_response(request, FILING_EXPORT, context=context, back_url=back)
