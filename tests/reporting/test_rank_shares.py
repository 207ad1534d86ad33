"""Agreed volumes among ranks (rules §2): whole, nothing lost, every row and subtree near its exact share."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.reporting.domain.rank_shares import share_out

Rows = list[tuple[str, int]]
Shares = Sequence[int]

WORKED: Rows = [("/0/42/H1/", 7), ("/0/42/H2/", 5), ("/0/43/H3/", 3), ("/0/43/H4/", 1)]
INDIVISIBLE: Rows = [("/0/1/", 1), ("/0/1/", 1), ("/0/2/", 3), ("/0/2/", 1), ("/0/3/H/", 2)]
# From the top down, the first or the last ranks that fit are a choice for /1/ that its rows can't follow.
DEAD_END: Rows = [("/0/", 1), ("/0/", 1), ("/1/", 6), ("/1/", 4)]


def faults(rows: Rows, shares: Shares, taken: Sequence[Sequence[int]]) -> list[str]:
    """What breaks the rule, recomputed from the paths alone."""
    exact = [Fraction(share, sum(shares) or 1) for share in shares]
    found = [] if len(taken) == len(rows) else ["rows are missing"]
    margins: dict[tuple[str, ...], list[Sequence[int]]] = defaultdict(list)
    for number, ((path, amount), row) in enumerate(zip(rows, taken, strict=False)):
        if len(row) != len(shares) or sum(row) != amount or min(row, default=0) < 0:
            found.append(f"row {number}: {row} of {amount}")
        names = path.split("/")[:-1]
        for subtree in (("row", str(number)), *(tuple(names[:n]) for n in range(len(names) + 1))):
            margins[subtree].append((amount, *row))
    for subtree, held in margins.items():
        amount, *sums = (sum(column) for column in zip(*held, strict=True))
        for part, whole in zip(exact, sums, strict=True):
            if not -1 < whole - amount * part < 1:
                found.append(f"{subtree}: {whole} for {amount * part}")
    if [sum(column) for column in zip(*taken, strict=True)] != list(shares) and rows:
        found.append("a rank's sum isn't its share")
    return found


@st.composite
def trees(draw: st.DrawFn) -> Rows:
    """Uneven trees of up to five levels; institutions at any level, some with several rows."""
    depth, width = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    names = st.lists(st.integers(0, width), min_size=1, max_size=depth)
    paths = sorted(draw(st.lists(names, min_size=1, max_size=40)))
    most = draw(st.sampled_from([1, 3, 12, 200, 5000]))
    return [(f"/{'/'.join(map(str, path))}/", draw(st.integers(0, most))) for path in paths]


def in_parts(total: int, parts: Sequence[int]) -> list[int]:
    """`total` in whole shares that are to each other about as the parts are."""
    marks = [total * mark // (sum(parts) or 1) for mark in accumulate(parts, initial=0)]
    shares = [after - before for before, after in pairwise(marks)]
    shares[-1] += total - sum(shares)
    return shares


PATTERNS: dict[str, Callable[[int], st.SearchStrategy[list[int]]]] = {
    "any": lambda n: st.lists(st.integers(0, 10**6), min_size=n, max_size=n),
    "few": lambda n: st.lists(st.integers(0, 3), min_size=n, max_size=n),
    "equal": lambda n: st.just([1] * n),
    "halves": lambda n: st.permutations([2**rank for rank in range(n)]),
    "zeros": lambda n: st.permutations([0] * (n // 2) + [1] * (n - n // 2)),
    "rounded": lambda n: st.permutations([50, 30, 20, 10, 10, 5, 5, 2][:n]),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rows, list[int]]:
    rows = draw(trees())
    total = sum(amount for _path, amount in rows)
    ranks = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 8]))
    if draw(st.integers(0, 5)) == 0:  # shares of a single unit beside one that takes the rest
        shares = [1] * min(ranks - 1, total) + [0] * max(ranks - 1 - total, 0)
        return rows, draw(st.permutations([*shares, total - sum(shares)]))
    pattern = draw(st.sampled_from(sorted(PATTERNS)))
    return rows, in_parts(total, draw(PATTERNS[pattern](ranks)))


@settings(max_examples=400, deadline=None)
@given(cases())
@example((WORKED, [9, 3, 4]))
@example((DEAD_END, [2, 4, 3, 3]))
@example((DEAD_END, [3, 3, 4, 2]))
@example((INDIVISIBLE, [2, 2, 2, 2]))
@example((INDIVISIBLE, [1, 1, 1, 1, 1, 1, 1, 1]))
def test_every_margin_is_kept(case: tuple[Rows, list[int]]) -> None:
    rows, shares = case

    assert faults(rows, shares, share_out(rows, shares)) == []


def test_the_worked_example() -> None:
    taken = share_out(WORKED, [9, 3, 4])

    assert faults(WORKED, [9, 3, 4], taken) == []
    assert faults(WORKED, [9, 3, 4], [(4, 1, 2), (3, 1, 1), (2, 0, 1), (0, 1, 0)]) == []


def test_the_same_rows_are_always_shared_in_the_same_way() -> None:
    """What is computed again must not move what was published."""
    rows = [("/0/1/", 17), ("/0/1/", 5), ("/0/2/", 9), ("/0/3/H/", 2), ("/0/3/I/", 8)]

    assert share_out(WORKED, [9, 3, 4]) == [(4, 1, 2), (3, 1, 1), (1, 1, 1), (1, 0, 0)]
    assert share_out(rows, [16, 10, 7, 5, 3]) == [
        (6, 4, 3, 2, 2),
        (2, 1, 1, 1, 0),
        (4, 2, 1, 1, 1),
        (1, 1, 0, 0, 0),
        (3, 2, 2, 1, 0),
    ]


@pytest.mark.parametrize(
    ("rows", "shares", "taken"),
    [
        ([], [], []),
        ([], [0, 0], []),
        ([("/0/", 0)], [], [()]),
        ([("/0/", 0), ("/1/", 0)], [0, 0, 0], [(0, 0, 0), (0, 0, 0)]),
        ([("/0/", 7)], [7], [(7,)]),
        ([("/0/", 7)], [0, 4, 0, 2, 1, 0], [(0, 4, 0, 2, 1, 0)]),
        ([("/0/", 10), ("/1/", 20)], [15, 9, 6], [(5, 3, 2), (10, 6, 4)]),
        # Ties of two ranks: the exact shares are halves.
        ([("/0/", 1), ("/1/", 1), ("/2/", 1), ("/3/", 1)], [2, 2], [(1, 0), (0, 1)] * 2),
    ],
    ids=["nothing", "no rows", "no ranks", "no volume", "one", "one row", "whole", "ties"],
)
def test_what_has_one_answer(rows: Rows, shares: Shares, taken: list[tuple[int, ...]]) -> None:
    assert share_out(rows, shares) == taken


def test_the_items_of_an_institution_are_a_subtree() -> None:
    """Each institution's own sums must be near, not only those of its rows."""
    rows = [(f"/0/{county}/H/", 1) for county in range(6) for _item in range(3)]

    taken = share_out(rows, [6, 6, 6])

    for first in range(0, 18, 3):
        assert sorted(taken[first : first + 3]) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]


