"""Change against a baseline: worked numbers, exact bounds, and the same answers in Python and in SQL."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.reporting.domain.rates import (
    SLIP,
    Baseline,
    Rule,
    may_be_packs,
    percent,
    rate_in_words,
    rounded,
    share_of,
)

DOWN = Rule("decrease", Decimal("0.2"))
UP = Rule("increase", Decimal("0.2"))
BOTH = Rule("both", Decimal("0.2"))


@pytest.mark.covers("S2-33")
@pytest.mark.parametrize(
    ("planned", "baseline", "words"),
    [
        (1_125, Baseline(1_000), "+12.5%"),
        (970, Baseline(1_000), "-3.0%"),
        (1_000, Baseline(2_000, 2), "0.0%"),
        (0, Baseline(1_000), "-100.0%"),
        (2, Baseline(3), "-33.3%"),
        (1_000_000, Baseline(7), "+14,285,614.3%"),
        (5, Baseline(0), "新增"),
        (0, Baseline(0), ""),
        (None, Baseline(1_000), ""),
    ],
)
def test_rate_in_words(planned, baseline, words):
    assert rate_in_words(planned, baseline) == words


@pytest.mark.parametrize(
    ("rule", "planned", "baseline", "due"),
    [
        (DOWN, 800, Baseline(1_000), False),
        (DOWN, 799, Baseline(1_000), True),
        (DOWN, 5_000, Baseline(1_000), False),
        (UP, 1_200, Baseline(1_000), False),
        (UP, 1_201, Baseline(1_000), True),
        (BOTH, 799, Baseline(1_000), True),
        (BOTH, 1_201, Baseline(1_000), True),
        (DOWN, 1_066, Baseline(2_667, 2), True),  # 80 % of 1,333.5 is 1,066.8
        (DOWN, 1_067, Baseline(2_667, 2), False),
        (DOWN, 1, Baseline(0), True),
        (DOWN, 0, Baseline(0), False),
        (DOWN, None, Baseline(1_000), False),
        (Rule("decrease", Decimal("0.2"), is_asked=False), 1, Baseline(1_000), False),
    ],
)
def test_an_explanation_is_due_strictly_beyond_the_threshold(rule, planned, baseline, due):
    assert rule.is_due(planned, baseline) is due


@pytest.mark.parametrize(
    ("planned", "pack", "suspect"),
    [
        (100, 28, True),
        (71, 28, True),
        (69, 28, False),
        (130, 28, True),
        (131, 28, False),
        (2_800, 28, False),
        (78_400, 28, True),
        (0, 28, False),
        (None, 28, False),
        (2_800, 1, False),
    ],
)
def test_boxes_typed_as_tablets(planned, pack, suspect):
    assert may_be_packs(planned, Baseline(2_800), pack) is suspect


def test_share_of_the_mean_rounds_half_up():
    assert share_of(Baseline(1_001, 2), Decimal(100)) == 501
    assert share_of(Baseline(1_000), Decimal("87.5")) == 875
    assert share_of(Baseline(0), Decimal(100)) == 0


@given(
    planned=st.integers(0, 10**12),
    baseline=st.builds(Baseline, st.integers(1, 10**12), st.integers(1, 5)),
    pack=st.integers(2, 500),
    threshold=st.decimals(0, 9, places=4),
)
@example(planned=1_066, baseline=Baseline(2_667, 2), pack=28, threshold=Decimal("0.2"))
def test_whole_numbers_say_what_exact_fractions_say(planned, baseline, pack, threshold):
    change, limit = (planned - baseline.mean) / baseline.mean, Fraction(threshold)
    slips = (baseline.mean / pack, baseline.mean * pack)

    assert percent(planned, baseline) == rounded(change * 100, 1)
    assert Rule("decrease", threshold).is_due(planned, baseline) is (change < -limit)
    assert Rule("increase", threshold).is_due(planned, baseline) is (change > limit)
    assert may_be_packs(planned, baseline, pack) is (
        planned > 0 and any(abs(planned - slip) <= SLIP * slip for slip in slips)
    )
