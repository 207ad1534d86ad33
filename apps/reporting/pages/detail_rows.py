"""Rows of a filing as review pages show them, beside what they were in an earlier report."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from apps.reporting.domain.oddities.kinds import Kind, Oddity
from apps.reporting.domain.rates import rate
from apps.reporting.domain.reports import Reported, reported_until
from apps.reporting.domain.sheet.rows import Row
from apps.reporting.models import DemandReport, PackMark
from apps.review.domain.returns.second_pass import last_return
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import FROZEN
from apps.ui import formats


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row as the reviewer reads it; `was` is what was reported before, if it differs.

    `is_asked`: the last return named it, and `is_done`: it has changed since.
    `oddity` is what is odd about it, whatever the project asks to be explained; `place` counts odd rows, the worst 0.
    """

    row: Row
    was: Reported | None
    is_new: bool
    oddity: Oddity | None = None
    place: int = 0
    is_asked: bool = False
    is_done: bool = False

    @property
    def was_words(self) -> str:
        return (
            "首次上报"
            if self.is_new
            else f"上次 {formats.whole(self.was.planned)}"
            if self.was
            else ""
        )

    @property
    def is_changed(self) -> bool:
        return self.was is not None or self.is_new

    @property
    def is_marked(self) -> bool:
        return self.oddity is not None or self.row.is_due or self.row.pack_mark != PackMark.NONE

    @property
    def is_packs(self) -> bool:
        """Whether the oddity says already what the mark of the row says."""
        return self.oddity is not None and self.oddity.found.kind == Kind.PACKS

    @property
    def packs(self) -> str:
        item = self.row.item
        return formats.packs(self.row.planned, pack=item.pack_quantity, unit=item.unit)

    @property
    def weight(self) -> tuple[int, Fraction]:
        """Odd rows first, the worst on top; then what asks for an explanation, new items first, by rate either way."""
        planned, baseline = self.row.planned or 0, self.row.baseline
        if self.oddity is not None:
            return 0, Fraction(self.place)
        if not self.is_marked:
            return 3, Fraction(0)
        if baseline.total == 0:
            return 1, Fraction(-planned)
        return 2, -abs(rate(planned, baseline))


@dataclass(frozen=True, slots=True)
class Past:
    """What a filing's lines are held against.

    `before`: the report before the one that stands, or the one that is being corrected. `event`: its last return, and
    `returned` the report that was returned.
    """

    before: Mapping[int, Reported] | None
    event: FilingEvent | None
    returned: Mapping[int, Reported]

    @classmethod
    def of(cls, filing: Filing) -> "Past":
        """Four statements at most."""
        reports = DemandReport.objects.filter(filing=filing).order_by("-number")
        numbers = list(reports.values_list("number", flat=True))
        earlier = numbers[1:] if filing.state in FROZEN else numbers
        before = reported_until(filing, earlier[0]) if earlier else None
        event = last_return(filing)
        given_back = [number for number in numbers if event and number < event.sequence]
        if given_back[:1] == earlier[:1]:
            return cls(before, event, before or {})
        return cls(before, event, reported_until(filing, given_back[0]) if given_back else {})

    def compared(self, row: Row) -> DetailRow:
        is_asked = bool(row.line and self.event and row.line.asked_in == self.event.sequence)
        is_done = is_asked and _differs(row, self.returned.get(row.item.pk))
        if self.before is None:
            return DetailRow(row, None, is_new=False, is_asked=is_asked, is_done=is_done)
        was = self.before.get(row.item.pk)
        return DetailRow(
            row,
            was if was and _differs(row, was) else None,
            is_new=was is None,
            is_asked=is_asked,
            is_done=is_done,
        )


def _differs(row: Row, was: Reported | None) -> bool:
    if was is None:
        return True
    return (was.planned, was.reason, was.explanation) != (row.planned, row.reason, row.explanation)
