"""Uploaded winning results against the season's table: what is new, changed, unchanged and wrong. Writes nothing.

Invariants: an enterprise is found by its code, never by its name alone; what a later file leaves open of rank, price,
pack, daily usage and cut stays as it was, and so does everything of which it has no column, so results may come in
steps; every value that changes is told with the old one beside it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.exchange.domain.cross_checks import is_sound, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Row
from apps.folding.domain.folding import folded
from apps.organizations.domain.uscc import normalized, problem_with, shape_problem
from apps.organizations.models import Enterprise, Organization
from apps.projects.domain.winners.acts import WinnerChange
from apps.projects.files.columns import WINNER_COLUMNS
from apps.projects.models import TERMS, Project, SupplyRank, WinningProduct
from apps.projects.models.provinces import by_any_name, provinces, short_name

SEPARATORS = re.compile(r"[、,，;；/\s]+")
NAMED = 5  # as many as a note names
TITLES = {column.key: column.title for column in WINNER_COLUMNS}
DECIDING = frozenset({"rank", "cut"})
"""Columns that agreed volumes follow from."""
Known = Mapping[tuple[str, str], WinningProduct]


@dataclass(slots=True)
class WinnersCheck:
    """Compares rows with what the project holds; six statements. `codes`: the catalogue's, `packs` by them.

    `fixed`: why nobody may win any more, and no rank or cut may change; empty where all may.
    """

    project: Project
    outcome: DryRun
    codes: Iterable[str]
    packs: Mapping[str, int]
    fixed: str = ""

    def run(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        codes = frozenset(self.codes)
        rows = spelled(rows, item_code=codes)
        names, known = Names.of(rows), known_winners(self.project)
        for row in rows:
            uscc = normalized(row["uscc"])
            existing = known.get((row["item_code"], uscc))
            if is_sound(self.outcome, row, _problems(row, codes, existing, names)):
                if row["is_new"] and uscc in names.unregistered:
                    self.outcome.verified.add(uscc)
                self._compare(row, existing, names)
        self._note_packs(rows)
        self._note_companions(rows, known)

    def _compare(self, row: Row, existing: WinningProduct | None, names: "Names") -> None:
        change = _change(row, existing, names)
        told = list(differences(change, existing, names.by_id)) if existing else []
        if self.fixed and (existing is None or any(key in DECIDING for key, _, _ in told)):
            keys = [key for key, _, _ in told if key in DECIDING] or ["uscc"]
            self.outcome.problems += [row.problem(key, self.fixed) for key in keys]
        elif existing is None:
            self.outcome.new.append(change)
        elif told:
            self.outcome.changed.append(change)
            for key, old, new in told:
                self.outcome.change(row, key, old, new)
        else:
            self.outcome.unchanged.append(change)

    def _note_packs(self, rows: Sequence[Row]) -> None:
        """A pack that the catalogue calls differently is legal, and often a slip."""
        odd = [
            row["item_code"]
            for row in rows
            if row["pack"] and self.packs.get(row["item_code"], row["pack"]) != row["pack"]
        ]
        if odd:
            self.outcome.notes.append(f"{_listed(odd)}的最小包装数量与目录的包装数量不同，请核对")

    def _note_companions(self, rows: Sequence[Row], known: Known) -> None:
        """Several may win one item; who meant to replace a winner learns that the old one stays."""
        written = {(row["item_code"], normalized(row["uscc"])) for row in rows}
        kept = defaultdict(list)
        for (code, uscc), product in known.items():
            if (code, uscc) not in written:
                kept[code].append(product.enterprise.name)
        joined = [
            f"{code}（{'、'.join(kept[code])}）"
            for code in dict.fromkeys(code for code, uscc in written - set(known))
            if code in kept
        ]
        if joined:
            self.outcome.notes.append(
                f"{_listed(sorted(joined))}原有的中选企业保留，成为几家中选；如是更换企业，请先在“中选结果”删除原来的"
            )


def known_winners(project: Project) -> Known:
    """By item code and enterprise code, with terms and provinces; three statements."""
    products = WinningProduct.objects.filter(project=project).with_terms().with_supplies()
    rows = products.select_related("item", "enterprise")
    return {(row.item.item_code, row.enterprise.uscc): row for row in rows}


def _problems(
    row: Row, codes: frozenset[str], existing: WinningProduct | None, names: "Names"
) -> Iterator[Problem]:
    code, uscc = row["item_code"], normalized(row["uscc"])
    if code not in codes:
        yield row.problem("item_code", f"品规编号“{code}”不在目录里")
    if uscc in names.unregistered:
        yield from _of_new_enterprise(row, uscc, names)
    elif not same(names.enterprises[uscc], row["enterprise"]):
        registered = names.enterprises[uscc]
        yield row.problem("enterprise", f"该统一社会信用代码登记的企业是“{registered}”")
    for key in ("provinces", "primaries"):
        unknown = [name for name in split_names(row[key]) if name not in names.provinces]
        if unknown:
            yield row.problem(key, f"没有这样的省份：{'、'.join(unknown)}")
            return
    if outside := _outside(row, existing, names):
        key = "provinces" if "primaries" in row.absent else "primaries"
        yield row.problem(key, f"主供省必须在供应省之内：{'、'.join(outside)}")


def _of_new_enterprise(row: Row, uscc: str, names: "Names") -> Iterator[Problem]:
    """A new code, and a name that is known under another: two firms, or one typed wrongly."""
    if problem := shape_problem(uscc):
        yield row.problem("uscc", problem)
    elif (problem := problem_with(uscc)) and not row["is_new"]:
        tick = f"证照上确是如此时，请在“{TITLES['is_new']}”填“是”"
        yield row.problem("uscc", f"{problem}；{tick}")
    if not same(names.enterprises[uscc], row["enterprise"]):
        yield row.problem(
            "enterprise", f"同一统一社会信用代码在本表另一行写作“{names.enterprises[uscc]}”"
        )
    others = names.by_name.get(folded(row["enterprise"]), frozenset()) - {uscc}
    if others and not row["is_new"]:
        yield row.problem(
            "uscc",
            f"“{row['enterprise']}”的统一社会信用代码已登记为 {'、'.join(sorted(others))}；"
            f"请改正，确是另一家同名企业时在“{TITLES['is_new']}”填“是”",
        )


def _outside(row: Row, existing: WinningProduct | None, names: "Names") -> list[str]:
    supplied = _provinces(row, "provinces", existing, names)
    primaries = _provinces(row, "primaries", existing, names)
    return [names.by_id[pk] for pk in primaries if supplied and pk not in supplied]


def _provinces(
    row: Row, key: str, existing: WinningProduct | None, names: "Names"
) -> tuple[int, ...]:
    """Ids, in ascending order. `existing` keeps its own where the file lacks the column."""
    if key in row.absent:
        return _held(existing, key) if existing else ()
    return tuple(sorted({names.provinces[name].pk for name in split_names(row[key])}))


def _held(product: WinningProduct, key: str) -> tuple[int, ...]:
    """Ids of the provinces that it supplies, or is the primary supplier of, in ascending order."""
    rows = product.supplies if key == "provinces" else product.primaries
    return tuple(sorted(row.province_id for row in rows.all()))


def _change(row: Row, existing: WinningProduct | None, names: "Names") -> WinnerChange:
    def kept(key: str) -> Any:
        return getattr(existing, key, None) if row[key] is None else row[key]

    return WinnerChange(
        code=row["item_code"],
        uscc=normalized(row["uscc"]),
        enterprise=row["enterprise"],
        rank=kept("rank"),
        capacity=row.or_kept("capacity", getattr(existing, "capacity", None)),
        supply_rank=row.or_kept("supply_rank", getattr(existing, "supply_rank", None))
        or SupplyRank.PRIMARY,
        terms={name: kept(name) for name in TERMS},
        provinces=_provinces(row, "provinces", existing, names),
        primaries=_provinces(row, "primaries", existing, names),
        existing=existing,
    )


def differences(
    change: WinnerChange, product: WinningProduct, names: Mapping[int, str]
) -> Iterator[tuple[str, object, object]]:
    """Column, old and new value of everything that the change would move. `product` of `with_terms`."""
    for key in ("rank", "capacity"):
        if getattr(product, key) != getattr(change, key):
            yield key, getattr(product, key), getattr(change, key)
    if product.supply_rank != change.supply_rank:
        yield "supply_rank", product.get_supply_rank_display(), SupplyRank(change.supply_rank).label
    for key, value in change.terms.items():
        if getattr(product, key) != value:
            yield key, getattr(product, key), value
    for key, wanted in (("provinces", change.provinces), ("primaries", change.primaries)):
        standing = _held(product, key)
        if standing != wanted:
            old, new = ("、".join(sorted(names[pk] for pk in ids)) for ids in (standing, wanted))
            yield key, old, new


@dataclass(frozen=True, slots=True)
class Names:
    """What the file's names stand for: enterprises by code (registered, or first in the file), provinces."""

    enterprises: Mapping[str, str]
    unregistered: set[str]
    by_name: Mapping[str, frozenset[str]]
    provinces: Mapping[str, Organization]
    by_id: Mapping[int, str]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Names":
        written: dict[str, str] = {}
        for row in rows:
            written.setdefault(normalized(row["uscc"]), row["enterprise"])
        registered = dict(Enterprise.objects.values_list("uscc", "name"))
        known = {uscc: registered[uscc] for uscc in written if uscc in registered}
        codes = defaultdict(set)
        for uscc, name in (*registered.items(), *written.items()):
            codes[folded(name)].add(uscc)
        all_provinces = provinces()
        return cls(
            enterprises=written | known,
            unregistered=set(written) - set(known),
            by_name={name: frozenset(named) for name, named in codes.items()},
            provinces=by_any_name(all_provinces),
            by_id={province.pk: short_name(province) for province in all_provinces},
        )


def split_names(text: str) -> list[str]:
    return [name for name in SEPARATORS.split(text) if name and name not in {"全部", "全国"}]


def same(one: str, other: str) -> bool:
    return folded(one) == folded(other)


def _listed(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more