def test_rows_may_stand_at_any_level() -> None:
    """An institution under the province before, between and after the counties' own."""
    rows = [("/0/P1/", 3), ("/0/42/C1/H/", 5), ("/0/42/H/", 2), ("/0/42/C2/H/", 4), ("/0/P2/", 2)]

    assert faults(rows, [5, 4, 4, 3], share_out(rows, [5, 4, 4, 3])) == []


@pytest.mark.parametrize(
    ("rows", "shares", "sentence"),
    [
        ([("/0/", 3)], [1, 1], "must sum"),
        ([("/0/", 3)], [], "must sum"),
        ([], [1], "must sum"),
        ([("/0/", 3), ("/1/", -1)], [1, 1], "never below zero"),
        ([("/0/", 3)], [4, -1], "never below zero"),
        ([("/0/", 1), ("/1/", 1), ("/0/", 1)], [2, 1], "/0/ aren't together"),
        ([("/0/1/", 1), ("/1/1/", 1), ("/0/2/", 1)], [1, 1, 1], "/0/ aren't together"),
        ([("/0/1/", 1), ("/0/2/", 1), ("/0/1/", 1)], [3], "/0/1/ aren't together"),
        ([("/0/1/", 1), ("/0/", 1), ("/0/1/", 1)], [1, 1, 1], "/0/1/ aren't together"),
        ([("/0/4", 1), ("/0/42", 1)], [1, 1], "end with a slash"),
        ([("", 1)], [1], "end with a slash"),
    ],
)
def test_refused(rows: Rows, shares: Shares, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        share_out(rows, shares)


def test_names_that_begin_alike_are_two_subtrees() -> None:
    """`/0/4/` doesn't hold `/0/42/`."""
    rows = [("/0/4/", 1), ("/0/42/", 1), ("/0/4a/", 1)]

    assert faults(rows, [1, 1, 1], share_out(rows, [1, 1, 1])) == []


def differences_of_floors(rows: Rows, shares: Shares) -> list[tuple[int, ...]]:
    """The tempting way: round the running sums over rows and over ranks, and take differences."""
    total = sum(shares)
    volumes = list(accumulate((amount for _path, amount in rows), initial=0))
    ranks = list(accumulate(shares, initial=0))
    marks = [[volume * rank // total for rank in ranks] for volume in volumes]
    return [
        tuple(d - c - b + a for (a, b), (c, d) in zip(pairwise(one), pairwise(two), strict=True))
        for one, two in pairwise(marks)
    ]


def test_the_check_sees_what_differences_of_floors_break() -> None:
    """Sums of rows and ranks are right, and still an institution would get less than nothing."""
    rows, shares = [("/0/1/", 2), ("/0/2/", 1), ("/0/2/", 2)], [2, 1, 1, 1]

    taken = differences_of_floors(rows, shares)

    assert taken == [(0, 1, 0, 1), (1, -1, 1, 0), (1, 1, 0, 0)]
    assert faults(rows, shares, taken) == [
        "row 1: (1, -1, 1, 0) of 1",
        "('row', '1'): -1 for 1/5",
    ]


def country() -> Rows:
    """32 provinces, some 340 cities, 2,900 counties; 46,000 institutions, mostly under counties."""
    chance = random.Random(1)
    places = []
    for province in range(32):
        for city in range(chance.randint(6, 15)):
            places.append(f"/0/{province:02}/{city:02}/")
            places += [f"/0/{province:02}/{city:02}/{n:02}/" for n in range(chance.randint(4, 13))]
    return sorted(
        (f"{chance.choice(places)}H{n:05}/", chance.randint(0, chance.choice((20, 300, 5000))))
        for n in range(46_000)
    )


@pytest.mark.parametrize(
    ("parts", "seconds"), [([50, 30, 20], 0.9), ([31, 22, 17, 13, 9, 8], 2.0)], ids=["3", "6"]
)
def test_a_whole_country_is_shared_in_time(parts: list[int], seconds: float) -> None:
    """Three times what it takes: this runs once for every competition unit. Seconds of work, not of waiting."""
    rows = country()
    shares = in_parts(sum(amount for _path, amount in rows), parts)

    begin = time.process_time()
    taken = share_out(rows, shares)
    spent = time.process_time() - begin

    assert faults(rows, shares, taken) == []
    assert spent < seconds
