"""取消中选调整: what an institution has instead of a product that was cancelled, and 替补确认."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.stops.confirming import awaiting, confirm_shares
from apps.allocation.domain.stops.reads import adjusted_lines, names_of, own_shares, words_of
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import remember
from apps.allocation.pages.selected import INSTITUTION
from apps.allocation.pages.stops.tables import AdjustedTable
from apps.review.models.statuses import FROZEN
from apps.review.pages.answering import carry_out
from apps.ui.lists import render_list
from apps.ui.pages import seen_sets


@requires(Permission.QUERY, roles=INSTITUTION)
def adjusted_list(request: SignedInRequest, code: str) -> HttpResponse:
    office = AllocationPage.of(request.actor, code)
    remember(request, code)
    shares, names = own_shares(office.filing), names_of(office.project)
    stops = [(share, words_of(share, names, share.stop.product_id)) for share in shares]
    open_ones = [share for share in shares if share.confirmed_at is None]
    has_reported = office.filing.state in FROZEN
    may_confirm = bool(open_ones) and has_reported and request.user.has(Permission.REPORT)
    return render_list(
        request,
        "allocation/adjusted_list.html",
        table_class=AdjustedTable,
        queryset=adjusted_lines(office.filing, shares),
        context={
            "office": office,
            "project": office.project,
            "stops": stops,
            "open": open_ones,
            "may_confirm": may_confirm,
            "has_reported": has_reported,
            "seen_set": seen_sets.stamp_of(awaiting(office.filing)) if may_confirm else "",
        },
    )


@requires(Permission.REPORT, roles=INSTITUTION)
@require_POST
def adjusted_confirm(request: SignedInRequest, code: str) -> HttpResponse:
    office = AllocationPage.of(request.actor, code)
    return carry_out(
        request,
        lambda: confirm_shares(
            filing=office.filing,
            project=office.project,
            by=request.actor,
            seen=request.POST.get(seen_sets.FIELD, ""),
        ),
        lambda count: f"已确认 {count} 项取消中选后的替补数量。",
        reverse("allocation:adjusted_list", args=[code]),
    )
