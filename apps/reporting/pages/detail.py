"""What the review pages show of one filing: an institution's rows, the oddest first; a bureau's units.

On a re-submission what changed since the report before stands alone, with old and new value. Paged by `?part=`,
narrowed by `?show=`; a constant number of statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Max

from apps.projects.models import ProjectKind
from apps.reporting.domain.letters.state import letter_of
from apps.reporting.domain.oddities.kinds import Kind, Oddity
from apps.reporting.domain.oddities.reading import oddities_by_item
from apps.reporting.domain.rates import rate
from apps.reporting.domain.reports import Reported, reported_until
from apps.reporting.domain.sheet.rows import Row, rows_of
from apps.reporting.domain.sums import Sum, sums_of
from apps.reporting.files.columns import bought_title
from apps.reporting.models import DemandReport, PackMark, ReportReason
from apps.review.domain.kinds import Detail
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.ui import formats

ROWS_PER_PAGE = 50
VIEWS = {"changed": "本次变动", "marked": "需关注", "all": "全部"}


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row as the reviewer reads it; `was` is what was reported before, if it differs.

    `oddity` is what is odd about it, whatever the project asks to be explained; `place` counts odd rows, the worst 0.
    """

    row: Row
    was: Reported | None
    is_new: bool
    oddity: Oddity | None = None
    place: int = 0

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
class DetailUnit:
    """One unit directly below a bureau, with what its filing holds."""

    filing: Filing
    total: Sum

    @property
    def status_text(self) -> str:
        return status_text(self.filing)

    @property
    def status_tone(self) -> str:
        return status_tone(self.filing)


def detail_of(filing: Filing, params: Mapping[str, str]) -> Detail:
    """The partial and its context."""
    if filing.is_institution:
        return Detail("reporting/_detail.html", _institution(filing, params))
    return Detail("reporting/_package.html", _package(filing, params))


def _institution(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    project = filing.project
    before = _reported_before(filing)
    rows = rows_of(project, filing)
    odd = oddities_by_item(filing, rows) if project.kind == ProjectKind.DEMAND else {}
    places = {item: place for place, item in enumerate(odd)}
    every = [
        replace(
            _compared(row, before),
            oddity=odd.get(row.item.pk),
            place=places.get(row.item.pk, 0),
        )
        for row in rows
    ]
    chosen = {
        "changed": [each for each in every if each.is_changed],
        "marked": [each for each in every if each.is_marked],
        "all": every,
    }
    if before is None:
        del chosen["changed"]
    asked = params.get("show", "")
    show = asked if asked in chosen else next(iter(chosen))
    if "show" not in params and not chosen[show]:
        show = "all"
    ordered = sorted(chosen[show], key=lambda each: each.weight)
    return {
        "page": _page(ordered, params),
        "show": show,
        "tabs": _tabs(chosen, show),
        "compares": before is not None,
        "years": project.baseline_years if project.kind == ProjectKind.DEMAND else [],
        "letter": letter_of(project, filing),
        "bought": bought_title(project.baseline_years),
        "reason": ReportReason.objects.filter(filing=filing).values_list("text", flat=True).first(),
    }


def _tabs(chosen: Mapping[str, Sequence[DetailRow]], show: str | None) -> list[dict[str, Any]]:
    return [
        {"label": VIEWS[name], "href": f"?show={name}", "current": name == show, "count": len(rows)}
        for name, rows in chosen.items()
    ]


def _compared(row: Row, before: Mapping[int, Reported] | None) -> DetailRow:
    if before is None:
        return DetailRow(row, None, is_new=False)
    was = before.get(row.item.pk)
    if was is None:
        return DetailRow(row, None, is_new=True)
    same = (was.planned, was.reason, was.explanation) == (row.planned, row.reason, row.explanation)
    return DetailRow(row, None if same else was, is_new=False)


def _reported_before(filing: Filing) -> Mapping[int, Reported] | None:
    """The lines of the report before the one that stands, or of the one that is being corrected."""
    reports = DemandReport.objects.filter(filing=filing)
    if filing.state in FROZEN:
        last = reports.aggregate(last=Max("number"))["last"] or 0
        reports = reports.exclude(number=last)
    number = reports.aggregate(last=Max("number"))["last"]
    return None if number is None else reported_until(filing, number)


def _package(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    children = (
        Filing.objects.children_of(filing)
        .select_related("organization", "project")
        .order_by("path")
    )
    page = _page(children, params)
    below = list(page.object_list)
    totals = sums_of(below)
    units = [DetailUnit(child, totals.get(child.pk, Sum())) for child in below]
    return {"page": page, "units": units}


def _page(rows: Any, params: Mapping[str, str]) -> Page[Any]:
    return Paginator(rows, ROWS_PER_PAGE).get_page(params.get("part"))
