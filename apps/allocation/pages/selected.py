"""中选产品采购量确认 (S1-13, S1-18..20)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.confirming import confirm_selected
from apps.allocation.domain.filters import SelectedFilter
from apps.allocation.domain.reads import selected_lines
from apps.allocation.models import AllocationRow
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import remember
from apps.allocation.pages.institution_tables import SelectedTable
from apps.audit.pages.authorship import quantities_only
from apps.review.pages.answering import carry_out
from apps.ui.lists import render_list
from apps.ui.pages import seen_sets

INSTITUTION = (Role.INSTITUTION,)


@fills
@quantities_only
@requires(Permission.QUERY, roles=INSTITUTION)
def selected_list(request: SignedInRequest, code: str) -> HttpResponse:
    office = AllocationPage.of(request.actor, code)
    remember(request, code)
    may_change = office.is_editable and request.user.has(Permission.MAINTAIN)
    left = office.work.selected_left
    unconfirmed = AllocationRow.objects.of_filing(office.filing).selected_unconfirmed()
    return render_list(
        request,
        "allocation/selected_list.html",
        table_class=SelectedTable,
        filterset_class=SelectedFilter,
        queryset=selected_lines(office.filing),
        table_kwargs={"reported": office.is_reported},
        context={
            "office": office,
            "project": office.project,
            "may_change": may_change,
            "left": left,
            "seen_set": seen_sets.stamp_of(unconfirmed) if may_change and left else "",
        },
    )


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def selected_confirm(request: SignedInRequest, code: str, pk: int | None = None) -> HttpResponse:
    """One row, or all of them."""
    office = AllocationPage.of(request.actor, code)
    rows = None
    if pk is not None:
        rows = [get_object_or_404(AllocationRow.objects.of_filing(office.filing), pk=pk).pk]
    return carry_out(
        request,
        lambda: confirm_selected(
            filing=office.filing,
            project=office.project,
            by=request.actor,
            rows=rows,
            seen=request.POST.get(seen_sets.FIELD, ""),
        ),
        lambda count: f"已确认 {count} 项中选产品采购量。",
        reverse("allocation:selected_list", args=[code]),
    )
