"""What corrections leave behind, computed by another way: marks of boxes, amounts of every package."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from apps.projects.models import CatalogItem, Correction
from apps.reporting.domain.corrections import sql
from apps.reporting.domain.rates import Baseline, may_be_packs
from apps.reporting.domain.reports import keep_reports
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandLine, DemandReport, DemandTotal, PackMark
from apps.review.domain.locks import read_branch
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Status
from tests import factories_demand as make
from tests.correcting import added, addition, corrected
from tests.factories_review import put

from .country import Country

pytestmark = pytest.mark.usefixtures("country")
UNIT = "H42010600001"


def test_boxes_are_judged_as_on_the_sheet(tree, alliance_officer) -> None:
    unit = tree[UNIT]
    chance = random.Random(7)
    project = make.demand_project([unit], items=120, baseline_years=[2024, 2025])
    bought, typed = {}, {}
    for row in CatalogItem.objects.filter(project=project):
        row.pack_quantity = chance.choice((1, 2, 7, 28, 100))
        row.save()
        bought[row.item_code] = chance.choice((0, 1, 7, 999, chance.randrange(10**6)))
        mean = Fraction(bought[row.item_code], 2)
        slip = chance.choice((mean / row.pack_quantity, mean * row.pack_quantity, mean))
        factor = chance.choice((Fraction(7, 10), Fraction(13, 10), Fraction(chance.random())))
        typed[row.item_code] = max(int(slip * factor) + chance.choice((-1, 0, 1)), 1)
    make.bought(project, unit, bought)
    make.published(project, alliance_officer)
    make.planned(project, unit, typed)
    filing = make.filing_of(project, unit)

    for row in make.items_of(project).values():
        sql.recheck(row.pk, [filing.pk])

    lines = DemandLine.objects.filter(filing=filing).select_related("item")
    found = {line.item.item_code: line.pack_mark == PackMark.SUSPECT for line in lines}
    due = {
        line.item.item_code: may_be_packs(
            line.planned, Baseline(bought[line.item.item_code], 2), line.item.pack_quantity
        )
        for line in lines
    }
    assert found == due
    assert 10 < sum(due.values()) < 110


@pytest.mark.parametrize("seed", [1, 2])
def test_amounts_stay_exact_whatever_is_corrected(tree, seed) -> None:
    """Each line by the price and the pack of its own last report, added up here by another way."""
    country = Country(tree, seed, bureau_withdrawal="direct")
    chance = random.Random(seed)
    country.report()
    for turn in range(16):
        for _ in range(4):
            country.act()
        if turn % 5 == 3:
            come_later(country, chance, f"Z{turn}")
        row = chance.choice(list(CatalogItem.objects.filter(project=country.project)))
        values = (
            {"reference_price": Decimal(chance.randrange(1, 10**6)) / 10_000}
            if turn % 3
            else {"pack_quantity": chance.randrange(1, 40)}
        )
        if getattr(row, next(iter(values))) != next(iter(values.values())):
            corrected(country.project, country.officer, row, **values)
        if turn % 4 == 3:
            country.report()
        assert list(differences(country.project)) == []
    assert recomputed(country.project) == {
        (total.filing_id, total.item_id): total.amount
        for total in DemandTotal.objects.filter(filing__project=country.project)
        if total.quantity
    }


def come_later(country: Country, chance: random.Random, code: str) -> None:
    """An item more, asked of everybody or of one of the units; who has it back says how much, or never does."""
    units = [filing.path for filing in country.filings().institutions()]
    whom = () if chance.random() < 0.5 else (chance.choice(units),)
    item = addition(item_code=code, units=whom, pack_quantity=chance.randrange(1, 40))
    added(country.project, country.officer, item)
    for filing in country.filings().institutions().filter(status=Status.RETURNED):
        if chance.random() < 0.8 and not read_branch([filing]).is_frozen(filing):
            blank = DemandLine.objects.filter(filing=filing, planned=None)
            blank.update(planned=chance.randrange(10**5), is_saved=True)
            put(chance.choice((Status.SUBMITTED, Status.APPROVED)), filing)
            keep_reports([filing])


def recomputed(project) -> dict[tuple[int, int], Decimal]:
    """By bureau and item, in fractions, from lines and from what corrections say of each value before."""
    items = {row.pk: row for row in CatalogItem.objects.filter(project=project)}
    story = {}
    for made in Correction.objects.filter(project=project).order_by("-number"):
        for each in made.changes:
            if each["old"]:
                of_field = story.setdefault((each["pk"], each["field"]), [])
                of_field.append((made.number, each["old"]))
    filings = {filing.pk: filing for filing in Filing.objects.of_project(project)}
    found: dict[tuple[int, int], Decimal] = {}
    for line in DemandLine.objects.filter(filing__project=project, planned__gt=0):
        filing = filings[line.filing_id]
        last = DemandReport.objects.filter(filing=filing).order_by("-number").first()
        price, pack = items[line.item_id].reference_price, items[line.item_id].pack_quantity
        for number, old in story.get((line.item_id, "reference_price"), []):
            price = Decimal(old) if last and last.revision < number else price
        for number, old in story.get((line.item_id, "pack_quantity"), []):
            pack = int(old) if last and last.revision < number else pack
        exact = Fraction(price) * line.planned / pack * 100
        amount = Decimal((2 * exact.numerator + exact.denominator) // (2 * exact.denominator)) / 100
        while filing.status == Status.APPROVED and filing.parent_id:
            filing = filings[filing.parent_id]
            if filing.status in FROZEN:
                key = (filing.pk, line.item_id)
                found[key] = found.get(key, Decimal(0)) + amount
    return found
