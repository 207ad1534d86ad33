"""What a list shows of a filing's lines: a text for pages, the same as a number with its unit for files.

Invariants: what hasn't been reported is nobody's figure yet, whether a page or a file asks; the text and the number
say the same.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Self

from apps.review.domain.kinds import Figures, kind_of
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.ui.formats import yuan

YUAN = "元"


class Figure(str):
    """Reads as the page shows it; `number` in `unit`."""

    __slots__ = ("number", "unit")
    number: int | Decimal
    unit: str

    def __new__(cls, text: str, number: int | Decimal, unit: str) -> Self:
        made = super().__new__(cls, text)
        made.number, made.unit = number, unit
        return made


def counted(number: int, unit: str) -> Figure:
    """`1,284 条`."""
    return Figure(f"{number:,} {unit}", number, unit)


def money(amount: Decimal) -> Figure:
    """`¥ 8,452,190.00`."""
    return Figure(yuan(amount), amount, YUAN)


def figures_of(filings: Sequence[Filing]) -> Figures:
    """Of those that were reported; constant statements."""
    reported = [filing for filing in filings if filing.state != Status.DRAFT]
    return kind_of(reported[0]).figures(reported) if reported else {}
