"""An uploaded catalogue against the project: what is new, changed, unchanged and wrong. Writes nothing.

Invariant: after applying a file, the same file again finds everything unchanged.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.exchange.dry_run import DryRun
from apps.exchange.normalizing import folded
from apps.exchange.readings import Problem, Reading, Row
from apps.organizations.models import Enterprise, Organization
from apps.organizations.uscc import normalized, problem_with

from .columns import ITEM_COLUMNS, ITEMS, WINNERS
from .models import CatalogItem, Project, SupplyRank, WinningProduct
from .provinces import by_any_name, provinces

SEPARATORS = re.compile(r"[、,，;；/\s]+")
ITEM_FIELDS = tuple(
    column.key for column in ITEM_COLUMNS if column.key not in {"item_code", "position"}
)
NAMED = 5  # as many as a note names
TERMS = ("price", "pack", "daily_usage", "cut")


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A catalogue row to be written; `position` 0: behind all others."""

    code: str
    values: Mapping[str, Any]
    position: int


@dataclass(frozen=True, slots=True)
class WinnerChange:
    """A winning result to be written. `existing` is its product, if the item has won before."""

    code: str
    uscc: str
    enterprise: str
    capacity: int | None
    supply_rank: str
    terms: Mapping[str, Any]
    provinces: tuple[int, ...]
    existing: WinningProduct | None = None


@dataclass(slots=True)
class CatalogueCheck:
    """Compares the rows with what the project holds; constant statements."""

    project: Project
    outcome: DryRun = field(default_factory=DryRun)

    def run(self, reading: Reading) -> DryRun:
        items = CatalogItem.objects.filter(project=self.project)
        known = {item.item_code: item for item in items}
        for row in _whole(reading, ITEMS):
            self._item(row, known)
        codes = set(known) | {row["item_code"] for row in reading.rows.get(ITEMS, [])}
        self._winners(list(_whole(reading, WINNERS)), codes)
        return self.outcome

    def _item(self, row: Row, known: Mapping[str, CatalogItem]) -> None:
        item = known.get(row["item_code"])
        position = row["position"] or (item.position if item else 0)
        change = ItemChange(row["item_code"], {name: row[name] for name in ITEM_FIELDS}, position)
        if item is None:
            self.outcome.new.append(change)
        elif item.position != position or any(
            getattr(item, name) != value for name, value in change.values.items()
        ):
            self.outcome.changed.append(change)
        else:
            self.outcome.unchanged.append(change)

    def _winners(self, rows: list[Row], codes: set[str]) -> None:
        names = Names.of(rows)
        products = WinningProduct.objects.filter(project=self.project)
        known = {
            product.item.item_code: product
            for product in products.with_terms()
            .select_related("item", "enterprise")
            .prefetch_related("supplies")
        }
        for row in rows:
            problems = [*self._winner_problems(row, codes, names)]
            self.outcome.problems += problems
            if not problems:
                self._winner(row, known.get(row["item_code"]), names)
        self._note_packs(rows)

    def _winner_problems(self, row: Row, codes: set[str], names: "Names") -> Iterable[Problem]:
        code, uscc = row["item_code"], normalized(row["uscc"])
        if code not in codes:
            yield row.problem("item_code", f"品规编号“{code}”不在“{ITEMS}”里")
        if uscc in names.unregistered and (problem := problem_with(uscc)):
            yield row.problem("uscc", problem)
        elif (registered := names.enterprises.get(uscc)) and not _same(
            registered, row["enterprise"]
        ):
            yield row.problem("enterprise", f"该统一社会信用代码登记的企业是“{registered}”")
        unknown = [name for name in _split(row["provinces"]) if name not in names.provinces]
        if unknown:
            yield row.problem("provinces", f"没有这样的省份：{'、'.join(unknown)}")

    def _winner(self, row: Row, existing: WinningProduct | None, names: "Names") -> None:
        supplied = {names.provinces[name].pk for name in _split(row["provinces"])}
        change = WinnerChange(
            code=row["item_code"],
            uscc=normalized(row["uscc"]),
            enterprise=row["enterprise"],
            capacity=row["capacity"],
            supply_rank=row["supply_rank"] or SupplyRank.PRIMARY,
            terms={name: row[name] for name in TERMS},
            provinces=tuple(sorted(supplied)),
            existing=existing,
        )
        if existing is None:
            self.outcome.new.append(change)
        elif _differs(change, existing):
            self.outcome.changed.append(change)
        else:
            self.outcome.unchanged.append(change)

    def _note_packs(self, rows: list[Row]) -> None:
        """A pack that the catalogue calls differently is legal, and often a slip."""
        packs = dict(
            CatalogItem.objects.filter(project=self.project).values_list(
                "item_code", "pack_quantity"
            )
        ) | {
            change.code: change.values["pack_quantity"]
            for change in (*self.outcome.new, *self.outcome.changed)
            if isinstance(change, ItemChange)
        }
        odd = [
            row["item_code"]
            for row in rows
            if packs.get(row["item_code"], row["pack"]) != row["pack"]
        ]
        if odd:
            more = f" 等 {len(odd)} 个" if len(odd) > NAMED else ""
            self.outcome.notes.append(
                f"{'、'.join(odd[:NAMED])}{more}的最小包装数量与目录的包装数量不同，请核对"
            )


@dataclass(frozen=True, slots=True)
class Names:
    """What the file's names stand for: enterprises by code (registered, or first in the file), provinces."""

    enterprises: Mapping[str, str]
    unregistered: set[str]
    provinces: Mapping[str, Organization]

    @classmethod
    def of(cls, rows: list[Row]) -> "Names":
        written: dict[str, str] = {}
        for row in rows:
            written.setdefault(normalized(row["uscc"]), row["enterprise"])
        registered = Enterprise.objects.filter(uscc__in=written).values_list("uscc", "name")
        known = dict(registered)
        return cls(written | known, set(written) - set(known), by_any_name(provinces()))


def _differs(change: WinnerChange, product: WinningProduct) -> bool:
    return (
        product.enterprise.uscc != change.uscc
        or product.capacity != change.capacity
        or product.supply_rank != change.supply_rank
        or terms_differ(change, product)
        or supplies_differ(change, product)
    )


def terms_differ(change: WinnerChange, product: Any) -> bool:
    """Whether a new version of the terms is due; `product` carries its current ones (`with_terms`)."""
    return any(getattr(product, name) != value for name, value in change.terms.items())


def supplies_differ(change: WinnerChange, product: WinningProduct) -> bool:
    return {supply.province_id for supply in product.supplies.all()} != set(change.provinces)


def _whole(reading: Reading, title: str) -> Iterable[Row]:
    return (row for row in reading.rows.get(title, []) if not row.broken)


def _split(text: str) -> list[str]:
    return [name for name in SEPARATORS.split(text) if name and name not in {"全部", "全国"}]


def _same(one: str, other: str) -> bool:
    return folded(one) == folded(other)
