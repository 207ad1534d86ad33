"""A random round, made by the product's own services and bulk loading: from reports to reported allocations."""

import contextlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.domain.confirming import confirm_selected
from apps.allocation.domain.generation.acts import generate_draft, generate_volumes, refresh_preview
from apps.allocation.domain.publication.given import generation_of, given_by_product
from apps.allocation.domain.publication.planting import standing
from apps.allocation.domain.reads import own_slot
from apps.allocation.domain.refusals import CapacityExceeded
from apps.allocation.domain.slots.picking import pick_enterprise
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.domain.substitution.acts import substitute_missing
from apps.allocation.engine import suggest
from apps.allocation.models import AllocationRow, Slot
from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.organizations.models import Enterprise, Level, Organization, Tier
from apps.projects.models import (
    CatalogItem,
    PrimaryProvince,
    Project,
    ProvinceSettings,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)
from apps.reporting.models import DemandLine
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.sql import freshen
from apps.volumes.models import Conversion, ItemRule
from tests import factories, factories_allocation, factories_generation
from tests import factories_demand as make
from tests.factories_review import put
from tests.recomputed.catalogue import PACKS, Competition, competitions
from tests.volumes import rounds

DIVISIONS = (
    "11", "110100", "110101", "110105", "14", "140100", "140105", "140106", "140200", "140212",
    "42", "420100", "420106", "420107", "420200", "420202", "44", "440100", "440103", "441900",
    "46", "460100", "460105", "469000", "469001",
)  # fmt: skip
"""A municipality, a city without counties, a county without a city; 14 reviews by the province alone."""
UNCOUNTED = "420107"
"""A county whose package never came: what its institutions reported doesn't count."""


@dataclass
class World:
    """The round at work; `by` is the alliance."""

    dice: random.Random
    officer: User
    units: Mapping[str, Organization]
    institutions: Sequence[Organization]
    competitions: Sequence[Competition]
    demand: Project

    @property
    def by(self) -> Actor:
        return Actor.of(self.officer)


def reported(seed: int, institutions: int, **rules: object) -> World:
    """Everybody's reports approved, base and agreed volumes published, the project concluded."""
    dice = random.Random(seed)
    units = _tree()
    hospitals = _hospitals(dice, units, institutions)
    officer = factories.account_of(units["0"], name="赵联采")
    demand = make.demand_project(hospitals, items=0, chain=["county", "city", "province"])
    world = World(dice, officer, units, hospitals, tuple(competitions(dice)), demand)
    _catalogue(world)
    shanxi = units["14"]
    ProvinceSettings.objects.create(
        project=demand, province=shanxi, path=shanxi.path, chain=["province"]
    )
    make.published(demand, officer)
    _reports(world)
    _winners(world)
    rounds.set_rules(demand, **rules)
    for each in world.competitions:
        if each.own:
            rounds.set_unit(demand, each.name, **each.own)
    rounds.published_base(demand, officer)
    rounds.published_agreed(demand, officer)
    conclude_project(demand, by=world.by, confirmed=True)
    demand.refresh_from_db()
    return world


def generated(world: World, *, pack_rounding: str = "down") -> Project:
    """A draft with volumes, its winners completed; two products can carry little more than is confirmed."""
    draft = generate_draft(source=world.demand, code="FL", name="随机分量", by=world.by)
    shares = dict(
        zip(("lowest", "highest", "other"), map(Decimal, ("0.2", "0.3", "0.5")), strict=True)
    )
    Project.objects.filter(pk=draft.pk).update(
        pack_rounding=pack_rounding,
        **{f"share_{name}": share for name, share in shares.items()},
    )
    draft.refresh_from_db()
    _complete(world, draft)
    generate_volumes(project=draft, by=world.by)
    for tie in standing(draft)[0].ties:
        enterprise = Enterprise.objects.get(pk=tie.enterprises[0])
        pick_enterprise(
            project=draft,
            product_group=tie.place.product_group,
            slot=tie.slot,
            enterprise=enterprise,
            by=world.by,
        )
    _scarce(draft)
    refresh_preview(project=draft, by=world.by)
    return draft


def allocated(world: World, draft: Project) -> Project:
    """Published; a few institutions place something themselves, 系统代分 does the rest and reports."""
    factories_generation.open_allocation(draft, world.officer)
    for unit in world.dice.sample(world.institutions, 8):
        _work(draft, unit)
    factories_allocation.move_window(draft, "institution", days=-6)
    substitute_missing(project=draft, by=world.by)
    return draft


def _tree() -> dict[str, Organization]:
    wanted = {f"{code:0<6}" for code in DIVISIONS}
    load_bureaus([division for division in read_divisions() if division.code in wanted])
    return {unit.code: unit for unit in Organization.objects.all()}


def _hospitals(
    dice: random.Random, units: Mapping[str, Organization], number: int
) -> list[Organization]:
    """Under provinces, cities and counties at random; two bureaus at least have exactly one and none."""
    places = [unit for code, unit in units.items() if code not in {"0", "420202"}]
    numbers = dice.sample(range(10**5), number)
    rows = [
        Organization.at(
            parent, code=f"H{place:08d}", name=f"第{place}医院", level=Level.INSTITUTION,
            tier=Tier.INSTITUTION, division_id=parent.division_id,
        )
        for place, parent in zip(numbers, [*places, *dice.choices(places, k=number)], strict=False)
    ]  # fmt: skip
    return Organization.objects.bulk_create(rows)


