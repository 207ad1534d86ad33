"""代为填报 of one institution in the page: a part of its sheet with its tabs, saved as it was shown."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.audit.pages.authorship import quantities_only
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.lookups import project_or_404
from apps.reporting.domain.maintenance.acts import maintain_sheet
from apps.reporting.domain.maintenance.lists import maintained_of
from apps.reporting.domain.sheet.filling import KINDS
from apps.reporting.domain.sheet.rows import Row, items_of, rows_of
from apps.reporting.domain.sheet.saving import Saved
from apps.reporting.domain.statuses import status_of
from apps.reporting.files.columns import bought_title
from apps.reporting.pages.demand_page import Work
from apps.reporting.pages.entry import CONFLICT
from apps.reporting.pages.entry_form import read, rows_in_form
from apps.reporting.pages.entry_page import ROWS_PER_PAGE, SHOWS, EntryRow, Refused
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE

TABS = ("all", "blank", "due", "packs")


@quantities_only
@requires(Permission.MAINTAIN, roles=(Role.PROVINCE,))
def maintenance_edit(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    project = project_or_404(code)
    if project.kind not in KINDS:
        raise Http404
    filing = get_object_or_404(maintained_of(project), pk=pk)
    filing.project = project
    refused = Refused({}, request.POST)
    if request.method == "POST":
        try:
            refused = _kept(request, project, filing)
        except ReviewRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())
        if not refused.sentences:
            return redirect(request.get_full_path())
        messages.error(request, f"有 {len(refused.sentences)} 行没有保存，请看表中的提示。")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused.sentences else HTTPStatus.OK
    shown = _shown(request, project, filing, refused)
    return render(request, "reporting/maintenance_edit.html", shown, status=status)


def _kept(request: SignedInRequest, project: Project, filing: Filing) -> Refused:
    """What could be read is saved; by item why the rest was not. Raises a `ReviewRefused`."""
    rows = rows_in_form(request.POST)
    typed = read(items_of(project.code, [row.item for row in rows]), rows)
    saved = maintain_sheet(
        project=project,
        filing=filing,
        entries=typed.entries,
        fill_rest="rest" in request.POST and not typed.refused,
        by=request.actor,
    )
    messages.success(request, f"已保存 {saved.written:,} 个品规。")
    return Refused(typed.refused | _conflicts(saved), request.POST)


def _conflicts(saved: Saved) -> dict[int, str]:
    return {
        item: CONFLICT.format(value="空白" if row.planned is None else f"{row.planned:,}")
        for item, row in saved.conflicts.items()
    }


def _shown(
    request: SignedInRequest, project: Project, filing: Filing, refused: Refused
) -> dict[str, Any]:
    rows = rows_of(project, filing)
    show = request.GET.get("show", "")
    show = show if show in TABS else TABS[0]
    chosen = [row for row in rows if SHOWS[show][1](row)]
    page = Paginator(chosen, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "project": project,
        "filing": filing,
        "status": {"text": status_text(filing), "tone": status_tone(filing)},
        "work": Work.of(rows),
        "page": page,
        "rows": [_row(row, filing, refused) for row in page.object_list],
        "tabs": _tabs(rows, show),
        "is_history": project.kind == ProjectKind.HISTORY,
        "bought_title": bought_title(project.baseline_years),
        "may_change": filing.state in EDITABLE and project.is_in_progress,
    }


def _row(row: Row, filing: Filing, refused: Refused) -> EntryRow:
    """As it stands, or as it was typed where that was refused."""
    item = row.item.pk
    error = refused.sentences.get(item, "")
    data: Mapping[str, str] = refused.data if error else {}
    planned = "" if row.planned is None else f"{row.planned}"
    return EntryRow(
        row,
        status_of(row, filing),
        data.get(f"planned-{item}", planned),
        data.get(f"words-{item}", row.words),
        error,
    )


def _tabs(rows: Sequence[Row], show: str) -> list[dict[str, Any]]:
    return [
        {
            "label": SHOWS[name][0],
            "href": f"?show={name}",
            "current": name == show,
            "count": sum(map(SHOWS[name][1], rows)),
        }
        for name in TABS
    ]
