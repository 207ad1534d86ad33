"""What institutions reported: kept at each report, put back by 恢复上次上报, given up by who lapses (rules §3a.9).

Constant statements for any number.

Invariant: a report holds the lines of the pending slots as they stood, whole; it is never changed.
"""

from collections.abc import Sequence

from apps.allocation.domain.kept import sql
from apps.allocation.domain.lines import sql as lines
from apps.allocation.domain.slots.capacity import release_confirmed, reserve
from apps.review.models import Filing
from apps.review.models.statuses import Status


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


def release(filings: Sequence[Filing]) -> None:
    """Of filings that count as not reported, or were removed, every reservation goes back to the pools.

    What was typed stays as a draft for a later 补报. Of removed participants the confirmed quantities are given
    back as well.
    """
    ids = [filing.pk for filing in filings]
    reserved = lines.reserved_by(ids)
    lines.release(ids)
    reserve({product: -total for product, total in reserved.items()})
    removed = [filing.pk for filing in filings if filing.state == Status.EXCLUDED]
    if removed:
        release_confirmed(lines.confirmed_by(removed))
