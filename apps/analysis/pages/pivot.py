"""多维度查看 (S2-08): choice of project, the pivot page, its way down, its export."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.analysis.domain.asking import AskedView
from apps.analysis.domain.view import AddressRefused, View
from apps.analysis.files.workbooks import PIVOT_EXPORT
from apps.analysis.models import SavedView
from apps.analysis.navigation import BUREAUS
from apps.analysis.pages.controls import controls_for
from apps.analysis.pages.drilling import into
from apps.analysis.pages.page import CELL, SWAP, PivotPage, cell_of, way_here
from apps.exchange.pages.exports import export_response
from apps.jobs.services import TooManyJobs
from apps.reporting.domain.rollup import TooWide, ask_for_refresh
from apps.review.pages.bureau_page import BureauPage, own_filings
from apps.review.pages.desks import DEMAND, KINDS, desk_of
from apps.review.pages.outside import explains_chain
from apps.ui.pages.replicas import reads_replica


def demand_desk(request: SignedInRequest, code: str) -> BureauPage:
    """The unit's desk in a demand or history project. Raises `OutsideChain`, `Http404`."""
    desk = desk_of(request, code)
    if desk.project.kind not in KINDS[DEMAND]:
        raise Http404
    return desk


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
def project_list(request: SignedInRequest) -> HttpResponse:
    """The demand rounds in which the unit has a package, the latest first."""
    own = [filing for filing in own_filings(request.actor) if filing.project.kind in KINDS[DEMAND]]
    return render(request, "analysis/project_list.html", {"filings": own})


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def pivot_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The page; a click on a cell or on 行列互换 comes here too and is sent on to the address it means."""
    desk = demand_desk(request, code)
    first, refusal = View.first(desk.own), ""
    try:
        view = View.read(request.GET, first=first)
    except AddressRefused as refused:
        view, refusal = View.salvaged(request.GET, first=first), str(refused)
    if not refusal and (elsewhere := _meant(request, view)):
        return redirect(f"{reverse('analysis:pivot_detail', args=[code])}{elsewhere}")
    asked = AskedView(desk.project, desk.own, view)
    shown = _head(request, asked)
    if not refusal:
        try:
            shown["pivot"] = PivotPage(request, asked)
        except TooWide as refused:
            refusal = str(refused)
    shown["refusal"] = refusal
    return render(request, "analysis/pivot_detail.html", shown)


def _meant(request: SignedInRequest, view: View) -> str:
    """Where a button of the page leads; empty for the page itself."""
    if SWAP in request.GET:
        return f"?{view.swapped().query}"
    if CELL in request.GET:
        step = into(view, *cell_of(request.GET[CELL]))
        return f"{'institutions/' if step.is_leaf else ''}?{step.view.query}"
    return ""


def _head(request: SignedInRequest, asked: AskedView) -> dict[str, Any]:
    """What stands above the table, whether there is an answer or not."""
    view = asked.view
    way, names = way_here(asked)
    saved = SavedView.objects.of_owner(request.user.pk, asked.project)
    return {
        "project": asked.project,
        "own": asked.own,
        "view": view,
        "way": way,
        "controls": controls_for(asked.source, view, request.GET, names),
        "saved": list(saved.order_by("name", "pk")),
        "link": request.build_absolute_uri(f"{request.path}?{view.query}"),
        "may_export": request.user.has(Permission.EXPORT),
        "pivot": None,
    }


@requires(Permission.QUERY, Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def pivot_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    """Every row of the view, whatever page is shown."""
    return exported(request, code, PIVOT_EXPORT, "analysis:pivot_detail")


def exported(request: SignedInRequest, code: str, spec: Any, page: str) -> HttpResponseBase:
    """The workbook; what can't be answered leads back to the page, which says why."""
    desk = demand_desk(request, code)
    query = request.GET.urlencode()
    back = f"{reverse(page, args=[code])}?{query}"
    context = {"own_id": desk.own.pk, "query": query}
    try:
        View.read(request.GET, first=View.first(desk.own))
        return export_response(request, spec, context=context, back_url=back)
    except (AddressRefused, TooWide):
        return redirect(back)


@requires(Permission.QUERY, roles=BUREAUS)
@require_POST
@explains_chain
def totals_refresh(request: SignedInRequest, code: str) -> HttpResponse:
    """Figures of work in progress are counted anew in the background."""
    desk = demand_desk(request, code)
    back = f"{reverse('analysis:pivot_detail', args=[code])}?{request.GET.urlencode()}"
    try:
        return redirect(ask_for_refresh(desk.project, by=request.actor, back_url=back))
    except TooManyJobs as refused:
        messages.error(request, str(refused))
        return redirect(back)
