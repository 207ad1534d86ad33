"""The demo's own data, read from `fixtures/demo`: institutions, enterprises, medicines.

Nobody and nothing in it is real: enterprises, hospitals, prices, capacities and codes are made up. What an
institution has done so far in the demo round is its `stand`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo"

LATECOMERS = ("H42010000002", "H42010600008")
"""Institutions that report in single rounds and stand nowhere else."""

Stand = Literal["", "half", "reported", "approved", "returned"]


@dataclass(frozen=True, slots=True)
class DemoInstitution:
    """`account` is the username of its demo account, `through` the code of the one that reports for it."""

    code: str
    name: str
    parent: str
    kind: str
    grade: str
    ownership: str
    account: str
    stand: Stand
    through: str


@dataclass(frozen=True, slots=True)
class DemoEnterprise:
    key: str
    uscc: str
    name: str
    account: str


@dataclass(frozen=True, slots=True)
class DemoDistributor:
    """An enterprise as a province's distributor; `areas` are division codes, `state` what was done so far."""

    province: str
    key: str
    provincial_account: str
    phone: str
    state: Literal["issued", "disabled", "waiting"]
    areas: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a medicine was selected with: price (元) per pack, cut (%), provinces in words (empty: all).

    Capacity is in smallest units; `None` is unlimited.
    """

    price: Decimal
    cut: Decimal
    capacity: int | None
    provinces: str
    rank: str


@dataclass(frozen=True, slots=True)
class Medicine:
    """A catalogue item; `terms` if it was selected. `maker` is the key of an enterprise."""

    item_code: str
    lot: str
    product_group: str
    competition_unit: str
    variety: str
    dosage_form: str
    specification: str
    unit: str
    pack_quantity: int
    unified_code: str
    registration_no: str
    maker: str
    daily_usage: Decimal
    terms: Terms | None


@cache
def institutions() -> tuple[DemoInstitution, ...]:
    read = rows("institutions.csv")
    return tuple(DemoInstitution(**cast("dict[str, Any]", row)) for row in read)


@cache
def enterprises() -> tuple[DemoEnterprise, ...]:
    return tuple(DemoEnterprise(**row) for row in rows("enterprises.csv"))


def makers() -> tuple[DemoEnterprise, ...]:
    """The enterprises that make something; the others deliver."""
    return tuple(enterprise for enterprise in enterprises() if enterprise.key.startswith("M"))


@cache
def distributors() -> tuple[DemoDistributor, ...]:
    read = rows("distributors.csv")
    return tuple(DemoDistributor(**cast("dict[str, Any]", row)) for row in read)


@cache
def medicines() -> tuple[Medicine, ...]:
    return tuple(map(_medicine, rows("medicines.csv")))


def _medicine(row: dict[str, str]) -> Medicine:
    price, cut, capacity, provinces, rank = (
        row.pop(name) for name in ("price", "cut", "capacity", "provinces", "rank")
    )
    terms = None
    if price:
        terms = Terms(Decimal(price), Decimal(cut), int(capacity), provinces, rank)
    pack, usage = int(row.pop("pack_quantity")), Decimal(row.pop("daily_usage"))
    return Medicine(**row, pack_quantity=pack, daily_usage=usage, terms=terms)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The records of a file of the demo, by its headings."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
