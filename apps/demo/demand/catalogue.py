"""The catalogues of the demo's demand rounds: drugs by specification and pack, orthodontic brackets.

Generic names are public knowledge; makers, prices and codes are made up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from apps.demo.fixtures import makers, rows
from apps.exchange.files.rendering import Record
from apps.projects.files.columns import ITEMS

BY_PIECE, BY_SET = "按最小制剂单位填报", "按套或颗填报"


@dataclass(frozen=True, slots=True)
class Offered:
    """One catalogue item of a demand round; `price` per pack, `is_injection` keeps small institutions from it.

    Blank `unit_name`: the group is one competition unit; blank `maker`: the catalogue's next. `days` is the part of
    an institution's patient-days that it is used on.
    """

    item_code: str
    lot: str
    group: str
    variety: str
    form: str
    specification: str
    unit: str
    pack: int
    price: Decimal
    daily: Decimal
    note: str
    is_injection: bool = False
    unit_name: str = ""
    maker: str = ""
    days: float = 1.0


@cache
def drugs() -> tuple[Offered, ...]:
    """Every specification in every pack: 282 items."""
    return tuple(_numbered(_drugs(), "BL"))


@cache
def brackets() -> tuple[Offered, ...]:
    return tuple(_numbered(_brackets(), "KQ"))


def catalogue_records(items: Sequence[Offered]) -> dict[str, list[Record]]:
    """The sheet of the catalogue's workbook."""
    names = [maker.name for maker in makers()]
    return {
        ITEMS: [
            {
                "position": position,
                "item_code": item.item_code,
                "lot": item.lot,
                "product_group": item.group,
                "competition_unit": item.unit_name or item.group,
                "variety": item.variety,
                "dosage_form": item.form,
                "specification": item.specification,
                "unit": item.unit,
                "pack_quantity": item.pack,
                "manufacturer_name": item.maker or names[position % len(names)],
                "daily_usage": item.daily,
                "reference_price": item.price,
                "filling_note": item.note,
            }
            for position, item in enumerate(items, 1)
        ]
    }


def _numbered(items: Iterator[Offered], prefix: str) -> Iterator[Offered]:
    for number, item in enumerate(items, 1):
        object.__setattr__(item, "item_code", f"{prefix}{number:04d}")
        yield item


def _drugs() -> Iterator[Offered]:
    for row in rows("drugs.csv"):
        for place, strength in enumerate(row["specs"].split("|")):
            for pack in map(int, row["packs"].split("|")):
                one = Decimal(row["price"]) * (Decimal("1.7") ** place)
                yield Offered(
                    item_code="",
                    lot=row["group"],
                    group=row["variety"],
                    variety=row["variety"],
                    form=row["dosage_form"],
                    specification=f"{strength}×{pack}{row['unit']}",
                    unit=row["unit"],
                    pack=pack,
                    price=(one * pack).quantize(Decimal("0.01")),
                    daily=Decimal(row["daily"]),
                    note=BY_PIECE,
                    is_injection=row["route"] == "inj",
                )


def _brackets() -> Iterator[Offered]:
    for row in rows("brackets.csv"):
        for slot in row["slot"].split("|"):
            for side in row["sides"].split("|"):
                yield Offered(
                    item_code="",
                    lot="口腔正畸托槽",
                    group=row["kind"],
                    variety=row["kind"],
                    form="",
                    specification=f"{row['series']} {slot}英寸 {side}",
                    unit=row["unit"],
                    pack=1,
                    price=Decimal(row["price"]),
                    daily=Decimal(1),
                    note=BY_SET,
                )
