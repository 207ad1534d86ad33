"""What the review pages show of one filing: an institution's rows and lines, a bureau's products (S0-26).

Paged by `?part=`: a page stays short whatever the filing holds; a constant number of statements.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, Case, Count, F, Q, When

from apps.allocation.domain.supply.sql import package_of
from apps.allocation.domain.wording import SLOT_TITLES, Mark, row_mark
from apps.allocation.models import AllocationRow, CapacityPool, Report, Slot, SlotLine
from apps.review.domain.kinds import Detail
from apps.review.domain.returns.second_pass import Again, again, last_return
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import FROZEN
from apps.scope.prepared import Among, Prepared
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
    """One item of an institution with its lines; `is_asked`: the last return named it."""

    row: AllocationRow
    mark: Mark
    lines: tuple[DetailLine, ...]
    is_changed: bool = False
    is_asked: bool = False


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
    past = _Past.of(filing)
    front = Case(When(past.is_asked, then=0), When(pk__in=past.changed, then=1), default=2)
    rows = AllocationRow.objects.of_filing(filing).with_item()
    number, unplaced = COUNTS.first(filing=filing.pk) or (0, 0)
    page = _page(rows.order_by(front, "item__position", "pk"), params, number)
    by_row: dict[int, list[DetailLine]] = {}
    for line in TAKEN(rows=[row.pk for row in page.object_list]):
        by_row.setdefault(line.row_id, []).append(_line(line, past.before))
    shown = [
        DetailRow(
            row,
            row_mark(row, reported=filing.state in FROZEN),
            tuple(by_row.get(row.pk, ())),
            is_changed=row.pk in past.changed,
            is_asked=past.names(row),
        )
        for row in page.object_list
    ]
    note = f"{unplaced} 项有未能分配的数量" if unplaced else "数量为最小制剂单位"
    return {
        "page": page,
        "rows": shown,
        "compares": past.before is not None,
        "again": past.again(filing),
        "unchanged": past.before is not None and not past.changed,
        "note": note,
        "kept": _kept(params),
    }


TAKEN: Prepared[SlotLine] = Prepared(
    lambda rows: (
        SlotLine.objects.filter(Among(F("row_id"), rows))
        .taken()
        .with_terms()
        .with_earlier()
        .order_by("row_id", "pk")
    ),
    rows=ArrayField(BigIntegerField()),
)
COUNTS: Prepared[tuple[int, int]] = Prepared(
    lambda filing: (
        AllocationRow.objects.filter(filing_id=filing)
        .order_by()
        .values("filing_id")
        .annotate(number=Count("pk"), open=Count("pk", filter=Q(unplaced__gt=0)))
        .values_list("number", "open")
    ),
    filing=BigIntegerField(),
)
"""Rows, and those of them with something unplaced."""
REPORTS: Prepared[Report] = Prepared(
    lambda filing: Report.objects.filter(filing_id=filing).order_by("-number"),
    filing=BigIntegerField(),
)
"""Read by every page of an institution's report."""


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


@dataclass(frozen=True, slots=True)
class _Past:
    """What the rows are held against: the report before the one that stands, and the last return.

    `changed` and `done`: the rows that differ from that report, and from the one that was returned.
    """

    before: Mapping[Place, int] | None
    event: FilingEvent | None
    changed: frozenset[int]
    done: frozenset[int]

    @classmethod
    def of(cls, filing: Filing) -> "_Past":
        """Two statements."""
        reports = REPORTS(filing=filing.pk)
        event = last_return(filing)
        if filing.state not in FROZEN:
            before = _contracts(reports[0]) if reports else None
            return cls(before, event, frozenset(), frozenset())
        if len(reports) == 1:
            return cls(None, event, frozenset(), frozenset())
        given_back = next((r for r in reports if event and r.number < event.sequence), None)
        now = reports[0] if reports else None
        changed = _differing(now, reports[1]) if now else frozenset()
        done = _differing(now, given_back) if now and given_back else frozenset()
        return cls(_contracts(reports[1]) if now else None, event, changed, done)

    @property
    def is_asked(self) -> Q:
        """The rows that the last return named."""
        return Q(asked_in=self.event.sequence) if self.event else Q(pk__in=[])

    def names(self, row: AllocationRow) -> bool:
        return self.event is not None and row.asked_in == self.event.sequence

    def again(self, filing: Filing) -> Again | None:
        """One statement where it came back."""
        if self.event is None:
            return None
        rows = AllocationRow.objects.of_filing(filing).filter(self.is_asked)
        asked = frozenset(rows.values_list("pk", flat=True))
        return again(filing, self.event, asked=len(asked), done=len(asked & self.done))


def _contracts(report: Report) -> dict[Place, int]:
    return {
        (row, slot, product): contract
        for row, slot, product, contract, _terms in report.content["lines"]
    }


def _differing(one: Report, other: Report) -> frozenset[int]:
    """The rows whose lines or states are not the same in both."""
    here, there = (
        {tuple(row) for row in (*report.content["rows"], *report.content["lines"])}
        for report in (one, other)
    )
    return frozenset(row[0] for row in here ^ there)


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
    return {"page": page, "products": products, "kept": _kept(params)}


def _packs(pool: CapacityPool, quantity: int) -> str:
    return formats.packs(quantity, pack=pool.terms.pack, unit=pool.product.item.unit)


def _kept(params: Mapping[str, str]) -> str:
    """The address with everything but the part of the table."""
    return urlencode({name: value for name, value in params.items() if name != "part"})


def _page(rows: Any, params: Mapping[str, str], number: int | None = None) -> Page[Any]:
    """`number` of rows, where it is known."""
    paginator = Paginator(rows, ROWS_PER_PAGE)
    if number is not None:
        paginator.count = number
    return paginator.get_page(params.get("part"))
