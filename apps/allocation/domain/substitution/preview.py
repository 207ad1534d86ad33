"""What 系统代分 would do now, computed exactly and written nowhere."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from apps.allocation.domain.substitution.planning import RowPlan, plan_rows
from apps.allocation.domain.substitution.reading import Left, load_offers, load_rows
from apps.allocation.models import AllocationRow
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.filing import FilingQuerySet

AT_ONCE = 3_000
"""Rows that a page computes itself; more are for a file."""
CHUNK = 500


@dataclass(slots=True)
class Share:
    """What an institution gets: rows to allocate, agreements, rows of which something can't be placed."""

    rows: int = 0
    lines: int = 0
    unplaced: int = 0


@dataclass(frozen=True)
class Preview:
    """Plans by institution in the order in which they take from the pools; `left` is what remains afterwards."""

    filings: Sequence[Filing]
    plans: Sequence[RowPlan]
    left: Left
    before: Left

    @cached_property
    def shares(self) -> dict[int, Share]:
        """By filing id; institutions with nothing open are absent."""
        by_filing: dict[int, Share] = defaultdict(Share)
        for plan in self.plans:
            share = by_filing[plan.row.filing_id]
            share.rows += 1
            share.lines += sum(1 for line in plan.lines if line.contract)
            share.unplaced += plan.unplaced > 0
        return dict(by_filing)

    @property
    def unplaced(self) -> int:
        return sum(share.unplaced for share in self.shares.values())


def is_short(filings: FilingQuerySet) -> bool:
    """Whether a page computes it: counts no further than that."""
    wanted = filings.order_by().values("pk")
    rows = AllocationRow.objects.filter(filing__in=wanted).to_allocate()
    return int(rows.order_by()[: AT_ONCE + 1].count()) <= AT_ONCE


def preview_of(project: Project, filings: Sequence[Filing]) -> Preview:
    """Three statements for as many institutions as a page computes."""
    places, left = load_offers(project)
    before = dict(left)
    plans = [
        plan
        for start in range(0, len(filings), CHUNK)
        for plan in plan_rows(load_rows(filings[start : start + CHUNK]), places, left)
    ]
    return Preview(filings, plans, left, before)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the file: what an institution would take of a product, or what could not be placed."""

    filing: Filing
    plan: RowPlan
    slot: str
    product_id: int | None
    contract: int
    unplaced: int = field(default=0)


def planned_rows(project: Project, filings: FilingQuerySet) -> Iterator[PlannedRow]:
    """Row by row for a file of any size: institutions come in chunks, what is left is carried on."""
    places, left = load_offers(project)
    ids = list(filings.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = list(filings.filter(pk__in=ids[start : start + CHUNK]))
        units = {filing.pk: filing for filing in chunk}
        for plan in plan_rows(load_rows(chunk), places, left):
            yield from _rows_of(units[plan.row.filing_id], plan)


def _rows_of(filing: Filing, plan: RowPlan) -> Iterator[PlannedRow]:
    for line in plan.lines:
        if line.contract:
            yield PlannedRow(filing, plan, line.slot, line.product_id, line.contract)
    if plan.unplaced:
        yield PlannedRow(filing, plan, "", None, 0, plan.unplaced)
