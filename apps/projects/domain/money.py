"""Money is rounded once: a total is the sum of the amounts shown. Pure; no Django.

What is rounded is the agreement, an institution's quantity of one winning product (in demand of one catalogue item):
price × quantity / pack, half up to the fen. Every total above it, of an institution, a place, an enterprise, a list or
a paper, adds up these amounts; nothing is worked out from a quantity that was summed before. Only unit prices and
daily costs have more decimals, and no total.

Where several lines make an agreement they share its amount by running rounding: in one fixed order a line's amount is
that of all quantities up to it less that of those before it (`allocation.SlotLine` names the order). So the lines
shown, the agreement and the page's total agree to the fen. The page of one slot knows that slot alone: its lines are
rounded by themselves, and its total adds them up.

Exact: prices have four decimals, quantities are whole, and no quotient is rounded on the way, here, in SQL and in
`static/js/money.js`.
"""

from decimal import Decimal


def amount(price: Decimal, pack: int, quantity: int) -> Decimal:
    """Yuan and fen of an agreement; `price` is per pack, `quantity` in smallest units, never below zero."""
    return _yuan(_fen(price, pack, quantity))


def share(price: Decimal, pack: int, before: int, quantity: int) -> Decimal:
    """A line's part of its agreement, `before` being the quantity of the lines before it."""
    return _yuan(_fen(price, pack, before + quantity) - _fen(price, pack, before))


def amount_sql(quantity: str, price: str, pack: str) -> str:
    """The same of three expressions, as text: a numeric with two decimals; NULL where one of them is."""
    return f"div(200 * {price} * {quantity} + {pack}, 2.0 * {pack}) * 0.01"


def _fen(price: Decimal, pack: int, quantity: int) -> int:
    numerator, denominator = price.as_integer_ratio()
    whole = denominator * pack
    return (200 * numerator * quantity + whole) // (2 * whole)


def _yuan(fen: int) -> Decimal:
    """Not by arithmetic of Decimal, which rounds beyond its context's precision."""
    return Decimal(f"{fen}E-2")
