"""Catalogues from the demo's medicines, as the rows of the product's own workbook.

Once as they are, or repeated as often as a national round needs items.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from apps.exchange.files.rendering import Record
from apps.projects.files.columns import ITEMS, WINNERS
from apps.projects.models import SupplyRank

from .fixtures import DemoEnterprise, Medicine, Terms, enterprises, medicines


def repeated(items: int) -> list[Medicine]:
    """`items` medicines: the demo's over and over, each turn in product groups of its own, capacity unlimited."""
    return [_copy(number) for number in range(items)]


def _copy(number: int) -> Medicine:
    turn, place = divmod(number, len(medicines()))
    medicine = medicines()[place]
    terms = dataclasses.replace(medicine.terms, capacity=None) if medicine.terms else None
    return dataclasses.replace(
        medicine,
        item_code=f"N{number + 1:04d}",
        product_group=f"{medicine.product_group}（{turn + 1}）",
        unified_code=f"{medicine.unified_code[:-2]}{turn:02d}",
        terms=terms,
    )


def catalogue_records(chosen: Sequence[Medicine]) -> dict[str, list[Record]]:
    """The two sheets of the catalogue's workbook."""
    makers = {maker.key: maker for maker in enterprises()}
    return {
        ITEMS: [
            _item(position, medicine, makers[medicine.maker])
            for position, medicine in enumerate(chosen, 1)
        ],
        WINNERS: [
            _winner(medicine, medicine.terms, makers[medicine.maker])
            for medicine in chosen
            if medicine.terms
        ],
    }


def _item(position: int, medicine: Medicine, maker: DemoEnterprise) -> Record:
    return {
        "position": position,
        "item_code": medicine.item_code,
        "lot": medicine.lot,
        "product_group": medicine.product_group,
        "competition_unit": f"{medicine.product_group} {medicine.competition_unit}",
        "variety": medicine.variety,
        "dosage_form": medicine.dosage_form,
        "specification": medicine.specification,
        "unit": medicine.unit,
        "pack_quantity": medicine.pack_quantity,
        "unified_code": medicine.unified_code,
        "registration_no": medicine.registration_no,
        "manufacturer_name": maker.name,
        "daily_usage": medicine.daily_usage,
    }


def _winner(medicine: Medicine, terms: Terms, maker: DemoEnterprise) -> Record:
    rank: Mapping[str, str] = dict(SupplyRank.choices)
    return {
        "item_code": medicine.item_code,
        "uscc": maker.uscc,
        "enterprise": maker.name,
        "price": terms.price,
        "pack": medicine.pack_quantity,
        "daily_usage": medicine.daily_usage,
        "cut": terms.cut,
        "capacity": terms.capacity,
        "supply_rank": rank[terms.rank],
        "provinces": terms.provinces,
    }
