"""Items by code: ours (品规编号), the national one (药品统一编码, 耗材编码), or the institution's own; never by name.

The one look-up behind the interface, what is pasted into the sheet and what is imported from Excel.
Invariants: a code that names nothing, or more than one item, is told and nothing is guessed; our own code goes before a
national one that reads the same; a code of an institution that is another item's as well names both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.folding.domain.folding import folded
from apps.organizations.models import Organization, Tier
from apps.projects.models import CatalogItem, OwnCode, Project

Items = frozenset[int]
NONE: Items = frozenset()


class Known(NamedTuple):
    """An item by what tells it from others, in this project and in others."""

    pk: int
    item_code: str
    unified_code: str
    specification: str
    manufacturer_name: str

    @property
    def identity(self) -> tuple[str, ...]:
        return (
            (self.unified_code,)
            if self.unified_code
            else (self.item_code, self.specification, self.manufacturer_name)
        )


@dataclass(slots=True)
class Codes:
    """Every code of a project's catalogue, and of a unit that keeps its own: `kept`, with what they stand for here."""

    own: Mapping[int, str]
    kept: Mapping[str, Items]
    exact: Mapping[str, Items] = field(default_factory=dict)
    alike: Mapping[str, Items] = field(default_factory=dict)

    def find(self, code: str) -> Items:
        """As it is written, or else but for case and width; empty if it names nothing."""
        return self.exact.get(code) or self.alike.get(folded(code), NONE)

    def item_code(self, code: str) -> str:
        """Our own code of the one item that it names; else as it was written."""
        found = self.find(code)
        return self.own[next(iter(found))] if len(found) == 1 else code

    def names(self) -> Mapping[int, list[str]]:
        """By item, every code that names it alone, folded: what a browser finds it by."""
        found: dict[int, list[str]] = defaultdict(list)
        for code, items in self.alike.items():
            if len(items) == 1:
                found[next(iter(items))].append(code)
        return found


def codes_of(project: Project, unit: Organization | None = None) -> Codes:
    """One statement; two for an institution."""
    rows = CatalogItem.objects.filter(project=project, is_withdrawn=False)
    return codes_among((Known(*row) for row in rows.values_list(*Known._fields)), unit)


def codes_among(items: Iterable[Known], unit: Organization | None = None) -> Codes:
    """Of items at hand; one statement for an institution."""
    known = list(items)
    exact: dict[str, set[int]] = {item.item_code: {item.pk} for item in known}
    ours = frozenset(exact)
    for item in known:
        if item.unified_code and item.unified_code not in ours:
            exact.setdefault(item.unified_code, set()).add(item.pk)
    kept = _kept(known, unit) if unit and unit.tier == Tier.INSTITUTION else {}
    for code, named in kept.items():
        if named:
            exact.setdefault(code, set()).update(named)
    alike: dict[str, set[int]] = defaultdict(set)
    for code, pks in exact.items():
        alike[folded(code)] |= pks
    return Codes(
        {item.pk: item.item_code for item in known},
        kept,
        {code: frozenset(pks) for code, pks in exact.items()},
        {code: frozenset(pks) for code, pks in alike.items()},
    )


def _kept(known: list[Known], unit: Organization) -> dict[str, Items]:
    """The unit's codes, each with the items that it stands for among those known."""
    same: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for item in known:
        same[item.identity].add(item.pk)
    here = {item.pk for item in known}
    facts = (f"item__{name}" for name in Known._fields)
    rows = OwnCode.objects.filter(organization=unit).order_by("code")
    kept: dict[str, Items] = {}
    for code, *told in rows.values_list("code", *facts):
        item = Known(*told)
        kept[code] = frozenset({item.pk} if item.pk in here else same.get(item.identity, ()))
    return kept


@dataclass(frozen=True, slots=True)
class Found:
    """Items by the code that was sent; `unknown` name nothing, `ambiguous` several items."""

    items: Mapping[str, int]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]


def items_by_code(
    project: Project, asked: Iterable[str], unit: Organization | None = None
) -> Found:
    """Each code that was asked for, once."""
    codes = codes_of(project, unit)
    found = {code: codes.find(code) for code in dict.fromkeys(asked)}
    return Found(
        {code: next(iter(items)) for code, items in found.items() if len(items) == 1},
        tuple(code for code, items in found.items() if not items),
        tuple(code for code, items in found.items() if len(items) > 1),
    )
