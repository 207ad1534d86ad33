"""The hand-worked numbers of rules §2, through the services: from approved reports to agreed volumes."""

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.scope.context import whole_country
from apps.volumes.models import AgreedQuantity, Conversion, WinnerShare
from tests import factories_demand as make
from tests.cast import Tree
from tests.volumes import rounds

HOSPITALS = ("H42010600001", "H42010600002", "H42020200001")


def hospitals(tree: Tree) -> list:
    return [tree[code] for code in HOSPITALS]


@pytest.mark.parametrize(
    ("winners", "ratio_class", "agreed"),
    [
        (1, "normal", 617),
        (2, "normal", 740),
        (3, "normal", 863),
        (4, "normal", 987),
        (7, "antibiotic", 863),
        (1, "strict", 370),
    ],
)
def test_r1_by_number_of_winners(
    winners: int, ratio_class: str, agreed: int, tree: Tree, alliance_officer: User
) -> None:
    one, two, three = hospitals(tree)
    project = rounds.approved_round(
        {one: {"A": 700}, two: {"A": 433}, three: {"A": 101}}, alliance_officer, units={"A": "甲"}
    )
    rounds.set_unit(project, "甲", winners=winners, ratio_class=ratio_class)
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    below = [rounds.held(version, unit, "A")[0] for unit in (one, two, three)]
    # Nobody won the item itself: it is pending in its group, like under R2 (rules §2).
    assert rounds.held(version, tree["0"], "A") == (agreed, 0, agreed, 0)
    assert rounds.held(version, tree["42"], "A")[0] == agreed == sum(below)
    assert rounds.held(version, tree["420100"], "A")[0] == below[0] + below[1]
    exact = [700 * agreed / 1_234, 433 * agreed / 1_234, 101 * agreed / 1_234]
    assert all(abs(got - want) < 1 for got, want in zip(below, exact, strict=True))


def test_r2_keeps_gives_up_and_fixes(tree: Tree, alliance_officer: User) -> None:
    hospital = tree["H42010600001"]
    project = rounds.approved_round(
        {hospital: {"A": 10_000, "B": 8_000, "C": 5_000}},
        alliance_officer,
        units={"A": "甲", "B": "甲", "C": "甲"},
        product_type="tcm",
    )
    rounds.won(project, ("A", "甲厂", "52", None), ("B", "乙厂", "41.35", None))
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    found = {code: rounds.held(version, tree["0"], code) for code in "ABC"}
    assert found == {
        "A": (8_000, 8_000, 0, 0),
        "B": (6_400, 5_760, 640, 192),
        "C": (4_000, 0, 4_000, 1_200),
    }
    pending, fixed = (sum(row[at] for row in found.values()) for at in (2, 3))
    assert (pending, fixed, pending - fixed) == (4_640, 1_392, 3_248)


def test_r2_rounds_every_institution_by_itself(tree: Tree, alliance_officer: User) -> None:
    one, two, _ = hospitals(tree)
    project = rounds.approved_round(
        {one: {"A": 12_503, "B": 8_003}, two: {"A": 47, "B": 3}},
        alliance_officer,
        units={"A": "甲", "B": "乙"},
        product_type="tcm",
        share_lowest=Decimal("0.2"),
        share_highest=Decimal("0.3"),
        share_other=Decimal("0.5"),
    )
    # A is unselected in its unit; B is selected, but another product of its unit was cut deeper.
    rounds.set_unit(project, "甲", winners=1)
    rounds.won(project, ("B", "乙厂", "41", None), ("B", "丙厂", "41", None))
    rounds.set_unit(project, "乙", winners=2)
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    assert rounds.held(version, one, "A") == (10_002, 0, 10_002, 5_001)
    assert rounds.held(version, two, "A") == (37, 0, 37, 18)
    assert rounds.held(version, tree["42"], "A") == (10_039, 0, 10_039, 5_019)


