"""Uploaded purchase history against the project: what is new, changed, unchanged and wrong. Writes nothing.

Invariants: only participants in the scope are known; what an institution reported on does not change any more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.exchange.domain.cross_checks import is_sound, measured, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.folding.domain.folding import folded
from apps.projects.domain.own_codes.finding import codes_of
from apps.projects.files.own_codes import in_our_codes
from apps.projects.models import CatalogItem, Participation, Project
from apps.reporting.domain.purchases.acts import Purchase
from apps.reporting.domain.purchases.frozen import frozen_units
from apps.reporting.files.purchase_columns import year_key
from apps.reporting.models import PurchaseHistory

Place = tuple[int, int, int]
"""Institution, item, year."""


@dataclass(frozen=True, slots=True)
class Unit:
    pk: int
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Goods:
    """An item: its key, smallest units in a pack, the name of the smallest unit."""

    pk: int
    pack: int
    unit: str


def check_purchases(project: Project, reading: Reading) -> DryRun:
    """Five statements and two for the filings of the institutions that the file changes."""
    units, items = _participants(project), _items(project)
    rows = spelled(reading, code=units)
    known = _known(project, {units[row["code"]].pk for row in rows if row["code"] in units})
    years = [(year, year_key(year)) for year in project.baseline_years]
    outcome, silent = DryRun(), 0
    touched: dict[int, list[Row]] = {}
    for row, odd in in_our_codes(rows, codes_of(project), "code"):
        unit, goods = units.get(row["code"]), items.get(row["item_code"])
        item = goods.pk if goods else None
        if goods:
            row, wrong = measured(row, pack=goods.pack, unit=goods.unit)  # noqa: PLW2901
            odd.extend(wrong)
        is_right = is_sound(outcome, row, [*_problems(row, unit, item), *odd])
        if not is_right or unit is None or item is None:
            continue
        given = tuple((year, row[key]) for year, key in years if row[key] is not None)
        silent += not given
        purchase = Purchase(unit.pk, unit.path, item, given)
        if not _place(outcome, known, purchase, row):
            touched.setdefault(unit.pk, []).append(row)
    outcome.problems += _frozen_problems(project, touched)
    if silent:
        outcome.notes.append(f"{silent:,} 行没有填写任何一年的采购量，保持不变。")
    return outcome


def _participants(project: Project) -> dict[str, Unit]:
    rows = Participation.objects.filter(project=project).values_list(
        "organization__code", "organization_id", "path", "organization__name"
    )
    return {code: Unit(pk, path, name) for code, pk, path, name in rows}


def _items(project: Project) -> dict[str, Goods]:
    rows = CatalogItem.objects.filter(project=project)
    goods = rows.values_list("item_code", "pk", "pack_quantity", "unit")
    return {code: Goods(pk, pack, unit) for code, pk, pack, unit in goods}


def _known(project: Project, units: Iterable[int]) -> dict[Place, int]:
    """What stands for the institutions of the file; one statement."""
    rows = PurchaseHistory.objects.filter(project=project, organization_id__in=list(units))
    quantities = rows.values_list("organization_id", "item_id", "year", "quantity")
    return {(unit, item, year): bought for unit, item, year, bought in quantities.iterator(5_000)}


def _place(outcome: DryRun, known: Mapping[Place, int], purchase: Purchase, row: Row) -> bool:
    """Sort the row; whether it changes nothing."""
    unit, item = purchase.organization_id, purchase.item_id
    standing = [(known.get((unit, item, year)), bought) for year, bought in purchase.quantities]
    if all(now == bought for now, bought in standing):
        outcome.unchanged.append(purchase)
        return True
    is_new = all(now is None for now, _ in standing)
    (outcome.new if is_new else outcome.changed).append(purchase)
    for year, bought in () if is_new else purchase.quantities:
        outcome.change(row, year_key(year), known.get((unit, item, year)), bought)
    return False


def _problems(row: Row, unit: Unit | None, item: int | None) -> Iterator[Problem]:
    if unit is None:
        yield row.problem("code", f"机构“{row['code']}”不在本项目的参加机构中，或不归您管理")
    elif _differs(row["name"], unit.name):
        yield row.problem("name", f"该编码登记的机构是“{unit.name}”")
    if item is None:
        yield row.problem("item_code", f"品规编号“{row['item_code']}”不在本项目的目录里")


def _differs(given: str, registered: str) -> bool:
    """Whether a name was given and is another one; most are the very same."""
    return bool(given) and given != registered and folded(given) != folded(registered)


def _frozen_problems(project: Project, touched: Mapping[int, Sequence[Row]]) -> Iterator[Problem]:
    """One for each institution that has reported, at its first row that would change something."""
    for pk, name in frozen_units(project, touched).items():
        rows = touched[pk]
        yield rows[0].problem(
            "code",
            f"“{name}”已经上报，历史采购量已固定，文件中有 {len(rows):,} 行与现有数据不同；"
            "请先退回该机构，或从文件中删去这些行",
        )
