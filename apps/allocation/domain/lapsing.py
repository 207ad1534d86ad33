"""Filings that count as not reported, or were removed: what they reserved goes back to the pools (rules §3a.9)."""

from collections.abc import Sequence

from apps.allocation.domain.lines import sql
from apps.allocation.domain.slots.capacity import release_confirmed, reserve
from apps.review.models import Filing
from apps.review.models.statuses import Status


def release(filings: Sequence[Filing]) -> None:
    """Give back every reservation; what was typed stays as a draft for a later 补报.

    Of removed participants the confirmed quantities are given back as well.
    """
    ids = [filing.pk for filing in filings]
    reserved = sql.reserved_by(ids)
    sql.release(ids)
    reserve({product: -total for product, total in reserved.items()})
    removed = [filing.pk for filing in filings if filing.state == Status.EXCLUDED]
    if removed:
        release_confirmed(sql.confirmed_by(removed))
