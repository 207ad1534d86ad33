"""From base to agreed volume: the worked numbers of rules §2 and §3a.2, and what always holds."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.reporting.agreed_volume import (
    CascadeTable,
    LinearRule,
    NoRule,
    RatioTable,
    Reported,
    Rounding,
    Slots,
    Split,
    SplitRow,
    agreed_quantity,
    base_and_transfer,
    cascade,
    commitment_ratio,
    split_r2,
)
from tests.reporting.published_rules import (
    CHINESE_PATENT_MEDICINE_KEEP,
    CHINESE_PATENT_MEDICINE_RATIO,
    CHINESE_PATENT_MEDICINE_SLOTS,
    INTRAOCULAR_LENSES,
    IVUS_CATHETERS,
    NATIONAL_DRUGS,
    VASCULAR_CLIPS,
)

DOWN = Rounding("down")
THREE_SLOTS = Slots(Fraction(20, 100), Fraction(30, 100), Fraction(50, 100))
RATIO, KEEP = Fraction(80, 100), Fraction(90, 100)

parts = st.fractions(0, 1, max_denominator=1000)
slots = st.builds(
    lambda one, two: Slots(min(one, two), abs(one - two), 1 - max(one, two)), parts, parts
)
reports = st.builds(
    Reported,
    key=st.text(max_size=3),
    quantity=st.integers(0, 10**7),
    selected=st.booleans(),
    highest_cut=st.booleans(),
    merged=st.booleans(),
    sole=st.booleans(),
)


def unselected(quantity: int, key: str = "x", *, merged: bool = False) -> Reported:
    return Reported(key, quantity, selected=False, highest_cut=False, merged=merged)


def selected(quantity: int, *, highest_cut: bool = False, merged: bool = False) -> Reported:
    return Reported("x", quantity, selected=True, highest_cut=highest_cut, merged=merged)


@pytest.mark.parametrize(
    ("winners", "percents"),
    [
        (1, (50, 40, 30)),
        (2, (60, 50, 40)),
        (3, (70, 60, 50)),
        (4, (80, 70, 50)),
        (10, (80, 70, 50)),
    ],
)
def test_commitment_ratio_of_national_drugs(winners, percents):
    classes = ("normal", "antibiotic", "strict")

    ratios = [commitment_ratio(winners, each, NATIONAL_DRUGS) for each in classes]

    assert ratios == [Fraction(percent, 100) for percent in percents]


@pytest.mark.parametrize(("winners", "ratio_class"), [(0, "normal"), (1, "unknown")])
def test_commitment_ratio_refuses_what_the_table_does_not_hold(winners, ratio_class):
    with pytest.raises(NoRule):
        commitment_ratio(winners, ratio_class, NATIONAL_DRUGS)


def test_commitment_ratio_refuses_a_gap_and_the_end_of_a_closed_table():
    table = RatioTable(((1, 1, {"n": Fraction(1, 2)}), (3, 4, {"n": Fraction(3, 4)})))

    assert commitment_ratio(4, "n", table) == Fraction(3, 4)
    for winners in (2, 5):
        with pytest.raises(NoRule):
            commitment_ratio(winners, "n", table)


@pytest.mark.parametrize(
    "spans", [((1, 2), (2, 3)), ((1, None), (4, 5)), ((3, 2),), ((0, 1),), ((2, 3), (1, 2))]
)
def test_ratio_table_refuses_rows_that_overlap_or_run_backwards(spans):
    with pytest.raises(ValueError, match="overlap or run backwards"):
        RatioTable(tuple((first, last, {"n": Fraction(1)}) for first, last in spans))


@pytest.mark.parametrize(
    ("winners", "exact", "down", "half_up", "packs"),
    [
        (1, "617.0", 617, 617, 624),
        (2, "740.4", 740, 740, 744),
        (3, "863.8", 863, 864, 864),
        (4, "987.2", 987, 987, 1_008),
    ],
)
def test_agreed_quantity_of_1234(winners, exact, down, half_up, packs):
    ratio = commitment_ratio(winners, "normal", NATIONAL_DRUGS)

    assert ratio * 1_234 == Fraction(exact)
    assert agreed_quantity(1_234, ratio, DOWN) == down
    assert agreed_quantity(1_234, ratio, Rounding("half_up")) == half_up
    assert agreed_quantity(1_234, ratio, Rounding("up_to_pack", 24)) == packs


@pytest.mark.parametrize(
    ("base", "rounding", "whole"),
    [
        (3, DOWN, 1),
        (3, Rounding("half_up"), 2),
        (0, Rounding("up_to_pack", 24), 0),
        (48, Rounding("up_to_pack", 24), 24),
        (49, Rounding("up_to_pack", 24), 48),
        (3, Rounding("up_to_pack"), 2),
    ],
)
def test_agreed_quantity_at_the_edges(base, rounding, whole):
    assert agreed_quantity(base, Fraction(1, 2), rounding) == whole


def test_agreed_quantity_refuses_what_is_below_zero_or_unknown():
    with pytest.raises(ValueError, match="below zero"):
        agreed_quantity(-1, RATIO, DOWN)
    with pytest.raises(ValueError, match="below zero"):
        agreed_quantity(1, -RATIO, DOWN)
    for mode, pack in (("up", 1), ("down", 0)):
        with pytest.raises(ValueError, match="unknown rounding"):
            Rounding(mode, pack)


def test_split_r2_of_the_first_round():
    reported = [selected(10_000, highest_cut=True), selected(8_000), unselected(5_000)]

    split = split_r2(
        reported,
        CHINESE_PATENT_MEDICINE_RATIO,
        CHINESE_PATENT_MEDICINE_KEEP,
        CHINESE_PATENT_MEDICINE_SLOTS,
    )

    assert split == Split(
        rows=(
            SplitRow("x", a=8_000, K=8_000, P=0, L=0, H=0, O=0),
            SplitRow("x", a=6_400, K=5_760, P=640, L=0, H=192, O=448),
            SplitRow("x", a=4_000, K=0, P=4_000, L=0, H=1_200, O=2_800),
        ),
        totals=SplitRow("total", a=18_400, K=13_760, P=4_640, L=0, H=1_392, O=3_248),
    )


@pytest.mark.covers("S1-26")
@pytest.mark.parametrize(
    ("reported", "agreed", "three", "merged"),
    [
        (unselected(12_503), (10_002, 0, 10_002), (2_000, 3_000, 5_002), (0, 5_001, 5_001)),
        (selected(8_003), (6_402, 5_761, 641), (128, 192, 321), (0, 320, 321)),
        (unselected(47), (37, 0, 37), (7, 11, 19), (0, 18, 19)),
        (unselected(3), (2, 0, 2), (0, 0, 2), (0, 1, 1)),
    ],
)
def test_split_r2_worked_rows(reported, agreed, three, merged):
    row = split_r2([reported], RATIO, KEEP, THREE_SLOTS).rows[0]
    joined = split_r2([replace(reported, merged=True)], RATIO, KEEP, THREE_SLOTS).rows[0]

    assert row == SplitRow("x", *agreed, *three)
    assert joined == SplitRow("x", *agreed, *merged)


def test_split_r2_sums_rows_and_never_pools_them():
    reported = [unselected(33, "one"), unselected(33, "two")]

    split = split_r2(reported, Fraction(1), KEEP, CHINESE_PATENT_MEDICINE_SLOTS)

    assert [row.H for row in split.rows] == [9, 9]
    assert split.totals == SplitRow("total", a=66, K=0, P=66, L=0, H=18, O=48)


@pytest.mark.covers("S1-26")
def test_split_r2_gives_a_sole_enterprise_everything():
    report = replace(unselected(12_503), merged=True, sole=True)

    row = split_r2([report], RATIO, KEEP, THREE_SLOTS).rows[0]

    assert row == SplitRow("x", a=10_002, K=0, P=10_002, L=0, H=10_002, O=0)


def test_split_r2_rounds_only_the_agreed_volume_by_the_setting():
    report = replace(selected(8_003), rounding=Rounding("up_to_pack", 10))

    row = split_r2([report], RATIO, KEEP, THREE_SLOTS).rows[0]

    assert row == SplitRow("x", a=6_410, K=5_769, P=641, L=128, H=192, O=321)


def test_split_r2_of_nothing_is_empty():
    split = split_r2([], RATIO, KEEP, THREE_SLOTS)

    assert split == Split((), SplitRow("total", 0, 0, 0, 0, 0, 0))


def test_split_r2_refuses_to_keep_more_than_all():
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_r2([], RATIO, Fraction(11, 10), THREE_SLOTS)


@pytest.mark.parametrize(
    "shares", [(20, 30, 49), (20, 30, 51), (-10, 40, 70)], ids=["less", "more", "negative"]
)
def test_slots_sum_to_one(shares):
    with pytest.raises(ValueError, match="sum to 1"):
        Slots(*(Fraction(share, 100) for share in shares))


@pytest.mark.parametrize(
    ("rule", "cut", "base", "transfer"),
    [
        (IVUS_CATHETERS, "48", 48, 42),
        (IVUS_CATHETERS, "62", 90, 0),
        (IVUS_CATHETERS, "70.5", 90, 0),
        (IVUS_CATHETERS, "55", 69, 21),
        (IVUS_CATHETERS, "48.5", Fraction("49.5"), Fraction("40.5")),
        (VASCULAR_CLIPS, "65", 50, 30),
        (VASCULAR_CLIPS, "75", 80, 0),
        (VASCULAR_CLIPS, "66.35", Fraction("54.05"), Fraction("25.95")),
    ],
)
def test_base_and_transfer(rule, cut, base, transfer):
    assert base_and_transfer(Decimal(cut), rule) == (base, transfer)


def test_base_and_transfer_refuses_a_cut_below_the_minimum():
    with pytest.raises(ValueError, match="below the rule's minimum"):
        base_and_transfer(Decimal("47.99"), IVUS_CATHETERS)


@pytest.mark.parametrize(
    ("winners", "shares"),
    [
        (1, ["59031"]),
        (2, ["35418.6", "23612.4"]),
        (3, ["35418.6", "14167.44", "9444.96"]),
        (4, ["29515.5", "14757.75", "7378.875", "7378.875"]),
        (5, ["29515.5", "14757.75", "7378.875", "3689.4375", "3689.4375"]),
    ],
)
def test_cascade_of_intraocular_lenses(winners, shares):
    assert cascade(Fraction(59_031), winners, INTRAOCULAR_LENSES) == [*map(Fraction, shares)]


def test_cascade_reads_a_closing_one_as_the_rest():
    half = Fraction(1, 2)
    closed = CascadeTable({1: (Fraction(1),), 2: (half, Fraction(1))})

    assert cascade(Fraction(100), 1, closed) == [100]
    assert cascade(Fraction(100), 2, closed) == [50, 50]
    assert cascade(Fraction(100), 3, closed) == [50, 25, 25]


@pytest.mark.parametrize(
    ("winners", "table"),
    [
        (0, INTRAOCULAR_LENSES),
        (1, CascadeTable({})),
        (2, CascadeTable({1: (Fraction(1),), 3: (Fraction(1, 2),)})),
        (2, CascadeTable({1: ()})),
    ],
)
def test_cascade_refuses_what_the_table_does_not_hold(winners, table):
    with pytest.raises(NoRule):
        cascade(Fraction(100), winners, table)


@given(st.lists(reports, max_size=5), parts, parts, slots)
def test_split_r2_keeps_every_sum(reported, ratio, keep_other, shares):
    split = split_r2(reported, ratio, keep_other, shares)

    for row in (*split.rows, split.totals):
        assert row.a == row.K + row.P
        assert row.P == row.L + row.H + row.O
        assert min(row.K, row.P, row.L, row.H, row.O) >= 0
    for letter in ("a", "K", "P", "L", "H", "O"):
        total = sum(getattr(row, letter) for row in split.rows)
        assert getattr(split.totals, letter) == total


@pytest.mark.covers("S1-26")
@given(reports, parts, parts, slots)
def test_split_r2_merged_joins_the_two_fixed_shares(report, ratio, keep_other, shares):
    apart, merged = (
        split_r2([replace(report, sole=False, merged=each)], ratio, keep_other, shares).rows[0]
        for each in (False, True)
    )

    assert (merged.a, merged.K, merged.P, merged.L) == (apart.a, apart.K, apart.P, 0)
    assert apart.L + apart.H <= merged.H <= apart.L + apart.H + 1


@given(st.decimals(min_value=48, max_value=100, places=4))
def test_base_and_transfer_move_points_and_never_lose_them(cut):
    base, transfer = base_and_transfer(cut, IVUS_CATHETERS)

    assert base + transfer == 90
    assert transfer >= 0


@given(st.decimals(min_value=0, max_value=100, places=2), st.integers(0, 9))
def test_base_and_transfer_are_linear_in_the_step(cut, step):
    rule = LinearRule(Decimal(0), Decimal(100), Decimal(10), Decimal(0), Decimal(step))

    assert base_and_transfer(cut, rule) == (10 + step * Fraction(cut), -step * Fraction(cut))


@given(st.fractions(0, 10**9), st.integers(1, 12))
def test_cascade_keeps_the_sum(base, winners):
    shares = cascade(base, winners, INTRAOCULAR_LENSES)

    assert len(shares) == winners
    assert sum(shares) == base
    assert shares == sorted(shares, reverse=True)
