"""The statements that are put together for questions, as they come out: a change of any of them is seen here.

`GOLDEN=write bin/test tests/reporting/test_rollup_statement.py` writes the file anew.
"""

import os
from pathlib import Path

import pytest

from apps.reporting.domain.rollup.asked import BoundQuestion
from apps.reporting.domain.rollup.goods import Axes, Goods, Item
from apps.reporting.domain.rollup.places import Sources
from apps.reporting.domain.rollup.question import GOODS, Dimension
from apps.reporting.domain.rollup.sql import Part, figures
from apps.reporting.domain.totals.sql import FROZEN, PROGRESS

GOLDEN = Path(__file__).parent / "rollup_statements.sql"
WHOLES, OWN, OPENED = Sources(wholes={1: 0}), Sources(own={2: 0}), Sources(opened=[3])
MIXED = Sources(wholes={1: 0}, own={2: 1}, opened=[3])


def goods(units=1):
    return Goods(
        [
            Item(
                number,
                {each: f"{each.value}{number}" for each in GOODS},
                "",
                min(number, units),
            )
            for number in (1, 2)
        ]
    )


def asked(rows, columns=None, groups=None, *, filters=None, narrow=False, units=1):
    known = goods(units)
    wanted = {Dimension.ITEM: ["item1"]} if narrow else {}
    return BoundQuestion(Axes(rows, columns, groups), filters or {}, known.narrowed(wanted))


CASES = {
    "items, frozen": (asked(Dimension.ITEM), [(FROZEN, WHOLES)]),
    "items by province, frozen and at work": (
        asked(Dimension.ITEM, Dimension.PROVINCE),
        [(FROZEN, WHOLES), (PROGRESS, MIXED)],
    ),
    "varieties in one unit each, some items": (
        asked(Dimension.VARIETY, narrow=True),
        [(FROZEN, MIXED)],
    ),
    "all items together, several units": (
        asked(Dimension.PROVINCE, Dimension.PRODUCT_GROUP, units=2),
        [(PROGRESS, WHOLES)],
    ),
    "places alone": (asked(Dimension.CITY), [(FROZEN, OPENED), (PROGRESS, OWN)]),
    "grades by ownership": (asked(Dimension.GRADE, Dimension.OWNERSHIP), [(FROZEN, WHOLES)]),
    "items by grade, of one kind": (
        asked(Dimension.ITEM, Dimension.GRADE, Dimension.VARIETY, filters={Dimension.KIND: ["K"]}),
        [(FROZEN, WHOLES), (PROGRESS, OPENED)],
    ),
    "items by status": (asked(Dimension.ITEM, Dimension.STATUS), [(PROGRESS, MIXED)]),
}


def expanded() -> str:
    found = []
    for name, (question, read) in CASES.items():
        parts = [Part(question, family, sources) for family, sources in read]
        found.append(f"-- {name}\n{figures(parts).strip()};\n")
    return "\n".join(found)


def test_statements_are_those_that_were_looked_at():
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(expanded(), encoding="utf-8")
        pytest.skip("written anew")
    assert expanded() == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("name", CASES)
def test_no_mark_is_left(name):
    question, read = CASES[name]
    text = figures([Part(question, family, sources) for family, sources in read])

    assert "@" not in text
    assert "SELECT" in text
