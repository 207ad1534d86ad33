"""按建议全部填入: every empty slot with whole packs under what is left, on one page before anything is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.reads import pending_rows
from apps.allocation.domain.suggesting import Suggested, fill_suggested, stamp_of, suggestions
from apps.allocation.models import AllocationRow
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import require_maintain
from apps.allocation.pages.selected import INSTITUTION
from apps.allocation.pages.slots.page import gap_in_words
from apps.audit.pages.authorship import quantities_only
from apps.projects.models import WinningProduct
from apps.review.domain.refusals import ReviewRefused
from apps.ui import formats
from apps.ui.pages import seen_sets


@dataclass(frozen=True, slots=True)
class Taken:
    """What a slot would take of one product, in smallest units and in packs."""

    product: WinningProduct
    contract: int
    packs: str


@dataclass(frozen=True, slots=True)
class Line:
    """One slot as the page shows it."""

    row: AllocationRow
    found: Suggested
    taken: Sequence[Taken]

    @property
    def gap(self) -> str:
        verdict = self.found.verdict
        return "正好" if verdict.gap == 0 else gap_in_words(verdict)


@fills
@quantities_only
@requires(Permission.QUERY, roles=INSTITUTION)
def pending_fill(request: SignedInRequest, code: str) -> HttpResponse:
    """GET shows what would be filled, POST fills it."""
    office = AllocationPage.of(request.actor, code)
    if request.method == "POST":
        require_maintain(request)
        return _fill(request, office)
    may_change = office.is_editable and request.user.has(Permission.MAINTAIN)
    shown = _context(office) | {"may_change": may_change}
    return render(request, "allocation/pending_fill.html", shown)


def _fill(request: SignedInRequest, office: AllocationPage) -> HttpResponse:
    try:
        done = fill_suggested(
            filing=office.filing,
            project=office.project,
            seen=request.POST.get(seen_sets.FIELD, ""),
            by=request.actor,
        )
    except ReviewRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已按建议填入 {done.saved:,} 项，请核对后确认。")
        for sentence in done.refused:
            messages.warning(request, sentence)
    return redirect(reverse("allocation:pending_list", args=[office.project.code]))


def _context(office: AllocationPage) -> dict[str, Any]:
    suggested_rows = suggestions(office.project, office.filing)
    rows = {row.pk: row for row in pending_rows(office.filing)}
    products = _products(suggested_rows)
    lines = [
        Line(rows[suggested.row.pk], suggested, _taken(suggested, products))
        for suggested in suggested_rows
    ]
    return {
        "office": office,
        "project": office.project,
        "fitting": [line for line in lines if not line.found.why_not],
        "short": [line for line in lines if line.found.why_not],
        "seen_set": stamp_of(suggested_rows),
    }


def _products(suggestions: Sequence[Suggested]) -> Mapping[int, WinningProduct]:
    taken = {
        product
        for suggested in suggestions
        for product, contract in suggested.contracts.items()
        if contract
    }
    return WinningProduct.objects.select_related("item", "enterprise").in_bulk(sorted(taken))


def _taken(suggested: Suggested, products: Mapping[int, WinningProduct]) -> list[Taken]:
    return [
        Taken(
            products[product],
            contract,
            formats.packs(
                contract, pack=suggested.terms[product].pack, unit=products[product].item.unit
            ),
        )
        for product, contract in suggested.contracts.items()
        if contract
    ]
