"""What is said of one slot: filled, inside, how much is missing, whether capacity can fill it."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.allocation.domain.slots.state import (
    Exhaustion,
    SlotCheck,
    broken_packs,
    check,
    exhaustion,
)
from apps.allocation.engine import Row, allocated_total, bounds, carrying_row, tolerance

SIX = Decimal(6)
A = Row(Decimal(9), 36, Decimal("28.80"), None)
B = Row(Decimal(3), 24, Decimal("45.60"), None)

rows = st.builds(
    Row,
    daily_usage=st.decimals(min_value="0.01", max_value="40", places=2),
    pack=st.integers(1, 120),
    price=st.just(Decimal(1)),
    contract=st.none() | st.just(0) | st.integers(1, 3000),
)
slots = st.lists(rows, min_size=1, max_size=4)


def with_contracts(*contracts: int | None) -> list[Row]:
    return [replace(row, contract=each) for row, each in zip((A, B), contracts, strict=False)]


@pytest.mark.covers("S1-33", "S1-35")
@pytest.mark.parametrize(
    ("pending", "contracts", "filled", "inside", "gap"),
    [
        pytest.param(10_000, [14_976], True, True, 16, id="inside, less than a pack missing"),
        pytest.param(10_000, [15_012], True, True, -8, id="inside, less than a pack over"),
        pytest.param(10_000, [14_964], True, False, 24, id="a whole pack missing"),
        pytest.param(10_000, [15_036], True, False, -24, id="a whole pack over"),
        pytest.param(10_000, [None], False, False, 10_000, id="blank"),
        pytest.param(10_000, [0], True, False, 10_000, id="none wanted of much"),
        pytest.param(7, [None, 0], True, True, 7, id="none wanted of a tiny quantity"),
        pytest.param(0, [None, None], True, True, 0, id="nothing to allocate"),
        pytest.param(0, [], True, True, 0, id="nothing to allocate, no row"),
        pytest.param(0, [54], True, False, -36, id="something of nothing"),
        pytest.param(5_000, [3_000, 1_500], True, True, 0, id="exactly"),
    ],
)
def test_check(pending, contracts, filled, inside, gap):
    rows = with_contracts(*contracts)

    verdict = check(pending, SIX, rows)

    typed = any(each is not None for each in contracts)
    limits = bounds(pending, SIX, rows) if typed else None
    assert verdict == SlotCheck(filled, inside, Fraction(gap), limits)


@pytest.mark.covers("S1-39")
@pytest.mark.parametrize(
    ("contract", "missing", "excess"),
    [(14_964, 24, 0), (15_036, 0, 24), (15_000, 0, 0), (1, Fraction(29_998, 3), 0)],
)
def test_check_says_what_is_missing_or_too_much(contract, missing, excess):
    verdict = check(10_000, SIX, with_contracts(contract))

    assert (verdict.missing, verdict.excess) == (missing, excess)


@pytest.mark.covers("S1-33", "S1-35")
@given(
    st.integers(1, 5000),
    st.decimals(min_value="0.01", max_value="40", places=2),
    slots,
)
def test_check_is_inside_when_the_gap_is_less_than_a_pack_of_the_carrying_row(pending, usage, rows):
    verdict = check(pending, usage, rows)

    filled = any(row.contract is not None for row in rows)
    assert verdict.filled == filled
    assert verdict.excess - verdict.missing == allocated_total(rows, usage) - pending
    if filled:
        assert verdict.inside == (abs(verdict.gap) < tolerance(rows[carrying_row(rows)], usage))
    else:
        assert not verdict.inside


@pytest.mark.parametrize(
    ("contracts", "broken"),
    [
        ([36, 24], ()),
        ([37, 24], (0,)),
        ([0, 25], (1,)),
        ([None, None], ()),
        ([35, 36], (0, 1)),
    ],
)
def test_broken_packs(contracts, broken):
    assert broken_packs(with_contracts(*contracts)) == broken


def test_exhaustion_moves_what_the_packs_left_cannot_place():
    assert exhaustion(3_000, SIX, [A], [900]) == Exhaustion((900,), Fraction(600), moved=2_400)


@pytest.mark.parametrize(
    ("pending", "rows", "left", "expected"),
    [
        pytest.param(3_000, [A], [None], None, id="no declared capacity"),
        pytest.param(3_000, [A, B], [0, None], None, id="one product without limit"),
        pytest.param(3_000, [A], [4_464], Exhaustion((4_464,), Fraction(2_976), 24), id="a pack"),
        pytest.param(3_000, [A], [4_499], Exhaustion((4_464,), Fraction(2_976), 24), id="broken"),
        pytest.param(3_000, [A], [4_500], None, id="just enough"),
        pytest.param(3_000, [A], [0], Exhaustion((0,), Fraction(0), 3_000), id="nothing left"),
        pytest.param(23, [A], [0], None, id="less than a pack is wanted anyway"),
        pytest.param(24, [A], [35], Exhaustion((0,), Fraction(0), 24), id="a pack is wanted"),
        pytest.param(0, [A], [0], None, id="nothing to allocate"),
        pytest.param(
            3_000, [A, B], [900, 250], Exhaustion((900, 240), Fraction(1_080), 1_920), id="two"
        ),
        pytest.param(
            90,
            [B],
            [1],
            Exhaustion((0,), Fraction(0), 90),
            id="smaller packs",
        ),
    ],
)
def test_exhaustion(pending, rows, left, expected):
    assert exhaustion(pending, SIX, rows, left) == expected


def test_exhaustion_keeps_the_sum_where_a_pack_is_no_whole_number_of_units():
    sevenths = Row(Decimal(7), 10, Decimal(1), None)

    found = exhaustion(1_000, SIX, [sevenths], [105])

    assert found == Exhaustion((100,), Fraction(600, 7), moved=1_000 - 85)


@given(
    st.integers(1, 5000),
    st.decimals(min_value="0.01", max_value="40", places=2),
    slots,
    st.data(),
)
def test_a_slot_is_exhausted_only_when_all_that_is_left_lies_below_the_bounds(
    pending, usage, rows, data
):
    left = [data.draw(st.integers(0, 4000)) for _ in rows]
    takes = [
        replace(row, contract=free // row.pack * row.pack)
        for row, free in zip(rows, left, strict=True)
    ]
    verdict = check(pending, usage, takes)

    found = exhaustion(pending, usage, rows, left)

    below = not verdict.inside and verdict.gap > 0
    assert (found is not None) == below
    if found:
        assert 0 < found.moved <= pending
        assert not broken_packs(takes)
        assert all(contract <= free for contract, free in zip(found.contracts, left, strict=True))
