"""What institutions reported: kept at each report, put back by 恢复上次上报. Constant statements for any number.

Invariant: a report holds the lines of the pending slots as they stood, whole; it is never changed.
"""

from collections.abc import Sequence

from apps.allocation.domain.kept import sql
from apps.allocation.domain.slots.capacity import reserve
from apps.review.models import Filing


def keep_reports(filings: Sequence[Filing]) -> None:
    """Remember what these institutions reported just now."""
    if filings:
        sql.keep(_ids(filings))


def put_back(filings: Sequence[Filing]) -> None:
    """Rows, lines and reservations as they were last reported. Raises `CapacityExceeded` if others took it."""
    if not filings:
        return
    ids = _ids(filings)
    differences = sql.differences(ids)
    sql.put_back(ids)
    reserve(differences)


def _ids(filings: Sequence[Filing]) -> list[int]:
    return [filing.pk for filing in filings]
