"""The base of one unit as rows: what was reported of each item, and the same in units of its main specification.

Reads what is summed already: base quantities of provinces, frozen totals of bureaus, an institution's own lines.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum

from apps.organizations.models import Tier
from apps.projects.models import CatalogItem, Project
from apps.reporting.models import DemandLine, DemandTotal
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.volumes.models import BaseQuantity, BaseVersion, Conversion

SUMMED = (Tier.ALLIANCE, Tier.PROVINCE)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class BaseRow:
    """One item of a unit; `main` is what it is converted to, itself as a rule. Quantities in smallest units."""

    item: CatalogItem
    main: CatalogItem
    coefficient: Decimal
    quantity: int

    @property
    def pk(self) -> int:
        return int(self.item.pk)

    @property
    def converted(self) -> Decimal:
        return self.quantity * self.coefficient

    @property
    def is_converted(self) -> bool:
        return self.coefficient != ONE or self.main.pk != self.item.pk

    def __str__(self) -> str:
        return str(self.item)


def base_rows(version: BaseVersion, filing: Filing) -> list[BaseRow]:
    """Three statements; items in the order of the catalogue."""
    return _rows(version, conversions_of(version, filing), reported_of(version, filing))[0]


def rows_of_each(version: BaseVersion, filings: Sequence[Filing]) -> dict[int, list[BaseRow]]:
    """The same of the nation and its provinces, by filing: three statements however many they are."""
    held: dict[int, dict[int, int]] = defaultdict(dict)
    national: Counter[int] = Counter()
    quantities = BaseQuantity.objects.filter(version=version)
    for province, item, quantity in quantities.values_list("filing_id", "item_id", "quantity"):
        held[province][item] = quantity
        national[item] += quantity
    reported = [national if filing.is_root else held[filing.pk] for filing in filings]
    rows = _rows(version, conversions_of(version, filings[0]), *reported)
    return {filing.pk: own for filing, own in zip(filings, rows, strict=True)}


def _rows(
    version: BaseVersion,
    conversion: Mapping[int, tuple[int, Decimal]],
    *reported: Mapping[int, int],
) -> list[list[BaseRow]]:
    """The catalogue's items with what each of these units reported."""
    items = CatalogItem.objects.filter(project=version.project_id)
    known = {item.pk: item for item in items.order_by("position", "item_code")}
    lists: list[list[BaseRow]] = []
    for own in reported:
        lists.append(rows := [])
        for pk, item in known.items():
            main, coefficient = conversion.get(pk, (pk, ONE))
            rows.append(BaseRow(item, known[main], coefficient, own.get(pk, 0)))
    return lists


def reported_row(base: int, filing: Filing, item: CatalogItem) -> BaseRow:
    """What a unit reported of one item, and what it counts as in sums; two statements."""
    conversion = Conversion.objects.filter(item=item).select_related("main").first()
    main, coefficient = (conversion.main, conversion.coefficient) if conversion else (item, ONE)
    if filing.tier in SUMMED:
        quantities = BaseQuantity.objects.filter(version=base, item=item)
        if filing.tier == Tier.PROVINCE:
            quantities = quantities.filter(filing=filing)
        quantity = quantities.aggregate(total=Sum("quantity"))["total"] or 0
    else:
        quantity = _lines_of(filing, [item.pk]).get(item.pk, 0)
    return BaseRow(item, main, coefficient, quantity)


def folded_rows(base: int, filing: Filing, main: CatalogItem) -> list[BaseRow]:
    """What a unit reported of the items that are folded into one main specification; two statements at most."""
    if filing.tier in SUMMED:
        quantities = BaseQuantity.objects.filter(version=base, main=main).select_related("item")
        if filing.tier == Tier.PROVINCE:
            quantities = quantities.filter(filing=filing)
        held: dict[int, BaseRow] = {}
        for row in quantities.order_by("item__position", "item__item_code"):
            before = held[row.item_id].quantity if row.item_id in held else 0
            held[row.item_id] = BaseRow(row.item, main, row.coefficient, before + row.quantity)
        return list(held.values())
    conversions = Conversion.objects.filter(main=main).exclude(item=main).select_related("item")
    parts = {row.item_id: (row.item, row.coefficient) for row in conversions}
    parts[main.pk] = (main, ONE)
    reported = _lines_of(filing, list(parts))
    rows = [BaseRow(item, main, own, reported.get(pk, 0)) for pk, (item, own) in parts.items()]
    return sorted(rows, key=lambda row: (row.item.position, row.item.item_code))


def reported_of(version: BaseVersion, filing: Filing) -> Mapping[int, int]:
    """By item what the unit reported and had approved; one statement."""
    if filing.tier in SUMMED:
        quantities = BaseQuantity.objects.filter(version=version)
        if filing.tier == Tier.PROVINCE:
            quantities = quantities.filter(filing=filing)
        return dict(quantities.values_list("item_id").annotate(total=Sum("quantity")).order_by())
    return _lines_of(filing)


def _lines_of(filing: Filing, items: Sequence[int] | None = None) -> dict[int, int]:
    """Of an institution or a bureau below the provinces."""
    if filing.state != Status.APPROVED:
        return {}
    wanted = Q() if items is None else Q(item__in=items)
    if filing.is_institution:
        lines = DemandLine.objects.of_filing(filing).filter(wanted, planned__gt=0)
        return {item: planned or 0 for item, planned in lines.values_list("item_id", "planned")}
    totals = DemandTotal.objects.filter(wanted, filing=filing)
    return dict(totals.values_list("item_id", "quantity"))


def conversions_of(version: BaseVersion, filing: Filing) -> Mapping[int, tuple[int, Decimal]]:
    """By item its main specification and coefficient; those of a published base stand still."""
    if filing.tier in SUMMED:
        quantities = BaseQuantity.objects.filter(version=version).exclude(
            coefficient=1, main_id=F("item_id")
        )
        rows = list(quantities.values_list("item_id", "main_id", "coefficient").distinct())
    else:
        kept = Conversion.objects.filter(project=version.project_id)
        rows = list(kept.values_list("item_id", "main_id", "coefficient"))
    return {item: (main, coefficient) for item, main, coefficient in rows}


def across_conversions(project: Project) -> list[Conversion]:
    """Those between two manufacturers, to be looked at before publication; one statement."""
    rows = Conversion.objects.filter(project=project).exclude(main=F("item"))
    conversions = rows.select_related("item", "main").order_by("item__position", "item__item_code")
    return [conversion for conversion in conversions if conversion.is_across]
