"""审查结果查看: what was reported and what became of it, 导出, 撤回 (S2-26 to S2-40)."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.reporting.domain.results import filtered
from apps.reporting.domain.sheet.reporting import withdraw
from apps.reporting.domain.sheet.rows import rows_of
from apps.reporting.files.workbooks import RESULT_EXPORT
from apps.reporting.pages.answering import INSTITUTION, remember, ticked
from apps.reporting.pages.demand_page import DemandPage
from apps.reporting.pages.tables import ResultTable
from apps.review.domain.reads import actions_for
from apps.review.models.statuses import Action
from apps.review.pages.answering import carry_out
from apps.ui.lists import ALL_MATCHING, build_table
from apps.ui.numbers import number_of
from apps.ui.pages.seen_sets import FIELD, Stamp, require_same


@fills
@requires(Permission.QUERY, roles=INSTITUTION)
def result_list(request: SignedInRequest, code: str) -> HttpResponse:
    desk = DemandPage.of(request.actor, code)
    remember(request, code)
    form, rows = filtered(desk.project, desk.filing, request.GET)
    offered = actions_for(desk.project, [desk.filing], request.actor)[desk.filing.pk]
    may_withdraw = Action.WITHDRAW in offered and request.user.has(Permission.MAINTAIN)
    table = build_table(
        request,
        ResultTable,
        rows,
        filtered=bool(request.GET),
        years=desk.project.baseline_years,
        exclude=() if may_withdraw else ("select",),
    )
    shown = {
        "desk": desk,
        "project": desk.project,
        "form": form,
        "table": table,
        "rows": len(rows),
        "may_withdraw": may_withdraw,
        "may_export": request.user.has(Permission.EXPORT),
        "query": request.GET.urlencode(),
    }
    return render(request, "reporting/result_list.html", shown)


@requires(Permission.EXPORT, roles=INSTITUTION)
def result_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = DemandPage.of(request.actor, code)
    context = {
        "project_id": desk.project.pk,
        "filing_id": desk.filing.pk,
        "query": request.GET.urlencode(),
    }
    return export_response(request, RESULT_EXPORT, context=context)


@fills
@requires(Permission.MAINTAIN, Permission.REPORT, roles=INSTITUTION)
@require_POST
def result_withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    """撤回 brings the whole filing back; the ticked rows are marked 待修改 (S2-39)."""
    desk = DemandPage.of(request.actor, code)
    if request.POST.get(ALL_MATCHING):
        _form, rows = filtered(desk.project, desk.filing, request.GET)
        items = [row.pk for row in rows]
        require_same(request.POST.get(FIELD, ""), Stamp.of_keys(items))
    else:
        known = {row.item.pk for row in rows_of(desk.project, desk.filing)}
        items = [item for item in ticked(request, "selected") if item in known]
    return carry_out(
        request,
        lambda: withdraw(
            filing=desk.filing,
            project=desk.project,
            items=items,
            by=request.actor,
            version=number_of(request.POST.get("version", "")),
        ),
        lambda count: f"已撤回，{count:,} 个品规标为待修改；改好后请重新上报。",
        reverse("reporting:demand_edit", args=[code]),
    )
