"""分量: the page of one slot (S1-22..42)."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.decorators import requires
from apps.accounts.roles import Permission
from apps.allocation.candidates import candidates_of
from apps.allocation.forms import SlotForm
from apps.allocation.models import PENDING_SLOTS, AllocationRow, Slot, SlotState
from apps.allocation.office import Office, office_for
from apps.allocation.quantities import shown
from apps.allocation.refusals import CapacityExceeded
from apps.allocation.services import Saved, clear_slot, move_exhausted, save_slot
from apps.allocation.slot_desk import page_context
from apps.allocation.slot_page import with_suggestion
from apps.allocation.wording import slot_cell
from apps.projects.views.requests import SignedInRequest
from apps.review.exceptions import ReviewRefused

from .answering import carry_out, require_maintain
from .pending import row_or_404
from .selected import INSTITUTION


@requires(Permission.QUERY, roles=INSTITUTION)
def slot_edit(request: SignedInRequest, code: str, pk: int, slot: str) -> HttpResponse:
    office = office_for(request.actor, code)
    row = row_or_404(office, pk)
    wanted = slot_or_404(row, slot)
    candidates = candidates_of(office.project, row, wanted)
    form = SlotForm(request.POST or None, candidates=candidates)
    if request.method != "POST":
        return _page(request, office, row, wanted, form)
    require_maintain(request)
    if "suggest" in request.POST:
        form = with_suggestion(row, wanted, form, request.POST["suggest"])
        return _page(request, office, row, wanted, form)
    if not form.is_valid():
        return _page(request, office, row, wanted, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _save(request, office, row, wanted, form)


@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def slot_clear(request: SignedInRequest, code: str, pk: int, slot: str) -> HttpResponse:
    office = office_for(request.actor, code)
    row = row_or_404(office, pk)
    wanted = slot_or_404(row, slot)
    return carry_out(
        request,
        lambda: clear_slot(row=row, slot=wanted, project=office.project, by=request.actor),
        lambda _: "已清空合同量，占用的产能已经放回。",
        reverse("allocation:slot_edit", args=[code, pk, slot]),
    )


@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def slot_move(request: SignedInRequest, code: str, pk: int, slot: str) -> HttpResponse:
    """产能不足转其他."""
    office = office_for(request.actor, code)
    row = row_or_404(office, pk)
    wanted = slot_or_404(row, slot)
    said = "未能分配" if wanted == Slot.OTHER else "已转其他中选企业"
    after = Slot.OTHER.value
    return carry_out(
        request,
        lambda: move_exhausted(row=row, slot=wanted, project=office.project, by=request.actor),
        lambda found: f"剩余产能已全部占用，{said} {found.moved:,} {row.item.unit}。",
        reverse("allocation:slot_edit", args=[code, pk, after]),
    )


def slot_or_404(row: AllocationRow, slot: str) -> Slot:
    if slot not in PENDING_SLOTS or not slot_cell(row, Slot(slot)).is_shown:
        raise Http404
    return Slot(slot)


def _save(
    request: SignedInRequest, office: Office, row: AllocationRow, slot: Slot, form: SlotForm
) -> HttpResponse:
    try:
        saved = save_slot(
            row=row,
            slot=slot,
            contracts=form.contracts,
            seen=form.seen_contracts,
            project=office.project,
            by=request.actor,
        )
    except ReviewRefused as refusal:
        refused = HTTPStatus.CONFLICT
        lacks = refusal.lacks if isinstance(refusal, CapacityExceeded) else ()
        return _page(
            request, office, row, slot, form, refusal=str(refusal), lacks=lacks, status=refused
        )
    _say(request, row, saved)
    return redirect("allocation:slot_edit", code=office.project.code, pk=row.pk, slot=slot.value)


def _say(request: SignedInRequest, row: AllocationRow, saved: Saved) -> None:
    unit = row.item.unit
    if saved.state == SlotState.PLACED:
        messages.success(request, "已保存，合同量在允许范围内，产能已为本机构占用。")
    elif saved.state == SlotState.EMPTY:
        messages.success(request, "已保存，合同量都是空的。")
    elif saved.broken:
        messages.warning(request, "已保存为草稿：本项目要求合同量是整包装，还没有占用产能。")
    elif saved.verdict.missing:
        gap = f"还差 {shown(saved.verdict.missing)} {unit}"
        messages.warning(request, f"已保存为草稿：{gap}，还没有占用产能。")
    else:
        gap = f"超出 {shown(saved.verdict.excess)} {unit}"
        messages.warning(request, f"已保存为草稿：{gap}，还没有占用产能。")


def _page(
    request: SignedInRequest,
    office: Office,
    row: AllocationRow,
    slot: Slot,
    form: SlotForm,
    *,
    status: int = HTTPStatus.OK,
    **refused: Any,
) -> HttpResponse:
    shown_now = page_context(
        office, row, slot, form, maintains=request.user.has(Permission.MAINTAIN)
    )
    shown_now |= {"refusal": "", "lacks": (), **refused}
    return render(request, "allocation/slot_edit.html", shown_now, status=status)
