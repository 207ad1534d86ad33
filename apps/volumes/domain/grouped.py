"""Sums of a unit's rows per main specification (主规格) and per lot (标的), each with what was folded into it.

Invariant: every summand is converted to its main specification, and nothing of different units of measure is added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices

from apps.projects.models import CatalogItem
from apps.volumes.domain.agreed.rows import AgreedRow
from apps.volumes.domain.bases.rows import BaseRow
from apps.volumes.domain.figures import plain


class By(TextChoices):
    """What a list has a row for."""

    ITEM = "", "按品规"
    MAIN = "main", "按主规格"
    LOT = "lot", "按标的"


@dataclass(frozen=True, slots=True)
class Part:
    """One reported item: how much of it in its own units counts as how much of its main specification."""

    item: CatalogItem
    main: CatalogItem
    coefficient: Decimal
    reported: Decimal
    sums: tuple[Decimal, ...]

    @property
    def is_folded(self) -> bool:
        return self.item.pk != self.main.pk or self.coefficient != 1

    @property
    def factor(self) -> str:
        return plain(self.coefficient)

    @property
    def amount(self) -> str:
        return f"{plain(self.reported)} {self.item.unit}"

    def __str__(self) -> str:
        return f"{self.item.item_code}×{self.factor}"


@dataclass(slots=True)
class Group:
    """A main specification, or a lot in one unit of measure; sums in that unit: base, agreed, kept, pending."""

    name: str
    unit: str
    first: CatalogItem
    parts: list[Part] = field(default_factory=list)

    @property
    def item(self) -> CatalogItem:
        """For filters, which look for names of items."""
        return self.first

    @property
    def pk(self) -> int:
        return int(self.first.pk)

    @property
    def sums(self) -> tuple[Decimal, ...]:
        return tuple(map(sum, zip(*(part.sums for part in self.parts), strict=True)))  # type: ignore[arg-type]

    @property
    def mains(self) -> int:
        return len({part.main.pk for part in self.parts})

    @property
    def converted(self) -> list[Part]:
        """What the page explains: those that count otherwise than as themselves, and their main specification."""
        folded = {part.main.pk for part in self.parts if part.is_folded}
        return [part for part in self.parts if part.main.pk in folded]

    @property
    def base(self) -> Decimal:
        return self.sums[0]

    @property
    def agreed(self) -> Decimal:
        return self.sums[1]

    @property
    def kept(self) -> Decimal:
        return self.sums[2]

    @property
    def pending(self) -> Decimal:
        return self.sums[3]

    def __str__(self) -> str:
        return self.name


def base_groups(rows: Iterable[BaseRow], by: By) -> list[Group]:
    return _grouped((_base_part(row) for row in rows), by)


def agreed_groups(rows: Iterable[AgreedRow], by: By) -> list[Group]:
    """Base, agreed, kept and pending of each."""
    return _grouped((_agreed_part(row) for row in rows), by)


def _base_part(row: BaseRow) -> Part:
    return Part(row.item, row.main, row.coefficient, Decimal(row.quantity), (row.converted,))


def _agreed_part(row: AgreedRow) -> Part:
    held, coefficient = row.held, row.terms.coefficient
    figures = (held.base, *map(Decimal, (held.agreed, held.kept, held.pending)))
    sums = tuple(figure * coefficient for figure in figures)
    return Part(row.item, row.terms.main or row.item, coefficient, held.base, sums)


def _grouped(parts: Iterable[Part], by: By) -> list[Group]:
    """In the order of the catalogue; a lot that has several units of measure has a row for each."""
    groups: dict[tuple[object, str], Group] = {}
    for part in parts:
        if by == By.LOT:
            key, name, first = part.item.lot, part.item.lot, part.item
        else:
            key, name, first = part.main.pk, part.main.variety, part.main  # type: ignore[assignment]
        unit = part.main.unit
        group = groups.setdefault((key, unit), Group(name, unit, first))
        group.parts.append(part)
    return list(groups.values())


def by_of(asked: str) -> By:
    return By(asked) if asked in By.values else By.ITEM


def matching(groups: Sequence[Group], kept: Iterable[CatalogItem]) -> list[Group]:
    """Those with an item that a filter kept; their sums stay whole."""
    wanted = {item.pk for item in kept}
    return [g for g in groups if any(part.item.pk in wanted for part in g.parts)]
