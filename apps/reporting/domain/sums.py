"""What a filing holds in figures: of an institution its lines, of a bureau its approved package."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.reporting.domain.lines.sql import typed as typed_lines
from apps.reporting.domain.reported.sql import packages
from apps.reporting.domain.reports import Counts, counts_in, reported_counts
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN


@dataclass(frozen=True, slots=True)
class Sum:
    """Counts with the number of institutions that they are of."""

    institutions: int = 0
    counts: Counts = field(default_factory=Counts)


def sums_of(filings: Sequence[Filing]) -> dict[int, Sum]:
    """By id of filings of one project, reported or not; three statements at most."""
    own = [filing for filing in filings if filing.is_institution]
    reported = reported_counts([filing for filing in own if filing.state in FROZEN]) if own else {}
    sums = {pk: Sum(1, counts) for pk, counts in reported.items()}
    typed = [filing.pk for filing in own if filing.pk not in sums]
    if typed:
        for line in typed_lines(typed):
            sums[line.filing] = Sum(1, counts_in(line))
    bureaus = [filing.pk for filing in filings if not filing.is_institution]
    if bureaus:
        for held in packages(bureaus):
            sums[held.filing] = Sum(int(held.institutions), counts_in(held))
    return sums
