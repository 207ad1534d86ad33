"""What the page of one slot shows: the demand, each candidate with its numbers, the verdict (S1-27..39).

The numbers are those of what stands in the inputs; `static/js/allocation-slot.js` keeps them live.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.forms import BoundField

from apps.allocation.domain.quantities import price, shown, whole_range
from apps.allocation.domain.slots.candidates import Candidate
from apps.allocation.domain.slots.state import SlotCheck, check
from apps.allocation.engine import (
    NoWholePack,
    Row,
    allocated,
    amount,
    bounds,
    daily_cost,
    offer,
    rounded,
    tolerance,
)
from apps.allocation.models import AllocationRow, Slot
from apps.allocation.pages.forms import SlotForm, name_of, typed_quantities
from apps.ui import formats


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One product on the page. Texts are ready to be shown; `terms` holds what stands in the input."""

    candidate: Candidate
    field: BoundField
    terms: Row
    allocated: str
    amount: str
    allowed: str
    suggestion: int | None

    @property
    def packs(self) -> str:
        return formats.packs(self.terms.contract, pack=self.terms.pack, unit=self.candidate.unit)

    @property
    def usage(self) -> str:
        return shown(Fraction(self.terms.daily_usage), 4)

    @property
    def price(self) -> str:
        return price(self.terms.price)

    @property
    def cost(self) -> str:
        """日均使用金额 in yuan (S1-38)."""
        return f"{rounded(daily_cost(self.terms), 2):,}"

    @property
    def cut(self) -> str:
        return shown(Fraction(self.candidate.cut), 4)

    @property
    def left(self) -> int | None:
        return self.candidate.left

    @property
    def is_full(self) -> bool:
        """Whether not even one pack is left for this institution."""
        return self.left is not None and self.left < self.terms.pack


@dataclass(frozen=True, slots=True)
class SlotPage:
    """The slot with its verdict; quantities in smallest units of the item to be allocated."""

    slot: Slot
    pending: int
    rows: tuple[CandidateRow, ...]
    verdict: SlotCheck
    allocated: str
    amount: str
    allowance: str

    @property
    def is_typed(self) -> bool:
        return any(row.terms.contract is not None for row in self.rows)

    @property
    def is_saved(self) -> bool:
        """Whether there is something to clear."""
        return any(row.candidate.contract is not None for row in self.rows)

    @property
    def gap(self) -> str:
        """还差 N or 超出 N (rules §3a.5), and whether that is within what is allowed."""
        if not self.is_typed:
            return f"还差 {self.pending:,}"
        if self.verdict.gap == 0:
            return "正好"
        difference = gap_in_words(self.verdict)
        return f"{difference}，在允许范围内" if self.verdict.inside else difference

    @property
    def tone(self) -> str:
        if not self.is_typed:
            return ""
        return "success" if self.verdict.inside else "warning"


def gap_in_words(verdict: SlotCheck) -> str:
    """`还差 16` or `超出 16`, in units of the item to be allocated; never a negative number."""
    if verdict.missing:
        return f"还差 {shown(verdict.missing)}"
    return f"超出 {shown(verdict.excess)}"


def slot_page(row: AllocationRow, slot: Slot, form: SlotForm) -> SlotPage:
    """Everything that the page shows, computed exactly."""
    typed = typed_quantities(form)
    pending, usage = row.target(slot), row.item.daily_usage
    terms = [
        candidate.with_contract(_whole(typed[candidate.product_id]))
        for candidate in form.candidates
    ]
    rows = tuple(
        CandidateRow(
            candidate=candidate,
            field=form[name_of(candidate.product_id)],
            terms=terms[index],
            allocated=shown(allocated(terms[index], usage)),
            amount=f"{amount(terms[index]):,}",
            allowed=_allowed(pending, row, terms, index),
            suggestion=_suggestion(pending, row, terms, index, candidate.left),
        )
        for index, candidate in enumerate(form.candidates)
    )
    return SlotPage(
        slot=slot,
        pending=pending,
        rows=rows,
        verdict=check(pending, usage, terms),
        allocated=shown(sum((allocated(term, usage) for term in terms), Fraction(0))),
        amount=f"{sum(map(amount, terms), Decimal(0)):,}",
        allowance=_allowance(check(pending, usage, terms), usage, terms),
    )


def _allowance(verdict: SlotCheck, usage: Decimal, terms: Sequence[Row]) -> str:
    """`允许误差 ±4（1 盒），差 2.5 盒`: a pack of the row that carries the slot, in units of the item."""
    if verdict.bounds is None:
        return ""
    pack = tolerance(terms[verdict.bounds.index], usage)
    off = f"，差 {shown(abs(verdict.gap) / pack, 1)} 盒" if verdict.gap else ""
    return f"允许误差 ±{shown(pack)}（1 盒）{off}"


def _whole(quantity: int | None) -> int | None:
    return quantity if quantity is None or quantity >= 0 else None


def _allowed(pending: int, row: AllocationRow, terms: Sequence[Row], index: int) -> str:
    """The range of the row that carries the slot; with nothing typed, of each row taken alone."""
    blank = all(term.contract is None for term in terms)
    tried = [
        Row(term.daily_usage, term.pack, term.price, 1 if place == index else None)
        for place, term in enumerate(terms)
    ]
    limits = bounds(pending, row.item.daily_usage, tried if blank else terms)
    if limits.index != index:
        return ""
    whole = whole_range(limits)
    return f"{whole[0]:,} – {whole[1]:,}" if whole else "没有可填的数量"


def _suggestion(
    pending: int, row: AllocationRow, terms: Sequence[Row], index: int, left: int | None
) -> int | None:
    try:
        return offer(pending, row.item.daily_usage, terms, index, left)
    except NoWholePack:
        return None


def with_suggestion(row: AllocationRow, slot: Slot, form: SlotForm, product: str) -> SlotForm:
    """The same form with the suggested whole packs in one product's input: for pages without a script."""
    offers = {str(row.candidate.product_id): row for row in slot_page(row, slot, form).rows}
    typed = dict(form.data.items())
    offer = offers.get(product)
    if offer is not None and offer.suggestion is not None:
        typed[offer.field.html_name] = str(offer.suggestion)
    return SlotForm(typed, candidates=form.candidates)
