"""待分配量选择和确认 (S1-14, S1-21..26, S1-43..48)."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.confirming import confirm_filled, confirm_pending, withdraw_pending
from apps.allocation.domain.filters import PendingFilter
from apps.allocation.domain.reads import pending_rows
from apps.allocation.models import AllocationRow
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import remember
from apps.allocation.pages.forms import read_stamp
from apps.allocation.pages.institution_tables import PendingTable
from apps.allocation.pages.selected import INSTITUTION
from apps.audit.pages.authorship import quantities_only
from apps.review.pages.answering import carry_out
from apps.ui.lists import render_list
from apps.ui.pages import seen_sets


@fills
@quantities_only
@requires(Permission.QUERY, roles=INSTITUTION)
def pending_list(request: SignedInRequest, code: str) -> HttpResponse:
    office = AllocationPage.of(request.actor, code)
    remember(request, code)
    may_change = office.is_editable and request.user.has(Permission.MAINTAIN)
    hides_lowest = not office.project.share_lowest and not _lowest_given(office)
    return render_list(
        request,
        "allocation/pending_list.html",
        table_class=PendingTable,
        filterset_class=PendingFilter,
        queryset=pending_rows(office.filing),
        table_kwargs={
            "reported": office.is_reported,
            "exclude": ("lowest",) if hides_lowest else (),
        },
        context={
            "office": office,
            "project": office.project,
            "may_change": may_change,
            "ready": _ready(office) if may_change else {},
        },
    )


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def pending_confirm(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    office = AllocationPage.of(request.actor, code)
    row = row_or_404(office, pk)
    return carry_out(
        request,
        lambda: confirm_pending(
            row=row,
            project=office.project,
            by=request.actor,
            seen=read_stamp(request.POST.get("seen", "")[:2_000]),
            slot=request.POST.get("slot", ""),
        ),
        lambda done: f"已确认“{done.item}”的待分配量。",
        reverse("allocation:pending_list", args=[code]),
    )


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def pending_confirm_all(request: SignedInRequest, code: str) -> HttpResponse:
    """全部确认: every row that is filled."""
    office = AllocationPage.of(request.actor, code)
    return carry_out(
        request,
        lambda: confirm_filled(
            filing=office.filing,
            project=office.project,
            by=request.actor,
            seen=request.POST.get(seen_sets.FIELD, ""),
        ),
        lambda count: (
            f"已确认 {count:,} 项待分配量。" if count else "没有可以确认的品规：请先填完各项分量。"
        ),
        reverse("allocation:pending_list", args=[code]),
    )


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def pending_withdraw(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    office = AllocationPage.of(request.actor, code)
    row = row_or_404(office, pk)
    return carry_out(
        request,
        lambda: withdraw_pending(row=row, project=office.project, by=request.actor),
        lambda done: f"已撤回“{done.item}”，可以重新分量；已占用的产能仍然保留。",
        reverse("allocation:pending_list", args=[code]),
    )


def _ready(office: AllocationPage) -> dict[str, Any]:
    """How many rows 全部确认 would confirm, of how many something is left unplaced, and which they are."""
    rows = AllocationRow.objects.of_filing(office.filing).ready_to_confirm()
    sums = rows.aggregate(**seen_sets.SUMS, unplaced=Count("pk", filter=Q(unplaced__gt=0)))
    stamp = seen_sets.Stamp.of(sums)
    return {"count": stamp.count, "unplaced": sums["unplaced"], "seen_set": str(stamp)}


def row_or_404(office: AllocationPage, pk: int) -> AllocationRow:
    rows = AllocationRow.objects.of_filing(office.filing).to_allocate()
    row: AllocationRow = get_object_or_404(rows.select_related("filing", "item"), pk=pk)
    return row


def _lowest_given(office: AllocationPage) -> bool:
    """Volumes may bring a lowest-cost slot with them although the project's share of it is 0."""
    return bool(AllocationRow.objects.of_filing(office.filing).filter(lowest__gt=0).exists())
