"""What the review pages show of one filing: an institution's rows, the oddest first; a bureau's units.

On a re-submission what changed since the report before stands alone, with old and new value. Paged by `?part=`,
narrowed by `?show=`; a constant number of statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from apps.projects.models import ProjectKind
from apps.reporting.domain.letters.state import letter_of
from apps.reporting.domain.oddities.kinds import Kind, Oddity
from apps.reporting.domain.oddities.reading import oddities_by_item
from apps.reporting.domain.rates import rate
from apps.reporting.domain.reports import Reported, reported_until
from apps.reporting.domain.sheet.rows import Row, rows_of
from apps.reporting.files.columns import bought_title
from apps.reporting.models import DemandReport, PackMark, ReportReason
from apps.reporting.pages.package import kept, package, paged
from apps.review.domain.kinds import Detail
from apps.review.domain.returns.second_pass import again, last_return
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import FROZEN
from apps.ui import formats

VIEWS = {"asked": "要求修改", "changed": "本次变动", "marked": "需关注", "all": "全部"}


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


def detail_of(filing: Filing, params: Mapping[str, str]) -> Detail:
    """The partial and its context."""
    if filing.is_institution:
        return Detail("reporting/_detail.html", _institution(filing, params))
    return Detail("reporting/_package.html", package(filing, params))


def _institution(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    project = filing.project
    past = _Past.of(filing)
    rows = rows_of(project, filing)
    every = [past.compared(row) for row in rows]
    if project.kind == ProjectKind.DEMAND:
        odd = oddities_by_item(filing, rows)
        places = {item: place for place, item in enumerate(odd)}
        every = [
            replace(line, oddity=odd[pk], place=places[pk])
            if (pk := line.row.item.pk) in odd
            else line
            for line in every
        ]
    asked = [line for line in every if line.is_asked]
    chosen = {
        "asked": asked,
        "changed": [line for line in every if line.is_changed],
        "marked": [line for line in every if line.is_marked],
        "all": every,
    }
    hidden = {"asked": not asked, "changed": past.before is None}
    chosen = {name: rows for name, rows in chosen.items() if not hidden.get(name)}
    show = _shown(chosen, params)
    ordered = sorted(chosen[show], key=lambda line: line.weight)
    return {
        "page": paged(ordered, params),
        "show": show,
        "kept": kept(params, show=show),
        "tabs": _tabs(chosen, show, params),
        "compares": past.before is not None,
        "again": again(
            filing, past.event, asked=len(asked), done=sum(line.is_done for line in asked)
        ),
        "unchanged": "changed" in chosen and not chosen["changed"],
        "years": project.baseline_years if project.kind == ProjectKind.DEMAND else [],
        "letter": letter_of(project, filing),
        "bought": bought_title(project.baseline_years),
        "reason": ReportReason.objects.filter(filing=filing).values_list("text", flat=True).first(),
    }


def _shown(chosen: Mapping[str, Sequence[DetailRow]], params: Mapping[str, str]) -> str:
    """The tab asked for, else the first one; all lines where that has none."""
    asked = params.get("show", "")
    show = asked if asked in chosen else next(iter(chosen))
    return show if "show" in params or chosen[show] else "all"


def _tabs(
    chosen: Mapping[str, Sequence[DetailRow]], show: str | None, params: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "label": VIEWS[name],
            "href": f"?{kept(params, show=name)}",
            "current": name == show,
            "count": len(rows),
        }
        for name, rows in chosen.items()
    ]


@dataclass(frozen=True, slots=True)
class _Past:
    """What a filing's lines are held against.

    `before`: the report before the one that stands, or the one that is being corrected. `event`: its last return, and
    `returned` the report that was returned.
    """

    before: Mapping[int, Reported] | None
    event: FilingEvent | None
    returned: Mapping[int, Reported]

    @classmethod
    def of(cls, filing: Filing) -> "_Past":
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
