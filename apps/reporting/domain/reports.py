"""What institutions reported: kept at each report, put back by 恢复上次上报. Constant statements for any number.

Invariant: a report keeps only the lines that differ from the reports before it; together they are the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.reporting.domain.lines.sql import Typed
from apps.reporting.domain.reported import sql
from apps.review.models import Filing


@dataclass(frozen=True, slots=True)
class Reported:
    """One line as it was reported; `baseline` is the sum over the baseline years."""

    planned: int | None
    reason: str
    explanation: str
    baseline: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a report holds; `amount` in yuan and fen, `None` without reference prices."""

    lines: int = 0
    wanted: int = 0
    explained: int = 0
    amount: Decimal | None = None


def counts_in(held: sql.Held | sql.Package | Typed) -> Counts:
    return Counts(held.lines, held.wanted, held.explained, held.amount)


def keep_reports(filings: Sequence[Filing]) -> None:
    """Remember what these institutions reported just now."""
    if filings:
        sql.keep([filing.pk for filing in filings])


def put_back(filings: Sequence[Filing]) -> None:
    """Lines and reasons as they were last reported."""
    if filings:
        sql.put_back([filing.pk for filing in filings])


def reported_until(filing: Filing, number: int) -> dict[int, Reported]:
    """By item, the lines as they stood in the report `number`."""
    lines = sql.lines_until(filing.pk, number)
    return {
        line.item: Reported(line.planned, line.reason, line.explanation, line.baseline)
        for line in lines
    }


def reported_counts(filings: Sequence[Filing]) -> dict[int, Counts]:
    """By filing id, what its last report holds."""
    counts = sql.last_of([filing.pk for filing in filings])
    return {held.filing: counts_in(held) for held in counts}