def _catalogue(world: World) -> None:
    rows, position = [], 0
    for each in world.competitions:
        for place in range(len(each.coefficients)):
            position += 1
            rows.append(
                CatalogItem(
                    project=world.demand, position=position, item_code=each.code(place),
                    lot="标的", product_group=f"组{each.group or each.name}",
                    competition_unit=each.name, variety=f"品种{each.name}", pinyin="pz",
                    specification=f"规格{place}", unit="片",
                    pack_quantity=world.dice.choice(PACKS), manufacturer_name="测试制药",
                    daily_usage=Decimal(world.dice.choice((1, 3, 6))),
                )
            )  # fmt: skip
    CatalogItem.objects.bulk_create(rows)
    items = make.items_of(world.demand)
    Conversion.objects.bulk_create(
        Conversion(
            project=world.demand, item=items[each.code(place)], main=items[each.code(0)],
            coefficient=Decimal(coefficient),
        )
        for each in world.competitions
        for place, coefficient in enumerate(each.coefficients)
        if place
    )  # fmt: skip
    ItemRule.objects.bulk_create(
        ItemRule(project=world.demand, item=items[each.code(place)], ratio_class=kind)
        for each in world.competitions
        for place, kind in each.classes.items()
    )


def _reports(world: World) -> None:
    """Small quantities beside large ones, zeros and blanks; one in thirty was not approved."""
    items, now = list(make.items_of(world.demand).values()), timezone.now()
    filings = {row.organization_id: row for row in Filing.objects.of_project(world.demand)}
    dice, mine = world.dice, [filings[unit.pk] for unit in world.institutions]
    DemandLine.objects.bulk_create(
        (
            DemandLine(filing=filing, item=item, path=filing.path, planned=planned, updated_at=now)
            for filing in mine
            for item in items
            if (planned := _quantity(dice)) is not None
        ),
        batch_size=5_000,
    )  # fmt: skip
    freshen(DemandLine, Filing, Organization, CatalogItem)
    late = set(dice.sample(range(len(mine)), len(mine) // 30))
    put(Status.APPROVED, *(row for place, row in enumerate(mine) if place not in late))
    put(Status.RETURNED, *(mine[place] for place in late))
    rounds.approve_bureaus(world.demand, [world.units[UNCOUNTED]])


def _quantity(dice: random.Random) -> int | None:
    return dice.choice(
        (None, 0, dice.randrange(1, 10), dice.randrange(500), dice.randrange(20_000))
    )


def _winners(world: World) -> None:
    items = make.items_of(world.demand)
    for each in world.competitions:
        for win in each.wins:
            product = WinningProduct.objects.create(
                project=world.demand,
                item=items[each.code(win.item)],
                enterprise=rounds.enterprise(win.enterprise),
                rank=win.rank,
                supply_rank="backup" if win.is_backup else "primary",
            )
            if win.cut:
                WinningTerms.objects.create(product=product, cut=Decimal(win.cut))
            for model, codes in ((SupplyProvince, win.supplies), (PrimaryProvince, win.primaries)):
                model.objects.bulk_create(
                    model(product=product, province=world.units[code]) for code in codes
                )


def _complete(world: World, draft: Project) -> None:
    """Price, pack, daily usage and the cuts that no rule asked for: all different, so nothing is tied."""
    products = WinningProduct.objects.filter(project=draft).with_terms().order_by("pk")
    for place, product in enumerate(products):
        WinningTerms.objects.create(
            product=product,
            version=2 if product.cut is not None else 1,
            price=Decimal(world.dice.randrange(1_000, 90_000)) / 1_000 + Decimal(place) / 10_000,
            pack=world.dice.choice(PACKS),
            daily_usage=Decimal(world.dice.choice(("1", "1.5", "3", "0.7"))),
            cut=product.cut if product.cut is not None else Decimal(20) + Decimal(place) / 8,
        )


def _scarce(draft: Project) -> None:
    """The cheapest of one group and the most reduced of another can give little beyond what is confirmed."""
    confirmed = given_by_product(generation_of(draft))
    for group, slot in (("组G", "lowest"), ("组L1", "highest")):
        named = {
            getattr(each.designation, slot)
            for each in standing(draft)[0].designated
            if each.place.product_group == group
        }
        products = WinningProduct.objects.filter(
            project=draft, item__product_group=group, enterprise__in=named
        )
        for product in products:
            product.capacity = confirmed.get(product.pk, 0) + 40
            product.save()


def _work(project: Project, unit: Organization) -> None:
    """Confirm what was kept; of a few rows, put all that the other winners have on the first of them."""
    clerk = Actor.of(factories.account_of(unit, username=f"u{unit.code}"))
    filing = Filing.objects.filter(project=project, organization=unit).first()
    if filing is None:
        return
    confirm_selected(filing=filing, project=project, by=clerk)
    open_rows = AllocationRow.objects.filter(filing=filing, other__gt=0).to_allocate()
    for pk in open_rows.order_by("pk").values_list("pk", flat=True)[:3]:
        row, candidates = own_slot(clerk, project.code, pk, Slot.OTHER)
        offered = [candidate.with_contract(None) for candidate in candidates]
        whole = suggest(row.target(Slot.OTHER), row.item.daily_usage, offered, 0)
        contracts = {candidate.product_id: None for candidate in candidates}
        contracts[candidates[0].product_id] = whole
        with contextlib.suppress(CapacityExceeded):
            save_slot(row=row, slot=Slot.OTHER, contracts=contracts, project=project, by=clerk)
