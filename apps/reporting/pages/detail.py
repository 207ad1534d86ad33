"""What the review pages show of one filing: an institution's rows, the oddest first; a bureau's units.

On a re-submission what changed since the report before stands alone, with old and new value. Paged by `?part=`,
narrowed by `?show=`; a constant number of statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from apps.projects.models import ProjectKind
from apps.reporting.domain.letters.state import letter_of
from apps.reporting.domain.oddities.reading import oddities_by_item
from apps.reporting.domain.sheet.rows import rows_of
from apps.reporting.files.columns import bought_title
from apps.reporting.models import ReportReason
from apps.reporting.pages.detail_rows import DetailRow, Past
from apps.reporting.pages.package import kept, package, paged
from apps.review.domain.kinds import Detail
from apps.review.domain.returns.second_pass import again
from apps.review.models import Filing

VIEWS = {"asked": "要求修改", "changed": "本次变动", "marked": "需关注", "all": "全部"}


def detail_of(filing: Filing, params: Mapping[str, str]) -> Detail:
    """The partial and its context."""
    if filing.is_institution:
        return Detail("reporting/_detail.html", _institution(filing, params))
    return Detail("reporting/_package.html", package(filing, params))


def _institution(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    project = filing.project
    past = Past.of(filing)
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
