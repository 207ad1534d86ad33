"""Ranks into institutions, whose the kept part is, and what contradicts the results (rules §2)."""

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import PrimaryProvince, WinningProduct
from apps.scope.context import whole_country
from apps.volumes.domain.refusals import RulesIncomplete, VolumesRefused
from apps.volumes.models import Conversion, KeptBy, RankQuantity, WinnerShare
from tests import factories_demand as make
from tests.cast import Tree
from tests.volumes import rounds

HOSPITALS = ("H42010600001", "H42010600002", "H42020200001", "H14010500001")
AGREED = (7, 5, 3, 1)
"""The worked institutions: 16 in all, by ranks 9 / 3 / 4."""


def ranked(tree: Tree, officer: User, *results: tuple[str, str, str | None, int | None]):
    reports = {tree[code]: {"A": agreed} for code, agreed in zip(HOSPITALS, AGREED, strict=True)}
    project = rounds.approved_round(reports, officer, units={"A": "甲"}, product_type="consumable")
    rounds.set_rules(project, rule="r6", cascade_ratio=Decimal(1))
    rounds.won(project, *results)
    rounds.published_base(project, officer)
    return project


def taken(version, unit: Organization) -> dict[str, int]:
    """By enterprise what a unit takes."""
    with whole_country(reason="test"):
        rows = RankQuantity.objects.filter(version=version, filing__organization=unit)
        return dict(rows.values_list("enterprise__name", "quantity"))


THREE = (("A", "甲厂", None, 1), ("A", "乙厂", None, 2), ("A", "丙厂", None, 3))


def test_published_shares_reach_every_institution_with_both_margins(
    tree: Tree, alliance_officer: User
) -> None:
    project = ranked(tree, alliance_officer, *THREE)

    version = rounds.published_agreed(project, alliance_officer)

    with whole_country(reason="test"):
        shares = WinnerShare.objects.filter(version=version).order_by("rank")
        published = dict(shares.values_list("enterprise__name", "quantity"))
    assert published == {"甲厂": 9, "乙厂": 3, "丙厂": 4}
    below = [taken(version, tree[code]) for code in HOSPITALS]
    assert [sum(own.values()) for own in below] == list(AGREED)
    for own, agreed in zip(below, AGREED, strict=True):
        for name, share in published.items():
            assert abs(Decimal(own.get(name, 0)) - agreed * share / Decimal(16)) < 1
    for place in ("0", "42", "420100"):
        units = [tree[code] for code in HOSPITALS if tree[code].path.startswith(tree[place].path)]
        sums = {
            name: sum(taken(version, unit).get(name, 0) for unit in units) for name in published
        }
        assert taken(version, tree[place]) == {name: q for name, q in sums.items() if q}


def test_shares_of_a_unit_are_rounded_once_whatever_its_coefficients(
    tree: Tree, alliance_officer: User
) -> None:
    """16 of the main specification and 16 of half of it are 24: 14.4 / 5.76 / 3.84, not twice 9.6 / 3.84 / 2.56."""
    reports = {
        tree[code]: {"A": agreed, "B": agreed}
        for code, agreed in zip(HOSPITALS, AGREED, strict=True)
    }
    units = {"A": "甲", "B": "甲"}
    project = rounds.approved_round(reports, alliance_officer, units=units)
    items = make.items_of(project)
    with whole_country(reason="test"):
        Conversion.objects.create(
            project=project, item=items["B"], main=items["A"], coefficient=Decimal("0.5")
        )
    rounds.set_rules(project, rule="r6", cascade_ratio=Decimal(1))
    rounds.won(project, *THREE, *(("B", name, cut, rank) for _, name, cut, rank in THREE))
    rounds.published_base(project, alliance_officer)

    version = rounds.published_agreed(project, alliance_officer)

    with whole_country(reason="test"):
        shares = WinnerShare.objects.filter(version=version).order_by("rank")
        published = dict(shares.values_list("enterprise__name", "quantity"))
    half = Decimal("0.5")
    assert published == {"甲厂": 14, "乙厂": 5 + half, "丙厂": 4 + half}
    with whole_country(reason="test"):
        rows = RankQuantity.objects.filter(version=version, filing__organization=tree["0"])
        taken = {
            (row.enterprise.name, row.item.item_code): row.taken
            for row in rows.select_related("enterprise", "item")
        }
    for name, share in published.items():
        assert taken.get((name, "A"), 0) + half * taken.get((name, "B"), 0) == share
    assert sum(taken.values()) == 2 * sum(AGREED)


