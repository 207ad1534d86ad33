"""Rows of a sheet as a save finds them: item, line and purchases in one narrow statement, without models of any.

Invariant: bound to one filing that the caller holds within the scope; of items, only those of its project's catalogue.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import starmap
from typing import Any, NamedTuple

from apps.reporting.domain.rates import Baseline
from apps.reporting.domain.words import in_words
from apps.scope.database import Ask

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# Purchases by a probe of the key for each item: joined as a range they are estimated at one row and run in a square.
_NOW = """
    SELECT i.id, i.pack_quantity, i.unit, cardinality(p.baseline_years), COALESCE((
            SELECT SUM(h.quantity) FROM reporting_purchasehistory h
            WHERE p.kind = 'demand' AND h.project_id = f.project_id AND h.organization_id = f.organization_id
                AND h.item_id = i.id AND h.year + 0 = ANY(p.baseline_years)
        ), 0)::bigint,
        l.planned, COALESCE(l.reason, ''), COALESCE(l.explanation, ''), COALESCE(l.pack_mark, ''),
        COALESCE(l.is_saved, FALSE), COALESCE(l.to_correct, FALSE), COALESCE(l.version, 0),
        COALESCE((EXTRACT(epoch FROM l.updated_at) * 1000000)::bigint, 0), COALESCE(i.added_in, 0)
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id
    JOIN projects_catalogitem i ON i.project_id = p.id AND {items} AND NOT i.is_withdrawn
    LEFT JOIN reporting_demandline l ON l.filing_id = f.id AND l.item_id = i.id
    WHERE {filing}
"""
_ONE, _MANY = "i.id = %s", "i.id = ANY(%s::bigint[])"
_HELD, _OWN = "f.id = %s", "f.organization_id = %s AND p.code = %s"
# For a list of unknown length the server would make a new plan each time.
ONE = _NOW.format(items=_ONE, filing=_HELD)
MANY = _NOW.format(items=_MANY, filing=_HELD)
OWN_ONE = _NOW.format(items=_ONE, filing=_OWN)
OWN_MANY = _NOW.format(items=_MANY, filing=_OWN)


class LineNow(NamedTuple):
    """One row: the item, what was bought of it over so many baseline years, and what was typed.

    `version` 0 before the first save. `updated` in microseconds since 1970: a moment takes ten times as long to read.
    `added_in`: the correction that brought the item, 0 where it was published with the catalogue.
    """

    pk: int
    pack_quantity: int
    unit: str
    years: int
    bought: int
    planned: int | None
    reason: str
    explanation: str
    pack_mark: str
    is_saved: bool
    to_correct: bool
    version: int
    updated: int
    added_in: int

    @property
    def baseline(self) -> Baseline:
        return Baseline(self.bought, self.years)

    @property
    def words(self) -> str:
        """增幅降幅说明 as one text (S2-34)."""
        return in_words(self.reason, self.explanation)

    @property
    def updated_at(self) -> datetime:
        return EPOCH + MICROSECOND * self.updated


def microseconds(moment: datetime) -> int:
    """Since 1970, exactly."""
    return (moment - EPOCH) // MICROSECOND


class LinesNow(Ask[list[LineNow]]):
    """Some rows of a filing; those of items outside its catalogue are left out."""

    @classmethod
    def of(cls, filing: int, items: Sequence[int]) -> "LinesNow":
        return cls(ONE if len(items) == 1 else MANY, (_named(items), filing))

    @classmethod
    def own(cls, unit: int, code: str, items: Sequence[int]) -> "LinesNow":
        """Of a unit's filing in the project of this code."""
        return cls(OWN_ONE if len(items) == 1 else OWN_MANY, (_named(items), unit, code))

    def read(self, cursor: Any) -> list[LineNow]:
        return list(starmap(LineNow, cursor.fetchall()))


def _named(items: Sequence[int]) -> int | str:
    """Many as the text of an array, which is written at once."""
    return items[0] if len(items) == 1 else f"{{{','.join(map(str, items))}}}"
