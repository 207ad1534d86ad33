"""Reading what is odd: of one filing line by line as it stands, of many what their last report kept.

A constant number of statements.
"""

from collections.abc import Sequence

from apps.projects.models import CatalogItem
from apps.reporting.domain.oddities.kinds import Found, Oddity
from apps.reporting.domain.oddities.sql import odd_lines
from apps.reporting.domain.sheet.rows import Row
from apps.review.models import Filing


def oddities_of(filing: Filing) -> list[Found]:
    """The worst first; one statement."""
    return odd_lines(filing.pk)


def said(found: Found, item: CatalogItem) -> Oddity:
    """With the words of its item."""
    return Oddity(found, item.unit)


def oddities_by_item(filing: Filing, rows: Sequence[Row]) -> dict[int, Oddity]:
    """By item, in the order of the worst first; one statement beside the rows that are there already."""
    units = {row.item.pk: row.item for row in rows}
    return {odd.item: said(odd, units[odd.item]) for odd in oddities_of(filing)}
