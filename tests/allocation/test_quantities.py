"""What clerks type, and how quantities read; the page's twin says the same."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from apps.allocation.domain.quantities import (
    QuantityUnreadable,
    parse_quantity,
    price,
    shown,
    whole_range,
)
from apps.allocation.engine import Bounds
from tests.allocation.javascript import runner

CASES = json.loads((Path(__file__).parents[1] / "exchange" / "quantities.json").read_text("utf-8"))
READ, REFUSED = CASES["read"], CASES["refused"]


@pytest.mark.parametrize(("typed", "quantity"), READ)
def test_typed(typed, quantity):
    assert parse_quantity(typed, pack=CASES["pack"], unit=CASES["unit"]) == quantity


@pytest.mark.parametrize("typed", REFUSED)
def test_unreadable(typed):
    with pytest.raises(QuantityUnreadable):
        parse_quantity(typed, pack=CASES["pack"], unit=CASES["unit"])


def test_a_pack_word_that_is_the_unit_itself():
    assert parse_quantity("5瓶", pack=10, unit="瓶") == 5
    assert parse_quantity("2盒3瓶", pack=10, unit="瓶") == 23


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (976, 1_024, (977, 1_023)),
        (Fraction(-41, 2), Fraction(55, 2), (0, 27)),
        (Fraction(1, 2), Fraction(3, 2), (1, 1)),
        (-5, 0, None),
        (Fraction(1, 4), Fraction(3, 4), None),
    ],
)
def test_whole_range(low, high, expected):
    assert whole_range(Bounds(0, Fraction(low), Fraction(high))) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(9_984), "9,984"), (Fraction(2_000, 3), "666.67"), (Fraction(-1, 2), "-0.5")],
)
def test_shown(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("28.8", "28.80"), ("40", "40.00"), ("0.0321", "0.0321"), ("1200", "1,200.00")],
)
def test_price(value, text):
    assert price(Decimal(value)) == text


def test_the_page_reads_the_same(request):
    run = runner(request, "allocation-quantities.js")
    driver = """async ([address, cases]) => {
      const { parseQuantity } = await import(address);
      return cases.map((typed) => parseQuantity(typed, 36, "粒"));
    }"""

    answer = run(driver, [typed for typed, _ in READ] + REFUSED)

    assert answer == ["" if q is None else str(q) for _, q in READ] + [None] * len(REFUSED)


def test_the_page_shows_the_same(request):
    run = runner(request, "allocation-quantities.js")
    driver = """async ([address, cases]) => {
      const { inPacks, trimmed, wholeRange } = await import(address);
      const rational = ([n, d]) => ({ n: BigInt(n), d: BigInt(d) });
      return [
        inPacks("4320", "36", "粒"), inPacks("4325", "36", "粒"), inPacks("5", "1", "粒"),
        trimmed("9984.00"), trimmed("666.67"), trimmed("-0.50"), trimmed("1000"),
        ...cases.map(([low, high]) => wholeRange({ low: rational(low), high: rational(high) })),
      ];
    }"""
    cases = [[[976, 1], [1_024, 1]], [[-41, 2], [55, 2]], [[1, 2], [3, 2]], [[-5, 1], [0, 1]]]

    assert run(driver, cases) == [
        "= 120 盒", "= 120 盒 余 5 粒", "", "9,984", "666.67", "-0.5", "1,000",
        "977 – 1,023", "0 – 27", "1 – 1", "",
    ]  # fmt: skip
