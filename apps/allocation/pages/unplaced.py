"""未能分配 of a bureau's subtree: by item, by institution, and both in one Excel file."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.overview_filters import UnplacedFilter
from apps.allocation.domain.unplaced import by_item, unplaced_rows, with_units
from apps.allocation.files.workbooks import UNPLACED_EXPORT
from apps.allocation.navigation import BUREAUS
from apps.allocation.pages.answering import allocation_or_404, remember
from apps.allocation.pages.unplaced_tables import UnplacedItemTable, UnplacedTable
from apps.exchange.pages.exports import export_response
from apps.review.models import Filing
from apps.review.pages.bureau_page import BureauPage
from apps.review.pages.desks import desk_of, tabs_of, top_of
from apps.review.pages.outside import explains_chain
from apps.ui.lists import build_table, is_filtered, matching
from apps.ui.pages.replicas import reads_replica
from apps.ui.paging import address

BY_UNIT = "institution"


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def unplaced_list(request: SignedInRequest, code: str) -> HttpResponse:
    desk, top = _place(request, code)
    remember(request, code)
    rows = unplaced_rows(desk.project, top.path)
    filterset = UnplacedFilter(request.GET or None, queryset=rows, request=request)
    found, by_unit = matching(filterset), request.GET.get("by") == BY_UNIT
    listed: Any = with_units(found) if by_unit else by_item(found)
    table = build_table(
        request,
        UnplacedTable if by_unit else UnplacedItemTable,
        listed,
        filtered=is_filtered(filterset),
    )
    shown = {
        "project": desk.project,
        "top": top,
        "tabs": tabs_of(request, desk, "allocation:unplaced_list"),
        "ways": _ways(request, by_unit=by_unit),
        "filter": filterset,
        "table": table,
        "may_export": request.user.has(Permission.EXPORT),  # type: ignore[union-attr]
    }
    return render(request, "allocation/unplaced_list.html", shown)


def _place(request: SignedInRequest, code: str) -> tuple[BureauPage, Filing]:
    """The reader's desk in an allocation and the bureau looked at. Raises `OutsideChain`, `Http404`."""
    desk = desk_of(request, code)
    allocation_or_404(desk.project)
    return desk, top_of(request, desk)


def _ways(request: SignedInRequest, *, by_unit: bool) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": address(request, by=way, page=None, sort=None), "current": current}
        for label, way, current in (
            ("按品规", None, not by_unit),
            ("按医疗机构", BY_UNIT, by_unit),
        )
    ]


@requires(Permission.QUERY, Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def unplaced_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk, top = _place(request, code)
    user: Any = request.user
    context = {
        "project_id": desk.project.pk,
        "top": top.path,
        "place": user.path,
        "query": request.GET.urlencode(),
    }
    back = reverse("allocation:unplaced_list", args=[code])
    return export_response(request, UNPLACED_EXPORT, context=context, back_url=back)
