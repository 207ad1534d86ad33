"""The split in SQL says of every row what `split_r2` says (rules §3a.2)."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from apps.allocation.models import AllocationRow, GroupDesignation
from apps.projects.models import RoundingMode
from apps.reporting.agreed_volume import Reported, Rounding, Slots, split_r2
from tests import factories_allocation as make
from tests.factories import InstitutionFactory

POLICIES = [
    {},
    {"agreed_ratio": Decimal("0.7777"), "rounding": RoundingMode.HALF_UP},
    {"agreed_ratio": Decimal("0.6"), "rounding": RoundingMode.UP_TO_PACK},
    {
        "keep_other": Decimal("0.8765"),
        "share_lowest": Decimal("0.3333"),
        "share_highest": Decimal("0.3333"),
        "share_other": Decimal("0.3334"),
    },
]


def groups(project):
    """Three product groups: three enterprises, one for both fixed slots, and only one."""
    make.worked_products(project)
    rest = {"product_group": "产品组二", "competition_unit": "竞争单元二"}
    make.winner(project, "D", terms=("3", 24, "45.60", "60"), **rest)
    make.winner(project, "E", terms=("6", 30, "40.00", "48"), **rest)
    make.catalog_item(project, "V", **rest)
    sole = {"product_group": "产品组三", "competition_unit": "竞争单元三"}
    make.winner(project, "F", terms=("6", 7, "40.00", "48"), **sole)
    make.catalog_item(project, "W", **sole)
    return ("A", "B", "C", "U", "D", "E", "V", "F", "W")


@pytest.mark.covers("S1-26")
@pytest.mark.parametrize("policies", POLICIES, ids=["default", "half up", "packs", "thirds"])
def test_the_statement_agrees_with_the_rule(tree, alliance_officer, country, policies):
    chance = random.Random(7)
    units = [InstitutionFactory(parent=tree["420106"]) for _ in range(8)]
    project = make.allocation_project(units, **policies)
    for code in groups(project):
        for unit in units:
            reported = chance.choice(
                [0, 3, 47, chance.randrange(20_000), 10**9 + chance.randrange(99)]
            )
            make.volume(project, unit, code, reported)
    make.published(project, alliance_officer)

    rows = AllocationRow.objects.filter(project=project).select_related("item")
    designations = {each.product_group: each for each in GroupDesignation.objects.all()}
    for row in rows:
        assert numbers(row) == expected(project, row, designations[row.item.product_group])
    assert {(d.merged, d.sole) for d in designations.values()} == {
        (False, False), (True, False), (True, True),
    }  # fmt: skip


def numbers(row):
    return [row.agreed, row.kept, row.pending, row.lowest, row.highest, row.other]


def expected(project, row, designation):
    top = {"竞争单元一": "A", "竞争单元二": "D", "竞争单元三": "F"}[row.item.competition_unit]
    reported = Reported(
        key=row.item.item_code,
        quantity=row.reported,
        selected=row.item.winners.exists(),
        highest_cut=row.item.item_code == top,
        merged=designation.merged,
        sole=designation.sole,
        rounding=Rounding(project.rounding, row.item.pack_quantity),
    )
    shares = Slots(
        Fraction(project.share_lowest),
        Fraction(project.share_highest),
        Fraction(project.share_other),
    )
    split = split_r2(
        [reported], Fraction(project.agreed_ratio), Fraction(project.keep_other), shares
    )
    (each,) = split.rows
    return [each.a, each.K, each.P, each.L, each.H, each.O]
