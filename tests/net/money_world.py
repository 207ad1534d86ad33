"""A country full of awkward prices: an allocation, its agreements on paper and a demand round, partly reported.

Nothing here needs a scope to be open. In each round all institutions of Hubei but the last have reported; what stands
below the province is approved, and the province's own package is at work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.models import AllocationRow, CapacityPool, Slot, SlotLine, SlotState
from apps.organizations.models import Organization, Tier
from apps.projects.models import CatalogItem, Project, WinningProduct
from apps.reporting.domain.rollup import refresh
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as allocation
from tests import factories_demand as demand
from tests.cast import Tree

TERMS = {
    "A": ("9", 7, "0.0333", "52"),
    "B": ("3", 13, "0.0777", "41.35"),
    "C": ("6", 28, "17.0005", "48.6"),
}
PRICES = (("0.0333", 7), ("17.0005", 28), ("0.0777", 13), ("9.9999", 12), (None, 30))
CHAIN = ["county", "city", "province"]
OFFERED = {Slot.LOWEST: "B", Slot.HIGHEST: "A", Slot.OTHER: "ABC"}


@dataclass
class World:
    """The rounds, the people by what they are, and the institutions of Hubei; the last one still works."""

    project: Project
    demand: Project
    products: dict[str, WinningProduct]
    units: Sequence[Organization]
    people: dict[str, User]

    def filing(self, unit: Organization, project: Project | None = None) -> Filing:
        return allocation.filing_of(project or self.project, unit)


def build(tree: Tree, officer: User, maker: User) -> World:
    units = [tree[code] for code in sorted(tree) if tree[code].tier == Tier.INSTITUTION]
    units = [unit for unit in units if unit.path.startswith("/0/42/")]
    units.sort(key=lambda unit: unit.parent_id == tree["42"].pk)
    people = {unit.code: factories.account_of(unit) for unit in units}
    for name, code in (("county", "420106"), ("city", "420100"), ("province", "42")):
        people[name] = factories.account_of(tree[code])
    people |= {"alliance": officer, "maker": maker}
    people |= {"hospital": people["H42010600001"], "busy": people[units[-1].code]}
    project, products = _allocation(units, officer, maker)
    wanted = _demand(units, officer)
    world = World(project, wanted, products, units, people)
    with whole_country(reason="test"):
        for unit in units:
            _fill(world.filing(unit), products, people[unit.code])
        for each in (project, wanted):
            _report(world, each)
        refresh(wanted)
    return world


def _allocation(
    units: Sequence[Organization], officer: User, maker: User
) -> tuple[Project, dict[str, WinningProduct]]:
    project = allocation.allocation_project(units, chain=CHAIN)
    with whole_country(reason="test"):
        allocation.catalog_item(project, allocation.UNSELECTED)
        own = {"A": maker.enterprise, "B": maker.enterprise, "C": None}
        products = {
            code: allocation.winner(project, code, terms=terms, enterprise=own[code])
            for code, terms in TERMS.items()
        }
    for place, unit in enumerate(units):
        allocation.volume(project, unit, allocation.UNSELECTED, 12_503 + 37 * place)
        for code in TERMS:
            allocation.volume(project, unit, code, 1_003 + 11 * place)
    return allocation.published(project, officer), products


def _fill(filing: Filing, products: dict[str, WinningProduct], clerk: User) -> None:
    """Every slot takes odd quantities of what it may; all is confirmed."""
    now = timezone.now()
    rows = AllocationRow.objects.of_filing(filing)
    lines = [
        SlotLine(
            row=row, filing=filing, path=filing.path, slot=slot, product=products[code],
            contract=101 + 3 * row.pk + place, reserved=101 + 3 * row.pk + place,
        )
        for row in rows.to_allocate()
        for slot, codes in OFFERED.items()
        if row.target(slot)
        for place, code in enumerate(codes)
    ]  # fmt: skip
    SlotLine.objects.bulk_create(lines)
    for line in lines:
        pool = CapacityPool.objects.filter(product=line.product)
        pool.update(allocated=F("allocated") + line.reserved)
    for slot in OFFERED:
        rows.filter(**{f"{slot.value}__gt": 0}).update(**{f"{slot.value}_state": SlotState.PLACED})
    rows.to_allocate().update(pending_confirmed_at=now, pending_confirmed_by=clerk)
    rows.selected().update(selected_confirmed_at=now, selected_confirmed_by=clerk)


def _demand(units: Sequence[Organization], officer: User) -> Project:
    project = demand.demand_project(
        units, items=len(PRICES), chain=CHAIN, attachment="none", explanation_scope="none"
    )
    with whole_country(reason="test"):
        for item, (price, pack) in zip(
            CatalogItem.objects.filter(project=project).order_by("position"), PRICES, strict=True
        ):
            item.reference_price, item.pack_quantity = price and Decimal(price), pack
            item.variety = f"品种{item.position // 2}"
            item.save()
    demand.published(project, officer)
    for place, unit in enumerate(units):
        typed = {f"P{number:04d}": 1_001 + 13 * place + number for number in range(1, 6)}
        demand.planned(project, unit, typed, is_saved=True)
    return project


def _report(world: World, project: Project) -> None:
    """All but the last unit, approved tier by tier, up to the province's desk."""
    for unit in world.units[:-1]:
        by = Actor.of(world.people[unit.code])
        perform([world.filing(unit, project)], Action.SUBMIT, by=by)
    for tier in (Tier.INSTITUTION, Tier.COUNTY, Tier.CITY):
        filings = Filing.objects.of_project(project).filter(tier=tier)
        for filing in filings.select_related("organization", "parent__organization", "project"):
            if filing.organization == world.units[-1]:
                continue
            if tier != Tier.INSTITUTION:
                by = Actor.of(_account(filing.organization))
                perform([filing], Action.SUBMIT, by=by, confirmed=True)
            above = filing.parent
            assert above is not None
            by = Actor.of(_account(above.organization))
            perform([world.filing(filing.organization, project)], Action.APPROVE, by=by)


def _account(unit: Organization) -> User:
    found = User.objects.select_related("organization").filter(organization=unit).first()
    return found or factories.account_of(unit)
