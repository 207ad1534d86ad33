"""What the review pages show of one filing: an institution's rows and lines, a bureau's products (S0-26).

Paged by `?part=`: a page stays short whatever the filing holds; a constant number of statements.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from apps.allocation.domain.supply.sql import package_of
from apps.allocation.domain.wording import SLOT_TITLES, Mark, row_mark
from apps.allocation.models import AllocationRow, CapacityPool, Report, Slot, SlotLine
from apps.review.domain.kinds import Detail
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.ui import formats

ROWS_PER_PAGE = 50
Place = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One contract quantity as the reviewer reads it; `was` is the quantity reported before, if it differs."""

    title: str
    product: Any
    contract: int
    packs: str
    amount: str
    was: str


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One item of an institution with its lines."""

    row: AllocationRow
    mark: Mark
    lines: tuple[DetailLine, ...]

    @property
    def is_changed(self) -> bool:
        return any(line.was for line in self.lines)


@dataclass(frozen=True, slots=True)
class DetailProduct:
    """What a bureau's package takes of one product."""

    product: Any
    quantity: int
    institutions: int
    lines: int
    packs: str
    amount: str


def detail_of(filing: Filing, params: Mapping[str, str]) -> Detail:
    """The partial and its context."""
    if filing.is_institution:
        return Detail("allocation/_detail.html", _institution(filing, params))
    return Detail("allocation/_package.html", _package(filing, params))


def _institution(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    rows = AllocationRow.objects.of_filing(filing).with_item().order_by("item__position", "pk")
    page = _page(rows, params)
    lines = (
        SlotLine.objects.filter(row__in=[row.pk for row in page.object_list])
        .taken()
        .with_terms()
        .with_earlier()
        .order_by("row_id", "pk")
    )
    before = _reported_before(filing)
    by_row: dict[int, list[DetailLine]] = {}
    for line in lines:
        by_row.setdefault(line.row_id, []).append(_line(line, before))
    shown = [
        DetailRow(
            row, row_mark(row, reported=filing.state in FROZEN), tuple(by_row.get(row.pk, ()))
        )
        for row in page.object_list
    ]
    unplaced = AllocationRow.objects.of_filing(filing).filter(unplaced__gt=0).count()
    note = f"{unplaced} 项有未能分配的数量" if unplaced else "数量为最小制剂单位"
    return {"page": page, "rows": shown, "compares": before is not None, "note": note}


def _line(line: SlotLine, before: Mapping[Place, int] | None) -> DetailLine:
    pool = line.product.pool
    contract = line.contract or 0
    was = ""
    if before is not None and line.slot != Slot.SELECTED:
        reported = before.get((line.row_id, line.slot, line.product_id))
        if reported != contract:
            was = f"上次 {reported:,}" if reported is not None else "新增"
    return DetailLine(
        title=SLOT_TITLES[Slot(line.slot)],
        product=line.product,
        contract=contract,
        packs=_packs(pool, contract),
        amount=f"{line.amount:,}",
        was=was,
    )


def _reported_before(filing: Filing) -> Mapping[Place, int] | None:
    """The lines of the report before the one that stands, or of the one that is being corrected."""
    reports = list(Report.objects.filter(filing=filing).order_by("-number")[:2])
    before = reports[1:] if filing.state in FROZEN else reports
    if not before:
        return None
    return {
        (row, slot, product): contract
        for row, slot, product, contract, _terms in before[0].content["lines"]
    }


def _package(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    totals = sorted(package_of(filing.pk), key=lambda total: total.product)
    page = _page(totals, params)
    pools = {
        pool.product_id: pool
        for pool in CapacityPool.objects.filter(
            product_id__in=[total.product for total in page.object_list]
        ).with_offer()
    }
    products = [
        DetailProduct(
            product=pools[total.product].product,
            quantity=total.quantity,
            institutions=total.institutions,
            lines=total.lines,
            packs=_packs(pools[total.product], total.quantity),
            amount=f"{total.amount:,}",
        )
        for total in page.object_list
    ]
    return {"page": page, "products": products}


def _packs(pool: CapacityPool, quantity: int) -> str:
    return formats.packs(quantity, pack=pool.terms.pack, unit=pool.product.item.unit)


def _page(rows: Any, params: Mapping[str, str]) -> Page[Any]:
    return Paginator(rows, ROWS_PER_PAGE).get_page(params.get("part"))
