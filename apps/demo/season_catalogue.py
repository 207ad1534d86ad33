"""`DEMO-LV`'s own data, read from `fixtures/demo/season_*.csv`: items, coefficients, winners, rules of units.

Made up but for the generic names: one competition unit for every way from a base to agreed volumes (rules §2).
Invariant: what decides ranks and ratios comes first, what the allocation needs besides comes in a later file.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from apps.exchange.files.rendering import Record
from apps.volumes.files.columns import CLASSES, RESULTS, UNITS

from .agreed_volumes import Season
from .demand.catalogue import BY_PIECE, Offered
from .fixtures import makers, rows

BY_NAME = "多家生产企业（按通用名填报）"
FIRST = ("rank", "cut")
"""What is known when the results are announced."""
LATER = ("price", "pack", "daily_usage", "capacity", "supply_rank", "provinces", "primaries")


@cache
def season_items() -> tuple[Offered, ...]:
    names = {maker.key: maker.name for maker in makers()}
    return tuple(
        Offered(
            item_code=row["item_code"],
            lot=row["lot"],
            group=row["product_group"],
            variety=row["variety"],
            form=row["dosage_form"],
            specification=row["specification"],
            unit=row["unit"],
            pack=int(row["pack"]),
            price=Decimal(row["price"]),
            daily=Decimal(row["daily"]),
            note=BY_PIECE,
            is_injection=bool(row["is_injection"]),
            unit_name=row["competition_unit"],
            maker=names.get(row["maker"], BY_NAME),
            days=float(row["days"]),
        )
        for row in rows("season_items.csv")
    )


@cache
def season() -> Season:
    rules = {UNITS: list(_units()), CLASSES: list(_classes())}
    return Season(
        conversions=list(_conversions()),
        results=[{RESULTS: list(_winners(FIRST)), **rules}, {RESULTS: list(_winners(LATER))}],
    )


def _conversions() -> Iterator[Record]:
    for row in rows("season_items.csv"):
        if row["main"]:
            yield {
                "item_code": row["item_code"],
                "main": row["main"],
                "coefficient": row["coefficient"],
                "across": True,
            }


def _winners(columns: tuple[str, ...]) -> Iterator[Record]:
    firms = {maker.key: maker for maker in makers()}
    for row in rows("season_winners.csv"):
        maker = firms[row["maker"]]
        yield {
            "item_code": row["item_code"],
            "uscc": maker.uscc,
            "enterprise": maker.name,
            **{name: row[name] or None for name in columns},
        }


def _units() -> Iterator[Record]:
    yield from rows("season_units.csv")


def _classes() -> Iterator[Record]:
    for row in rows("season_items.csv"):
        if row["ratio_class"]:
            yield {"item_code": row["item_code"], "ratio_class": row["ratio_class"]}
