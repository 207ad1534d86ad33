"""Totals are written when a bureau submits and taken away when its package is given back."""

from collections.abc import Sequence

from apps.reporting.domain.sql import run
from apps.reporting.domain.totals.climbing import FROZEN, Family, climb, forgetting
from apps.review.models import Filing


def freeze_totals(filings: Sequence[Filing]) -> None:
    """Write the totals of bureaus of one project that have just submitted; four statements for any number.

    Their children must be frozen already: none of `filings` may stand below another of them.
    """
    if filings:
        add_up(FROZEN, filings)


def forget_totals(filings: Sequence[Filing]) -> None:
    """Take away the totals of bureaus whose packages were given back; three statements."""
    if filings:
        values = {"filings": [filing.pk for filing in filings]}
        for statement in forgetting(FROZEN):
            run(statement, values)


def add_up(family: Family, filings: Sequence[Filing]) -> None:
    """Run the four statements of a family."""
    values = {"filings": [filing.pk for filing in filings]}
    for statement in climb(family):
        run(statement, values)
