"""Whole packs beside units: the rule, its bounds, and what stays equal whatever the rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.projects.domain.packs import packs_in_words, whole_packs
from apps.projects.models import PackRounding

RULES = st.sampled_from(PackRounding.values)
UNITS, PACKS = st.integers(0, 10**12), st.integers(1, 10_000)


@pytest.mark.parametrize(
    ("units", "pack", "down", "nearest", "up"),
    [
        (7_776, 36, (216, 0), (216, 0), (216, 0)),
        (9_091, 30, (303, 1), (303, 1), (304, -29)),
        (6, 14, (0, 6), (0, 6), (1, -8)),
        (15, 30, (0, 15), (1, -15), (1, -15)),
        (14, 30, (0, 14), (0, 14), (1, -16)),
        (0, 30, (0, 0), (0, 0), (0, 0)),
        (500, 1, (500, 0), (500, 0), (500, 0)),
    ],
)
def test_the_rule_decides_on_the_part_of_a_pack(units, pack, down, nearest, up):
    found = [whole_packs(units, pack, rule) for rule in PackRounding]
    assert found == [down, nearest, up]


@given(units=UNITS, pack=PACKS, rule=RULES)
def test_nothing_is_lost_and_no_remainder_makes_a_pack(units, pack, rule):
    packs, remainder = whole_packs(units, pack, rule)

    assert packs * pack + remainder == units
    assert abs(remainder) < pack
    assert packs >= 0


@given(units=UNITS, pack=PACKS)
def test_each_rule_keeps_its_side(units, pack):
    (low, over), (near, off), (high, under) = (whole_packs(units, pack, r) for r in PackRounding)

    assert over >= 0 >= under
    assert abs(off) * 2 <= pack
    assert low <= near <= high <= low + 1


@given(each=st.lists(UNITS, max_size=20), pack=PACKS, rule=RULES)
def test_sums_of_a_product_are_kept(each, pack, rule):
    rows = [whole_packs(units, pack, rule) for units in each]
    assert sum(each) == sum(packs for packs, _ in rows) * pack + sum(rest for _, rest in rows)


def test_a_pack_holds_something():
    with pytest.raises(ValueError, match="at least one"):
        whole_packs(5, 0, PackRounding.DOWN)


@pytest.mark.parametrize(
    ("units", "pack", "rule", "words"),
    [
        (9_091, 30, "down", "= 303 盒 余 1 粒"),
        (9_091, 30, "up", "= 304 盒 多 29 粒"),
        (9_000, 30, "up", "= 300 盒"),
        (9_091, 1, "down", ""),
        (9_091, None, "down", ""),
        (None, 30, "down", ""),
    ],
)
def test_in_words(units, pack, rule, words):
    assert packs_in_words(units, pack=pack, unit="粒", rule=rule) == words
