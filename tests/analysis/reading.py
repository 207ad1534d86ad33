"""Reads the table of a page, and adds up demand by hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from html.parser import HTMLParser

from tests.analysis.wants import BOUGHT, DRAFT, ITEMS, PLANNED


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.heads = 0
        self.is_inside = self.is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.is_inside = "pivot" in (dict(attrs).get("class") or "")
        elif self.is_inside and tag == "tr":
            self.rows.append([])
        elif self.is_inside and tag in {"th", "td"}:
            self.rows[-1].append("")
            self.is_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td"}:
            self.is_cell = False
        elif tag == "thead":
            self.heads = len(self.rows)
        self.is_inside = self.is_inside and tag != "table"

    def handle_data(self, data: str) -> None:
        if self.is_inside and self.is_cell:
            self.rows[-1][-1] += data


def table_of(page: str) -> list[list[str]]:
    """The cells of the pivot table below its headings, row by row, the total last."""
    reader = _Table()
    reader.feed(page)
    return [["".join(cell.split()) for cell in row] for row in reader.rows[reader.heads :]]


def body_of(page: str) -> dict[str, list[str]]:
    """The same by the label of each row."""
    return {row[0]: row[1:] for row in table_of(page)}


@dataclass(frozen=True)
class Sum:
    """What a set of institutions wants of a set of items, by hand."""

    units: frozenset[str]
    quantity: int
    bought: int
    amount: Fraction
    institutions: int


def added(
    codes: Iterable[str], wanted: Callable[[str], bool] = lambda _item: True, *, any_of: bool = True
) -> Sum:
    """`any_of`: institutions that want any of the items; otherwise all that reported."""
    codes = [code for code in codes if code != DRAFT]
    items = [item for item in ITEMS if wanted(item)]
    lines = [(code, item, PLANNED[code][item]) for code in codes for item in items]
    return Sum(
        units=frozenset(ITEMS[item][1] for item in items),
        quantity=sum(quantity for _, _, quantity in lines),
        bought=sum(BOUGHT.get(code, {}).get(item, 0) for code in codes for item in items),
        amount=sum(
            (
                Fraction(ITEMS[item][3]) * quantity / ITEMS[item][2]
                for _, item, quantity in lines
                if ITEMS[item][3]
            ),
            Fraction(0),
        ),
        institutions=len({code for code, _, quantity in lines if quantity})
        if any_of
        else len(codes),
    )
