"""The arithmetic of a slot: the worked numbers of rules §3 and §3a, and what always holds."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.allocation.engine import (
    Bounds,
    NoWholePack,
    Row,
    allocated,
    allocated_total,
    bounds,
    carrying_row,
    contract_amount,
    daily_cost,
    rounded,
    suggest,
    tolerance,
)


def row(usage: str, pack: int, contract: int | None = None, price: str = "1") -> Row:
    return Row(Decimal(usage), pack, Decimal(price), contract)


def a(contract: int | None = None) -> Row:
    return row("9", 36, contract, "28.80")


def b(contract: int | None = None) -> Row:
    return row("3", 24, contract, "45.60")


def c(contract: int | None = None) -> Row:
    return row("6", 30, contract, "40.00")


SIX = Decimal(6)

usages = st.decimals(min_value="0.01", max_value="40", places=2)
rows = st.builds(
    Row,
    daily_usage=usages,
    pack=st.integers(1, 120),
    price=st.decimals(min_value="0.01", max_value="9999", places=2),
    contract=st.none() | st.just(0) | st.integers(1, 3000),
)
slots = st.lists(rows, min_size=1, max_size=5)
filled_slots = slots.filter(lambda each: any(one.contract is not None for one in each))


@pytest.mark.covers("S1-33", "S1-34")
@pytest.mark.parametrize(
    ("pending", "rows", "low", "high"),
    [
        pytest.param(10_000, [a(14_976)], 14_964, 15_036, id="worked in rules 3"),
        pytest.param(2_000, [b(1_008)], 976, 1_024, id="slot L of 12,503"),
        pytest.param(3_000, [a(4_500)], 4_464, 4_536, id="slot H of 12,503"),
        pytest.param(7, [b(0)], Fraction(-41, 2), Fraction(55, 2), id="slot L of 47"),
        pytest.param(11, [a(0)], Fraction(-39, 2), Fraction(105, 2), id="slot H of 47"),
        pytest.param(19, [c(30)], -11, 49, id="slot O of 47"),
        pytest.param(0, [a(0)], -36, 36, id="nothing to allocate"),
    ],
)
def test_bounds_of_one_row(pending, rows, low, high):
    assert bounds(pending, SIX, rows) == Bounds(0, Fraction(low), Fraction(high))


@pytest.mark.covers("S1-33")
@pytest.mark.parametrize(
    ("contract", "legal"),
    [(14_964, False), (14_965, True), (14_976, True), (15_035, True), (15_036, False)],
)
def test_bounds_refuse_both_ends(contract, legal):
    assert bounds(10_000, SIX, [a(contract)]).contain(contract) is legal


@pytest.mark.covers("S1-35")
def test_bounds_of_several_rows_use_the_remainder_of_the_others():
    rows = [a(2_988), b(None), c(3_000)]

    assert bounds(5_002, SIX, rows) == Bounds(0, Fraction(2_967), Fraction(3_039))


@pytest.mark.covers("S1-35", "S1-36")
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        pytest.param([b(24), a(36), c(30)], 1, id="largest pack"),
        pytest.param([b(24), a(None), c(30)], 2, id="blank rows do not count"),
        pytest.param([a(36), b(24), a(72)], 2, id="the last of a tie"),
        pytest.param([a(0), b(24)], 1, id="a zero never carries beside a positive row"),
        pytest.param([b(0), a(0), c(0)], 1, id="among zeros the largest pack"),
        pytest.param([b(0), a(0), a(0), a(None)], 2, id="among zeros the last of a tie"),
    ],
)
def test_carrying_row(rows, index):
    assert carrying_row(rows) == index
    assert bounds(1_000, SIX, rows).index == index


@pytest.mark.covers("S1-33")
@pytest.mark.parametrize("rows", [[], [a(None)], [a(None), b(None)]])
def test_bounds_need_a_filled_row(rows):
    with pytest.raises(ValueError, match="no contract quantity is filled"):
        bounds(10_000, SIX, rows)


@pytest.mark.covers("S1-37")
@pytest.mark.parametrize(
    ("row", "units"),
    [
        (a(14_976), 9_984),
        (b(1_008), 2_016),
        (a(4_500), 3_000),
        (a(2_988), 1_992),
        (a(900), 600),
        (a(0), 0),
        (a(None), 0),
        (row("7", 1, 1), Fraction(6, 7)),
    ],
)
def test_allocated(row, units):
    assert allocated(row, SIX) == units


@pytest.mark.covers("S1-39")
def test_allocated_total_of_the_worked_row():
    lowest, highest, other = [b(1_008)], [a(4_500)], [c(3_000), a(2_988), b(None)]

    assert allocated_total(other, SIX) == 3_000 + 1_992
    assert sum(allocated_total(each, SIX) for each in (lowest, highest, other)) == 10_008


@pytest.mark.covers("S1-38")
@pytest.mark.parametrize(
    ("row", "yuan"),
    [
        (a(), "7.20"),
        (b(), "5.70"),
        (c(), "8.00"),
        (row("2.5", 30, price="19.80"), "1.65"),
    ],
)
def test_daily_cost(row, yuan):
    assert daily_cost(row) == Fraction(yuan)


@pytest.mark.covers("S1-52")
@pytest.mark.parametrize(
    ("row", "yuan"),
    [
        (a(14_976), "11980.80"),
        (b(1_008), "1915.20"),
        (a(4_500), "3600.00"),
        (a(2_988), "2390.40"),
        (a(0), "0"),
        (a(None), "0"),
    ],
)
def test_contract_amount(row, yuan):
    assert contract_amount(row) == Fraction(yuan)


@pytest.mark.covers("S1-33", "S1-35")
@pytest.mark.parametrize(
    ("pending", "rows", "index", "contract"),
    [
        pytest.param(10_000, [a()], 0, 15_012, id="15,000 lies between 14,976 and 15,012"),
        pytest.param(2_000, [b()], 0, 1_008, id="slot L of 12,503"),
        pytest.param(3_000, [a()], 0, 4_500, id="slot H of 12,503"),
        pytest.param(5_002, [a(), b(), c(3_000)], 0, 2_988, id="slot O of 12,503"),
        pytest.param(7, [b()], 0, 0, id="slot L of 47"),
        pytest.param(11, [a()], 0, 0, id="slot H of 47"),
        pytest.param(19, [c()], 0, 30, id="slot O of 47"),
        pytest.param(12, [a()], 0, 0, id="half a pack goes down"),
        pytest.param(0, [a(), b(0)], 0, 0, id="nothing to allocate"),
        pytest.param(10_000, [a(1)], 0, 15_012, id="what the row holds does not matter"),
    ],
)
def test_suggest(pending, rows, index, contract):
    assert suggest(pending, SIX, rows, index) == contract


@pytest.mark.covers("S1-35")
def test_suggest_refuses_where_no_pack_fits_and_fits_on_the_largest_pack():
    largest, small = row("9", 36, 7_200), row("1", 24)

    with pytest.raises(NoWholePack):
        suggest(1_000, Decimal(1), [largest, small], 1)
    assert suggest(1_000, Decimal(1), [largest, replace(small, contract=192)], 0) == 7_272


@pytest.mark.covers("S1-35")
def test_suggest_takes_a_farther_pack_where_the_nearest_is_outside():
    # 0 is nearer to 10, but leaves the slot to the small pack, whose tolerance is 1.
    rows = [row("24", 24, 24), row("1", 36)]

    assert suggest(11, Decimal(1), rows, 1) == 36


@pytest.mark.covers("S1-35")
def test_suggest_offers_nothing_where_the_others_already_take_too_much():
    with pytest.raises(NoWholePack):
        suggest(1_000, Decimal(1), [row("1", 10, 2_000), row("1", 10)], 1)


@pytest.mark.parametrize("index", [-1, 1])
def test_suggest_refuses_an_unknown_row(index):
    with pytest.raises(IndexError):
        suggest(100, SIX, [a()], index)


@pytest.mark.parametrize(
    "terms",
    [{"daily_usage": Decimal(0)}, {"daily_usage": Decimal(-1)}, {"pack": 0}, {"contract": -1}],
)
def test_row_refuses_terms_no_formula_can_use(terms):
    with pytest.raises(ValueError, match=r"positive|below zero"):
        replace(a(), **terms)


def test_bounds_refuse_a_negative_quantity_and_an_item_without_daily_usage():
    with pytest.raises(ValueError, match="below zero"):
        bounds(-1, SIX, [a(0)])
    with pytest.raises(ValueError, match="positive"):
        bounds(1, Decimal(0), [a(0)])


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(1, 200), 2, "0.01"),
        (Fraction(-1, 200), 2, "-0.01"),
        (Fraction(-1, 201), 2, "0.00"),
        (Fraction(7, 2), 0, "4"),
        (Fraction(10**40 + 1, 2), 1, f"5{'0' * 39}.5"),
    ],
)
def test_rounded_goes_half_away_from_zero_at_any_size(value, places, text):
    assert str(rounded(value, places)) == text


@pytest.mark.covers("S1-33", "S1-35")
@given(st.integers(0, 5000), usages, filled_slots)
def test_bounds_equal_the_tolerance_of_one_pack_around_the_quantity(pending, usage, rows):
    limits = bounds(pending, usage, rows)
    carrying = rows[limits.index]

    deviation = abs(allocated_total(rows, usage) - pending)

    inside = limits.low < carrying.contract < limits.high
    assert inside == (deviation < tolerance(carrying, usage))


@pytest.mark.covers("S1-33", "S1-35")
@settings(deadline=None)
@given(st.integers(0, 1500), usages, slots, st.data())
def test_suggest_is_the_nearest_of_all_whole_packs_inside(pending, usage, rows, data):
    index = data.draw(st.integers(0, len(rows) - 1))
    others = [*rows[:index], *rows[index + 1 :]]
    remainder = pending - allocated_total(others, usage)
    target = remainder / Fraction(usage) * Fraction(rows[index].daily_usage)
    assume(target < 400 * rows[index].pack)

    def inside(contract):
        filled = [*rows]
        filled[index] = replace(rows[index], contract=contract)
        limits = bounds(pending, usage, filled)
        return limits.contain(filled[limits.index].contract)

    pack = rows[index].pack
    multiples = range(0, max(int(target), 0) + 3 * pack, pack)
    legal = [contract for contract in multiples if inside(contract)]

    if legal:
        nearest = min(legal, key=lambda each: (abs(each - target), each))
        assert suggest(pending, usage, rows, index) == nearest
    else:
        with pytest.raises(NoWholePack):
            suggest(pending, usage, rows, index)


@pytest.mark.covers("S1-33", "S1-35")
@given(st.integers(0, 5000), usages, slots, usages)
def test_suggest_always_fits_on_the_largest_pack_with_something_left(pending, usage, rows, own):
    largest = row(str(own), max(each.pack for each in rows) + 1)
    assume(allocated_total(rows, usage) <= pending)

    contract = suggest(pending, usage, [*rows, largest], len(rows))

    assert contract % largest.pack == 0


@pytest.mark.covers("S1-35", "S1-39")
@given(st.integers(0, 5000), usages, filled_slots, st.randoms())
def test_order_of_rows_matters_only_for_ties(pending, usage, rows, random):
    assume(len({each.pack for each in rows}) == len(rows))
    shuffled = random.sample(rows, len(rows))

    one, two = bounds(pending, usage, rows), bounds(pending, usage, shuffled)

    assert rows[one.index] == shuffled[two.index]
    assert (one.low, one.high) == (two.low, two.high)
    assert allocated_total(rows, usage) == allocated_total(shuffled, usage)


@pytest.mark.covers("S1-37", "S1-38", "S1-52")
@given(rows.filter(lambda each: each.contract), usages)
def test_a_contract_buys_as_many_days_of_either_item(row, usage):
    days = Fraction(row.contract) / Fraction(row.daily_usage)

    assert allocated(row, usage) == days * Fraction(usage)
    assert contract_amount(row) == days * daily_cost(row)
