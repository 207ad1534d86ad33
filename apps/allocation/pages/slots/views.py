"""分量: the page of one slot (S1-22..42). A script saves in place; without it the form does the same."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.reads import own_row, own_slot
from apps.allocation.domain.slots.candidates import Candidate, candidates_of
from apps.allocation.domain.slots.exhausting import move_exhausted
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.domain.wording import slot_cell
from apps.allocation.models import PENDING_SLOTS, AllocationRow, Slot
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import require_maintain
from apps.allocation.pages.forms import SlotForm
from apps.allocation.pages.pending import row_or_404
from apps.allocation.pages.selected import INSTITUTION
from apps.allocation.pages.slots.answers import refused, saved_in_words, saved_state, unreadable
from apps.allocation.pages.slots.desk import page_context
from apps.allocation.pages.slots.page import with_suggestion
from apps.audit.pages.authorship import quantities_only
from apps.review.domain.refusals import ReviewRefused
from apps.review.pages.answering import carry_out
from apps.ui.pages.drafts import take


@fills
@quantities_only
@requires(Permission.QUERY, roles=INSTITUTION)
def slot_edit(request: SignedInRequest, code: str, pk: int, slot: str) -> HttpResponse:
    if request.method == "POST":
        return _receive(request, code, pk, slot)
    office = AllocationPage.of(request.actor, code)
    row = row_or_404(office, pk)
    wanted = slot_or_404(row, slot)
    form = SlotForm(candidates=candidates_of(office.project, row, wanted))
    return _page(request, office, row, wanted, form)


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def slot_clear(request: SignedInRequest, code: str, pk: int, slot: str) -> HttpResponse:
    row = own_row_or_404(request, code, pk)
    wanted = slot_or_404(row, slot)
    return carry_out(
        request,
        lambda: clear_slot(row=row, slot=wanted, project=row.project, by=request.actor),
        lambda _: _settled(request, code, pk, slot, "已清空合同量，占用的产能已经放回。"),
        reverse("allocation:slot_edit", args=[code, pk, slot]),
    )


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def slot_move(request: SignedInRequest, code: str, pk: int, slot: str) -> HttpResponse:
    """产能不足转其他."""
    row = own_row_or_404(request, code, pk)
    wanted = slot_or_404(row, slot)
    said = "未能分配" if wanted == Slot.OTHER else "已转其他中选企业"
    return carry_out(
        request,
        lambda: move_exhausted(row=row, slot=wanted, project=row.project, by=request.actor),
        lambda move: _settled(
            request,
            code,
            pk,
            slot,
            f"剩余产能已全部占用，{said} {move.moved:,} {row.item.unit}。",
        ),
        reverse("allocation:slot_edit", args=[code, pk, Slot.OTHER.value]),
    )


def _settled(request: SignedInRequest, code: str, pk: int, slot: str, sentence: str) -> str:
    """The sentence, once the slot was settled in another way than by what stood in its inputs: their draft goes."""
    take(request, reverse("allocation:slot_edit", args=[code, pk, slot]))
    return sentence


def own_row_or_404(request: SignedInRequest, code: str, pk: int) -> AllocationRow:
    row = own_row(request.actor, code, pk)
    if row is None:
        raise Http404
    return row


def _own_slot_or_404(
    request: SignedInRequest, code: str, pk: int, slot: str
) -> tuple[AllocationRow, list[Candidate]]:
    own = own_slot(request.actor, code, pk, Slot(slot)) if slot in PENDING_SLOTS else None
    if own is None:
        raise Http404
    return own


def slot_or_404(row: AllocationRow, slot: str) -> Slot:
    if slot not in PENDING_SLOTS or not slot_cell(row, Slot(slot)).is_shown:
        raise Http404
    return Slot(slot)


def _receive(request: SignedInRequest, code: str, pk: int, slot: str) -> HttpResponse:
    """保存, as few statements as it takes: many institutions save at the same moment."""
    require_maintain(request)
    row, candidates = _own_slot_or_404(request, code, pk, slot)
    wanted = slot_or_404(row, slot)
    form = SlotForm(request.POST, candidates=candidates)
    if "suggest" in request.POST:
        form = with_suggestion(row, wanted, form, request.POST["suggest"])
        return _page(request, AllocationPage.of(request.actor, code), row, wanted, form)
    if form.is_valid():
        return _save(request, row, wanted, form, candidates)
    if _by_script(request):
        return JsonResponse(unreadable(form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    office = AllocationPage.of(request.actor, code)
    return _page(request, office, row, wanted, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _save(
    request: SignedInRequest,
    row: AllocationRow,
    slot: Slot,
    form: SlotForm,
    offered: Sequence[Candidate],
) -> HttpResponse:
    project, by = row.project, request.actor
    try:
        saved = save_slot(
            row=row,
            slot=slot,
            contracts=form.contracts,
            seen=form.seen_contracts,
            offered=offered,
            project=project,
            by=by,
        )
    except ReviewRefused as refusal:
        answer = refused(refusal, row, slot, form)
        if _by_script(request):
            return JsonResponse(answer, status=HTTPStatus.CONFLICT)
        office = AllocationPage.of(by, project.code)
        return _page(request, office, row, slot, form, status=HTTPStatus.CONFLICT, refused=answer)
    tone, sentence = saved_in_words(row, saved)
    if _by_script(request):
        return JsonResponse(saved_state(row, slot, saved, form.contracts))
    take(request)
    messages.add_message(
        request, messages.SUCCESS if tone == "success" else messages.WARNING, sentence
    )
    return redirect("allocation:slot_edit", code=project.code, pk=row.pk, slot=slot.value)


def _by_script(request: SignedInRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _page(
    request: SignedInRequest,
    office: AllocationPage,
    row: AllocationRow,
    slot: Slot,
    form: SlotForm,
    *,
    status: int = HTTPStatus.OK,
    refused: dict[str, Any] | None = None,
) -> HttpResponse:
    maintains = request.user.has(Permission.MAINTAIN)
    shown = page_context(office, row, slot, form, maintains=maintains)
    shown["refused"] = refused
    return render(request, "allocation/slot_edit.html", shown, status=status)
