"""A dumped round read into plain values. Knows nothing of the product: it reads the files alone.

Whole numbers are ints, everything else exact fractions; nothing is rounded.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

Place = tuple[str, str]
"""A unit's path and an item code."""
Taken = tuple[str, str, str]
"""A unit's path, the item code and the enterprise code of what was won."""


@dataclass(frozen=True)
class Item:
    """`coefficient`: units of `main` in one of this."""

    code: str
    unit: str
    group: str
    pack: int
    main: str
    coefficient: Fraction


@dataclass(frozen=True)
class Winner:
    """An enterprise that won an item. Provinces are codes; `supplies` None is everywhere."""

    unit: str
    item: str
    uscc: str
    rank: int | None
    cut: Fraction | None
    price: Fraction | None
    pack: int | None
    usage: Fraction | None
    capacity: int | None
    supplies: frozenset[str] | None
    primaries: frozenset[str]

    def serves(self, province: str) -> bool:
        return self.supplies is None or province in self.supplies

    def leads(self, province: str) -> bool:
        return self.serves(province) and province in self.primaries


@dataclass(frozen=True)
class Rule:
    """`name` r1, r2, r4 or r6; figures are texts as in the file."""

    name: str
    figures: Mapping[str, Any]

    def part(self, name: str) -> Fraction:
        return Fraction(self.figures[name])


@dataclass(frozen=True)
class Held:
    base: int
    agreed: int
    kept: int
    pending: int


@dataclass(frozen=True)
class Dump:
    """All files by their keys; a key that stands twice refuses the file."""

    tiers: Mapping[str, str]
    items: Mapping[str, Item]
    reports: Mapping[Place, int]
    winners: tuple[Winner, ...]
    rules: Mapping[str, Rule]
    agreed: Mapping[Place, Held]
    shares: Mapping[tuple[str, int], tuple[str, Fraction]]
    rows: Mapping[Place, tuple[int, ...]]
    confirmed: Mapping[Taken, tuple[int, Fraction]]
    agreements: Mapping[Taken, tuple[int, int, Fraction]]

    def rule_of(self, item: str) -> Rule:
        return self.rules[self.items[item].unit]

    def above(self, path: str) -> Iterator[str]:
        """The path itself and those of the units it lies in, up to the root; skipped tiers are no units."""
        parts = path.strip("/").split("/")
        for depth in range(len(parts), 0, -1):
            place = "/" + "/".join(parts[:depth]) + "/"
            if place in self.tiers:
                yield place


def read(folder: Path) -> Dump:
    """Raises ValueError where a key stands twice or an institution's code isn't that of its path."""
    codes = {row["path"]: row["code"] for row in _rows(folder, "units")}
    for name in ("rows", "confirmed", "agreements"):
        for row in _rows(folder, name):
            if codes[row["path"]] != row["institution_code"]:
                raise ValueError(f"{name}: {row['path']} is not {row['institution_code']}")
    return Dump(
        tiers=_once("units", ((row["path"], row["tier"]) for row in _rows(folder, "units"))),
        items=_once("items", ((row["item_code"], _item(row)) for row in _rows(folder, "items"))),
        reports=_once(
            "reports",
            (((r["path"], r["item_code"]), int(r["quantity"])) for r in _rows(folder, "reports")),
        ),
        winners=tuple(map(_winner, _rows(folder, "winners"))),
        rules=_once(
            "rules",
            (
                (row["competition_unit"], Rule(row["rule"], json.loads(row["parameters"])))
                for row in _rows(folder, "rules")
            ),
        ),
        agreed=_once("agreed", map(_held, _rows(folder, "agreed"))),
        shares=_once(
            "shares",
            (
                ((r["competition_unit"], int(r["rank"])), (r["uscc"], Fraction(r["quantity"])))
                for r in _rows(folder, "shares")
            ),
        ),
        rows=_once(
            "rows",
            (
                (
                    (row["path"], row["item_code"]),
                    tuple(int(row[name]) for name in ROW),
                )
                for row in _rows(folder, "rows")
            ),
        ),
        confirmed=_once(
            "confirmed",
            (
                (_taken(row), (int(row["quantity"]), Fraction(row["converted"])))
                for row in _rows(folder, "confirmed")
            ),
        ),
        agreements=_once(
            "agreements",
            (
                (_taken(row), (int(row["units"]), int(row["packs"]), Fraction(row["amount"])))
                for row in _rows(folder, "agreements")
            ),
        ),
    )


ROW = ("agreed", "kept", "pending", "lowest", "highest", "other")


def province_of(path: str) -> str:
    return path.split("/")[2]


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _once(name: str, pairs: Iterator[tuple[Any, Any]]) -> Any:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{name}: {key} stands twice")
        found[key] = value
    return found


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        code=row["item_code"],
        unit=row["competition_unit"],
        group=row["product_group"],
        pack=int(row["pack"]),
        main=row["main_item_code"],
        coefficient=Fraction(row["coefficient"]),
    )


def _winner(row: Mapping[str, str]) -> Winner:
    def fraction(name: str) -> Fraction | None:
        return Fraction(row[name]) if row[name] else None

    def whole(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    return Winner(
        unit=row["competition_unit"],
        item=row["item_code"],
        uscc=row["uscc"],
        rank=whole("rank"),
        cut=fraction("cut"),
        price=fraction("price"),
        pack=whole("pack"),
        usage=fraction("daily_usage"),
        capacity=whole("capacity"),
        supplies=frozenset(row["supply_provinces"].split()) or None,
        primaries=frozenset(row["primary_provinces"].split()),
    )


def _held(row: Mapping[str, str]) -> tuple[Place, Held]:
    figures = (int(row[name]) for name in ("base", "agreed", "kept", "pending"))
    return (row["path"], row["item_code"]), Held(*figures)


def _taken(row: Mapping[str, str]) -> Taken:
    return row["path"], row["item_code"], row["uscc"]
