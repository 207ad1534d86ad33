"""分配采购量确认上报 (S1-15, S1-49..54)."""

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.completeness import open_work
from apps.allocation.domain.filters import LineFilter
from apps.allocation.domain.reads import amount_of_lines, confirmed_lines
from apps.allocation.files.workbooks import LINE_EXPORT
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import remember
from apps.allocation.pages.institution_tables import LineTable
from apps.allocation.pages.selected import INSTITUTION
from apps.exchange.pages.exports import export_response
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.review.pages.answering import carry_out
from apps.ui.lists import render_list
from apps.ui.numbers import number_of


@fills
@requires(Permission.QUERY, roles=INSTITUTION)
def report_detail(request: SignedInRequest, code: str) -> HttpResponse:
    office = AllocationPage.of(request.actor, code)
    remember(request, code)
    lines = confirmed_lines(office.filing)
    open_ends = open_work([office.filing]).get(office.filing.pk, [])
    return render_list(
        request,
        "allocation/report_detail.html",
        table_class=LineTable,
        filterset_class=LineFilter,
        queryset=lines,
        context={
            "office": office,
            "project": office.project,
            "open_work": open_ends,
            "lines": lines.order_by().count(),
            "amount": amount_of_lines(lines),
            "may_report": office.is_editable and request.user.has(Permission.REPORT),
            "may_withdraw": office.may_withdraw and request.user.has(Permission.REPORT),
            "may_export": request.user.has(Permission.EXPORT),
        },
    )


@fills
@requires(Permission.REPORT, roles=INSTITUTION)
@require_POST
def report_withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    """撤回 of the whole report, where the project lets institutions withdraw; what was confirmed stays confirmed."""
    office = AllocationPage.of(request.actor, code)
    version = number_of(request.POST.get("version", ""))
    versions = None if version is None else {office.filing.pk: version}
    return carry_out(
        request,
        lambda: perform([office.filing], Action.WITHDRAW, by=request.actor, versions=versions),
        lambda _: "已撤回，可以继续修改；改好后请重新上报。",
        reverse("allocation:report_detail", args=[code]),
    )


@fills
@requires(Permission.REPORT, roles=INSTITUTION)
@require_POST
def report_submit(request: SignedInRequest, code: str) -> HttpResponse:
    """上报: the version that the page showed must still hold."""
    office = AllocationPage.of(request.actor, code)
    version = number_of(request.POST.get("version", ""))
    versions = None if version is None else {office.filing.pk: version}
    return carry_out(
        request,
        lambda: perform([office.filing], Action.SUBMIT, by=request.actor, versions=versions),
        lambda _: f"已上报，等待上级审核。{office.after_report}",
        reverse("allocation:report_detail", args=[code]),
    )


@requires(Permission.EXPORT, roles=INSTITUTION)
def report_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    office = AllocationPage.of(request.actor, code)
    context = {
        "project_id": office.project.pk,
        "filing_id": office.filing.pk,
        "query": request.GET.urlencode(),
    }
    return export_response(request, LINE_EXPORT, context=context)
