"""Who owns the fixed slots of a group in a province: the worked group A, B, C of rules §3a.8."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.allocation.domain.designation import (
    Designation,
    NoWinner,
    Offer,
    TiedDesignation,
    designate,
    highest_cut,
    lowest_cost,
    sole_enterprise,
)
from apps.allocation.engine import Row, daily_cost


def offer(enterprise: str, usage: str, pack: int, price: str, cut: str) -> Offer:
    return Offer(enterprise, Row(Decimal(usage), pack, Decimal(price), None), Decimal(cut))


A = offer("A", "9", 36, "28.80", "52")
B = offer("B", "3", 24, "45.60", "41.35")
C = offer("C", "6", 30, "40.00", "48.6")

offers = st.lists(
    st.builds(
        Offer,
        enterprise=st.sampled_from("ABCD"),
        terms=st.builds(
            Row,
            daily_usage=st.sampled_from([Decimal("0.3"), Decimal(3), Decimal(9)]),
            pack=st.sampled_from([3, 7, 36]),
            price=st.sampled_from([Decimal("0.10"), Decimal("28.80")]),
            contract=st.none(),
        ),
        cut=st.sampled_from([Decimal("41.35"), Decimal(52), Decimal("52.0")]),
    ),
    min_size=1,
    max_size=6,
)


def test_designate_names_the_lowest_daily_cost_and_the_highest_cut():
    assert designate([A, B, C]) == Designation(lowest="B", highest="A")


@pytest.mark.covers("S1-26")
@pytest.mark.parametrize(
    ("offers", "merged"),
    [
        ([A, B, C], False),
        ([A, C], True),
        ([A], True),
        ([B, replace(C, enterprise="B")], True),
    ],
)
def test_one_enterprise_with_both_merges_the_slots(offers, merged):
    assert designate(offers).merged is merged


@pytest.mark.covers("S1-26")
@pytest.mark.parametrize(
    ("offers", "sole"), [([A], True), ([A, replace(B, enterprise="A")], True), ([A, C], False)]
)
def test_sole_enterprise(offers, sole):
    assert sole_enterprise(offers) is sole


def test_ties_are_all_named_once():
    # 0.1/3·9 and 0.3/9·9 are equal exactly, and not in floating point
    third, same = offer("T", "9", 3, "0.1", "50"), offer("S", "9", 9, "0.3", "50.0")

    assert lowest_cost([A, third, same, third]) == ("T", "S")
    assert highest_cut([C, third, same, third]) == ("T", "S")


def test_designate_refuses_a_tie_until_it_is_decided():
    rival = replace(A, enterprise="R")

    with pytest.raises(TiedDesignation):
        designate([A, B, rival])
    with pytest.raises(TiedDesignation):
        designate([A, B, rival], highest_pick="C")
    assert designate([A, B, rival], highest_pick="R") == Designation(lowest="B", highest="R")


def test_designate_refuses_a_tie_on_the_lowest_cost_until_it_is_decided():
    rival = replace(B, enterprise="R")

    with pytest.raises(TiedDesignation):
        designate([A, B, rival], highest_pick="R")
    assert designate([A, B, rival], lowest_pick="R") == Designation(lowest="R", highest="A")


def test_equal_products_of_one_enterprise_are_no_tie():
    assert designate([A, A, B]) == Designation(lowest="B", highest="A")


def test_a_pick_never_overrules_the_numbers():
    assert designate([A, B, C], lowest_pick="C", highest_pick="C") == designate([A, B, C])


def test_a_group_without_a_winner_has_no_designation():
    with pytest.raises(NoWinner):
        designate([])


def test_an_offer_needs_a_price():
    with pytest.raises(ValueError, match="price"):
        offer("A", "9", 36, "0", "52")


@given(offers, st.randoms())
def test_designation_is_exact_and_independent_of_order(offers, random):
    shuffled = random.sample(offers, len(offers))
    cheapest = min(daily_cost(each.terms) for each in offers)
    deepest = max(each.cut for each in offers)

    lowest, highest = lowest_cost(offers), highest_cut(offers)

    assert set(lowest) == {o.enterprise for o in offers if daily_cost(o.terms) == cheapest}
    assert set(highest) == {o.enterprise for o in offers if o.cut == deepest}
    assert sorted(lowest) == sorted(lowest_cost(shuffled))
    assert sorted(highest) == sorted(highest_cut(shuffled))
    assert len(lowest) == len(set(lowest))
