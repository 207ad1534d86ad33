"""What 系统代分 puts into a slot, whatever the capacities (rules §3a.7, §3a.10, §3a.11)."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.allocation.domain.slots.placing import Placement, place
from apps.allocation.domain.slots.state import check, exhaustion
from apps.allocation.engine import Row

DU = Decimal(6)
A = Row(Decimal(9), 36, Decimal("28.80"), None)
B = Row(Decimal(3), 24, Decimal("45.60"), None)
C = Row(Decimal(6), 30, Decimal("40.00"), None)


def test_the_worked_slots() -> None:
    assert place(2_000, DU, [B], [None], [0]) == Placement((1_008,))
    assert place(3_000, DU, [A], [4_500], [0]) == Placement((4_500,))
    assert place(47, DU, [C], [None], [0]) == Placement((60,))
    assert place(7, DU, [B], [None], [0]) == Placement((0,))


def test_the_highest_cut_takes_what_is_left_and_the_next_takes_the_rest() -> None:
    found = place(5_002, DU, [A, B, C], [2_000, None, None], [0, 2, 1])

    assert found.contracts == (1_980, None, 3_690)
    assert check(5_002, DU, [_with(A, 1_980), B, _with(C, 3_690)]).inside


def test_an_exhausted_slot_takes_every_whole_pack_and_moves_the_rest() -> None:
    assert place(3_000, DU, [A], [935], [0]) == Placement((900,), is_exhausted=True, moved=2_400)


def test_nothing_left_at_all() -> None:
    assert place(3_000, DU, [A, C], [35, 0], [0, 1]) == Placement(
        (0, 0), is_exhausted=True, moved=3_000
    )


def test_packs_that_only_fit_together_are_found() -> None:
    """rules §3a.7: i can't end the slot at any multiple of its pack while m holds 7,200; m can."""
    m, i = Row(Decimal(9), 36, Decimal(1), None), Row(Decimal(1), 24, Decimal(1), None)
    found = place(1_000, Decimal(1), [m, i], [7_200, None], [0, 1])

    rows = [_with(row, contract) for row, contract in zip([m, i], found.contracts, strict=True)]
    assert check(1_000, Decimal(1), rows).inside


def test_a_slot_without_products_moves_all_of_it_on() -> None:
    assert place(100, DU, [], [], []) == Placement((), is_exhausted=True, moved=100)


def test_what_is_held_stays_and_the_missing_comes_on_top() -> None:
    """3,000 of 5,002 are held by the second; the first takes what is missing, nothing where nothing is."""
    a, c = (Row(Decimal(d), pack, Decimal(1), None) for d, pack in ((9, 36), (6, 30)))
    held = [a, _with(c, 3_000)]

    found = place(5_002, Decimal(6), held, [None, None], [0, 1], keeping=True)
    inside = place(3_010, Decimal(6), held, [None, None], [0, 1], keeping=True)
    short = place(5_002, Decimal(6), held, [0, 3_900], [0, 1], keeping=True)

    assert found.contracts == (2_988, 3_000)
    assert inside.contracts == (None, 3_000)
    assert (short.contracts, short.moved) == ((0, 3_900), 1_102)


usages = st.decimals("0.1", 40, places=2)
products = st.builds(
    Row,
    daily_usage=usages,
    pack=st.integers(1, 120),
    price=st.just(Decimal(1)),
    contract=st.none(),
)
offers = st.lists(st.tuples(products, st.none() | st.integers(0, 4_000)), min_size=1, max_size=5)


@given(st.integers(0, 20_000), usages, offers, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=400)
def test_every_slot_is_inside_its_bounds_or_exhausted_and_no_product_gives_more_than_it_has(
    pending, usage, offered, random
) -> None:
    rows, left = [row for row, _ in offered], [free for _, free in offered]
    preference = random.sample(range(len(rows)), len(rows))

    found = place(pending, usage, rows, left, preference)

    for row, free, contract in zip(rows, left, found.contracts, strict=True):
        assert contract is None or (contract >= 0 and contract % row.pack == 0)
        assert free is None or (contract or 0) <= free
    filled = [_with(row, contract) for row, contract in zip(rows, found.contracts, strict=True)]
    short = exhaustion(pending, usage, rows, left)
    assert found.is_exhausted == (short is not None)
    if short is None:
        assert check(pending, usage, filled).inside
        assert found.moved == 0
    else:
        assert (found.contracts, found.moved) == (short.contracts, short.moved)


def _with(row: Row, contract: int | None) -> Row:
    return Row(row.daily_usage, row.pack, row.price, contract)