def test_r4_moves_points_of_the_cut_to_the_base(tree: Tree, alliance_officer: User) -> None:
    hospital = tree["H42010600001"]
    project = rounds.approved_round(
        {hospital: {"A": 1_000, "B": 1_000, "C": 1_000, "D": 1_000}},
        alliance_officer,
        units={"A": "甲", "B": "甲", "C": "甲", "D": "甲"},
        product_type="consumable",
    )
    rounds.set_rules(project, rule="r4")
    rounds.won(
        project,
        ("A", "甲厂", "48", None),
        ("B", "乙厂", "62", None),
        ("C", "丙厂", "50.5", None),
    )
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    assert {code: rounds.held(version, hospital, code)[:3] for code in "ABCD"} == {
        "A": (900, 480, 420),
        "B": (900, 900, 0),
        "C": (900, 555, 345),
        "D": (900, 0, 900),
    }


def test_r6_cascades_by_rank_and_loses_nothing(tree: Tree, alliance_officer: User) -> None:
    one, two, three = hospitals(tree)
    project = rounds.approved_round(
        {one: {"A": 50_000}, two: {"A": 40_000}, three: {"A": 8_385}},
        alliance_officer,
        units={"A": "甲"},
        product_type="consumable",
    )
    rounds.won(project, ("A", "丙厂", None, 3), ("A", "甲厂", None, 1), ("A", "乙厂", None, 2))
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    with whole_country(reason="test"):
        shares = WinnerShare.objects.filter(version=version).order_by("rank")
        found = list(shares.values_list("rank", "enterprise__name", "quantity"))
    assert rounds.held(version, tree["0"], "A")[0] == 59_031
    assert found == [(1, "甲厂", 35_418), (2, "乙厂", 14_167), (3, "丙厂", 9_446)]


def test_specifications_keep_their_own_units_whatever_they_are_converted_to(
    tree: Tree, alliance_officer: User
) -> None:
    one, two, _ = hospitals(tree)
    project = rounds.approved_round(
        {one: {"A10": 1_235, "A20": 600}, two: {"A10": 1}},
        alliance_officer,
        units={"A10": "甲", "A20": "甲"},
    )
    items = make.items_of(project)
    with whole_country(reason="test"):
        Conversion.objects.create(
            project=project, item=items["A10"], main=items["A20"], coefficient=Decimal("0.5")
        )
    rounds.won(project, ("A10", "甲厂", None, None))
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    with whole_country(reason="test"):
        rows = AgreedQuantity.objects.filter(version=version, filing__organization=tree["0"])
        found = list(
            rows.order_by("item__item_code").values_list(
                "item__item_code", "base", "agreed", "kept", "pending"
            )
        )
    # The winner of the folded specification keeps what was reported of it; the main one is nobody's.
    assert found == [
        ("A10", Decimal(1236), 618, 618, 0),
        ("A20", Decimal(600), 300, 0, 300),
    ]
    assert [rounds.held(version, unit, "A10")[0] for unit in (one, two)] == [617, 1]


def test_without_a_winner_nothing_is_agreed(tree: Tree, alliance_officer: User) -> None:
    hospital = tree["H42010600001"]
    project = rounds.approved_round(
        {hospital: {"A": 100, "B": 100}}, alliance_officer, units={"A": "甲", "B": "乙"}
    )
    rounds.won(project, ("A", "甲厂", None, None))
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    assert rounds.held(version, hospital, "A")[0] == 50
    assert rounds.held(version, hospital, "B") == (0, 0, 0, 0)
    with whole_country(reason="test"):
        rows = AgreedQuantity.objects.filter(version=version, item__item_code="B")
        assert set(rows.values_list("base", flat=True)) == {Decimal(100)}


def test_only_what_was_approved_counts(tree: Tree, alliance_officer: User) -> None:
    one, two, three = hospitals(tree)
    project = make.demand_project([one, two, three], items=0)
    with whole_country(reason="test"):
        rounds.add_items(project, {"A": "甲"})
    make.published(project, alliance_officer)
    for unit in (one, two, three):
        make.planned(project, unit, {"A": 100})
    lapsed = make.filing_of(project, two)
    rounds.put("lapsed", lapsed)
    rounds.put("approved", make.filing_of(project, one), make.filing_of(project, three))
    rounds.approve_bureaus(project)
    rounds.set_unit(project, "甲", winners=4)
    rounds.published_base(project, alliance_officer)

    version = rounds.generated(project, alliance_officer)

    assert rounds.held(version, tree["0"], "A")[0] == 160
    assert rounds.held(version, two, "A")[0] == 0