@pytest.mark.parametrize(
    ("results", "sentence"),
    [
        ((("A", "甲厂", None, 1), ("A", "乙厂", None, None)), "乙厂没有填名次"),
        ((("A", "甲厂", None, 1), ("A", "乙厂", None, 1)), "第 1 名有几家企业"),
    ],
)
def test_ranks_that_name_nobody_or_two_leave_a_gap(
    tree: Tree, alliance_officer: User, results: tuple, sentence: str
) -> None:
    project = ranked(tree, alliance_officer, *results)

    with pytest.raises(RulesIncomplete, match=sentence):
        rounds.generated(project, alliance_officer)


def test_more_ranks_than_winners_are_never_published(tree: Tree, alliance_officer: User) -> None:
    project = ranked(tree, alliance_officer, ("A", "甲厂", None, 1))
    rounds.set_unit(project, "甲", winners=5)

    version = rounds.generated(project, alliance_officer)

    with whole_country(reason="test"):
        assert WinnerShare.objects.filter(version=version, enterprise__isnull=True).exists()
    # What nobody holds is pending, not somebody's.
    agreed, kept, pending, _ = rounds.held(version, tree["0"], "A")
    assert (agreed, kept + pending, pending > 0) == (16, 16, True)
    with pytest.raises(VolumesRefused, match=r"指定 5 家中选，中选结果是 1 家.*没有企业"):
        rounds.published_agreed(project, alliance_officer)


def two_winners(tree: Tree, officer: User, **rules: object):
    reports = {tree[code]: {"A": 100, "B": 50} for code in HOSPITALS}
    project = rounds.approved_round(reports, officer, units={"A": "甲", "B": "甲"})
    rounds.set_rules(project, rule="r1", **rules)
    rounds.won(project, ("A", "甲厂", None, None), ("A", "乙厂", None, None))
    with whole_country(reason="test"):
        for name, place in (("甲厂", "42"), ("乙厂", "14")):
            product = WinningProduct.objects.get(project=project, enterprise__name=name)
            PrimaryProvince.objects.create(product=product, province=tree[place])
    rounds.published_base(project, officer)
    return project


def test_of_several_winners_the_primary_supplier_keeps_in_its_provinces(
    tree: Tree, alliance_officer: User
) -> None:
    version = rounds.published_agreed(two_winners(tree, alliance_officer), alliance_officer)

    with whole_country(reason="test"):
        kept = KeptBy.objects.filter(version=version).values_list("path", "enterprise__name")
        assert set(kept) == {("/0/42/", "甲厂"), ("/0/14/", "乙厂")}
    assert rounds.held(version, tree["42"], "A")[:3] == (180, 180, 0)
    assert rounds.held(version, tree["42"], "B")[:3] == (90, 0, 90)


def test_institutions_choose_where_the_project_says_so(tree: Tree, alliance_officer: User) -> None:
    project = two_winners(tree, alliance_officer, sharing="choice")

    version = rounds.published_agreed(project, alliance_officer)

    assert rounds.held(version, tree["42"], "A")[:3] == (180, 0, 180)


def test_unselected_items_go_to_the_primary_supplier_where_the_project_says_so(
    tree: Tree, alliance_officer: User
) -> None:
    project = two_winners(tree, alliance_officer, unselected="primary")

    version = rounds.published_agreed(project, alliance_officer)

    assert rounds.held(version, tree["42"], "B")[:3] == (90, 90, 0)
    with whole_country(reason="test"):
        (row,) = KeptBy.objects.filter(version=version, item__item_code="B", path="/0/42/")
    assert (row.won.item_code, row.enterprise.name, row.taken, row.given) == ("A", "甲厂", 1, 1)
