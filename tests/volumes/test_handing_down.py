"""What institutions have adds up to their counties, cities, provinces and the nation, under every rounding."""

import random
from fractions import Fraction

import pytest
from django.db.models import Sum

from apps.accounts.models import User
from apps.organizations.models import Tier
from apps.projects.models import RoundingMode
from apps.review.models import Filing
from apps.scope.context import whole_country
from apps.volumes.domain.agreed.calculating import volumes_of
from apps.volumes.domain.agreed.terms import terms_of_row
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.models import AgreedQuantity, AgreedTerms, AgreedVersion
from tests.cast import Tree
from tests.factories_review import units_below
from tests.volumes import rounds
from tests.volumes.conftest import UNITS

FIGURES = ("base", "agreed", "kept", "pending", "fixed")


def children_of(version: AgreedVersion, filing: Filing) -> dict[int, tuple]:
    rows = AgreedQuantity.objects.filter(version=version, filing__parent=filing)
    sums = rows.values("item").annotate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    return {row["item"]: tuple(row[f"sum_{name}"] for name in FIGURES) for row in sums}


def own_of(version: AgreedVersion, filing: Filing) -> dict[int, tuple]:
    rows = AgreedQuantity.objects.filter(version=version, filing=filing)
    return {row[0]: row[1:] for row in rows.values_list("item", *FIGURES)}


@pytest.mark.parametrize("rounding", RoundingMode.values)
def test_every_bureau_has_what_its_units_have(
    rounding: str, tree: Tree, alliance_officer: User
) -> None:
    dice = random.Random(rounding)
    units = [
        *units_below(tree["420106"], 6),
        *units_below(tree["420202"], 4),
        tree["H42000000001"],
        *units_below(tree["140105"], 3),
    ]
    reports = {unit: {code: dice.randrange(500) for code in UNITS} for unit in units}
    project = rounds.approved_round(
        reports, alliance_officer, units=UNITS, chain=["county", "city", "province"]
    )
    rounds.set_rules(project, rounding=rounding)
    rounds.set_unit(project, "甲单元", winners=3)
    for unit, rule in (("乙单元", "r2"), ("丙单元", "r4"), ("丁单元", "r6")):
        rounds.set_unit(project, unit, rule=rule)
    rounds.won(project, ("B", "甲厂", "41", 1), ("C", "丙厂", "50.5", 1), ("D", "丁厂", "50", 1))
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    with whole_country(reason="test"):
        bureaus = Filing.objects.of_project(project).exclude(tier=Tier.INSTITUTION)
        assert len(bureaus) >= 7
        for bureau in bureaus:
            assert own_of(version, bureau) == children_of(version, bureau)
        rows = {
            row.item_id: terms_of_row(row) for row in AgreedTerms.objects.filter(version=version)
        }
        below = AgreedQuantity.objects.filter(version=version, filing__tier=Tier.INSTITUTION)
        for held in below:
            terms = rows[held.item_id]
            step = 28 if rounding == RoundingMode.UP_TO_PACK else 1
            parts = 2 if terms.rule == "r4" else 1
            assert abs(held.agreed - Fraction(held.base) * terms.ratio) < step * parts
            if terms.is_per_institution:
                alone = volumes_of(int(held.base), terms, kept=True)
                assert (held.agreed, held.kept, held.pending, held.fixed) == (
                    alone.agreed, alone.kept, alone.pending, alone.fixed,
                )  # fmt: skip
            assert min(held.kept, held.pending) >= 0


def test_lines_that_do_not_agree_with_the_totals_generate_nothing(
    tree: Tree, alliance_officer: User
) -> None:
    hospital = tree["H42010600001"]
    project = rounds.approved_round({hospital: {"A": 100}}, alliance_officer, units={"A": "甲"})
    rounds.set_unit(project, "甲", winners=1)
    rounds.published_base(project, alliance_officer)
    rounds.tamper(project, hospital, "A", 101)

    with pytest.raises(VolumesRefused, match="不一致"):
        rounds.generated(project, alliance_officer)
    with whole_country(reason="test"):
        assert AgreedVersion.objects.count() == 0
