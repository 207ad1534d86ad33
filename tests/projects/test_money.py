"""Money is rounded once: the function, its text in SQL and its twin in the page agree with fractions."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.projects.domain.money import amount, amount_sql, share
from tests.allocation.javascript import runner

PRICES = st.decimals("0", "999999999.9999", places=4)
PACKS = st.integers(1, 100_000)
QUANTITIES = st.integers(0, 10**15)
DRIVER = """async ([address, cases]) => {
  const money = await import(address);
  return cases.map(([price, pack, quantity]) => money.yuan(money.fen(price, pack, quantity)));
}"""
WORKED = [
    ("28.80", 36, 14_976, "11980.80"),
    ("0.0333", 28, 1, "0.00"),
    ("0.0333", 7, 1_051, "5.00"),
    ("0.07", 7, 1, "0.01"),
    ("0.01", 2, 1, "0.01"),
    ("0.0099", 2, 1, "0.00"),
    ("17.0005", 13, 999_999, "1307729.46"),
    ("99999999.9999", 1, 10**15, "99999999999900000000000.00"),
    ("40.00", 30, 0, "0.00"),
]


def half_up(price, pack, quantity):
    """Fen, in fractions."""
    return floor(Fraction(price) * quantity / pack * 100 + Fraction(1, 2))


@given(PRICES, PACKS, QUANTITIES)
def test_an_amount_is_rounded_half_up_to_the_fen(price, pack, quantity):
    found = amount(price, pack, quantity)

    assert found.as_tuple().exponent == -2
    assert Fraction(found) * 100 == half_up(price, pack, quantity)


@given(PRICES, PACKS, st.lists(st.integers(0, 10**6), max_size=8))
def test_lines_share_the_amount_of_their_agreement(price, pack, quantities):
    befores = [sum(quantities[:place]) for place in range(len(quantities))]
    shares = [share(price, pack, *pair) for pair in zip(befores, quantities, strict=True)]

    assert sum(shares, Decimal(0)) == amount(price, pack, sum(quantities))
    assert all(each >= 0 for each in shares)
    for each, quantity in zip(shares, quantities, strict=True):
        assert abs(Fraction(each) - Fraction(price) * quantity / pack) < Fraction(1, 100)


@pytest.mark.parametrize(("price", "pack", "quantity", "shown"), WORKED)
def test_worked_amounts(price, pack, quantity, shown):
    assert str(amount(Decimal(price), pack, quantity)) == shown


@pytest.mark.django_db
@given(st.lists(st.tuples(PRICES, PACKS, QUANTITIES), min_size=20, max_size=200))
def test_the_database_rounds_alike(cases):
    prices, packs, quantities = zip(*cases, strict=True)
    text = f"""
        SELECT {amount_sql("c.quantity", "c.price", "c.pack")}
        FROM unnest(%s::numeric[], %s::int[], %s::bigint[]) AS c (price, pack, quantity)
    """
    with connection.cursor() as cursor:
        cursor.execute(text, [list(prices), list(packs), list(quantities)])
        found = [row for (row,) in cursor.fetchall()]

    assert found == [amount(*case) for case in cases]
    assert all(each.as_tuple().exponent == -2 for each in found)


def test_the_page_rounds_alike(request):
    run = runner(request, "money.js")
    cases = [(price, pack, str(quantity)) for price, pack, quantity, _shown in WORKED]

    assert run(DRIVER, [*cases, ("40.00", 30, "")]) == [*(w[3] for w in WORKED), "0.00"]
