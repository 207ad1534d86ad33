"""系统代分: preview, run, look back, undo; the alliance's pages (rules §3a.11)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.substitution.acts import BATCH, substitute_missing, undo_substitution
from apps.allocation.domain.substitution.missing import undoable
from apps.allocation.domain.substitution.preview import is_short
from apps.allocation.files.workbooks import SUBSTITUTION_EXPORT
from apps.allocation.models import AllocationRow
from apps.allocation.pages.answering import remember
from apps.allocation.pages.forms import SubstituteForm
from apps.allocation.pages.substitution.page import Pile, SubstitutionPage, done_filings
from apps.allocation.pages.substitution.tables import (
    DoneTable,
    MissingTable,
    PlannedLineTable,
    TakenTable,
)
from apps.allocation.tasks import SUBSTITUTE, UNDO_SUBSTITUTION
from apps.exchange.pages.exports import export_response
from apps.jobs.services import enqueue
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.lookups import project_or_404
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.review.pages.answering import carry_out
from apps.ui.lists import ALL_MATCHING, build_table, selected
from apps.ui.pages import seen_sets
from apps.ui.pages.replicas import reads_replica
from apps.ui.paging import address

CONFLICT = 409
ALLIANCE = (Role.ALLIANCE,)


@requires(Permission.MANAGE, roles=ALLIANCE)
@reads_replica
def substitution_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Who did not report, what 系统代分 would do, and what it did."""
    project = _project(code)
    remember(request, code)
    desk = SubstitutionPage(project, timezone.now())
    pile = next((pile for pile in Pile if pile == request.GET.get("pile")), Pile.MISSING)
    shown = {
        "project": project,
        "desk": desk,
        "pile": pile,
        "piles": _piles(request, pile),
        "table": _table(request, desk, pile),
        "preview": None if pile == Pile.DONE else desk.preview,
        "done": done_filings(project).count() if pile != Pile.PRODUCTS else None,
        "may_undo": pile == Pile.DONE and project.is_in_progress,
    }
    return render(request, "allocation/substitution_list.html", shown)


def _project(code: str) -> Project:
    return get_object_or_404(
        Project.objects.of_kind(ProjectKind.ALLOCATION), code=code, published_at__isnull=False
    )


def _table(request: SignedInRequest, desk: SubstitutionPage, pile: Pile) -> Any:
    if pile == Pile.DONE:
        hidden = () if desk.project.is_in_progress else ("select",)
        return build_table(request, DoneTable, done_filings(desk.project), exclude=hidden)
    if pile == Pile.PRODUCTS:
        return build_table(request, TakenTable, desk.taken)
    unknown = () if desk.preview else ("rows", "lines", "unplaced")
    rows = desk.preview.filings if desk.preview else desk.missing.over
    missing, shares = desk.missing, desk.shares
    return build_table(request, MissingTable, rows, exclude=unknown, missing=missing, shares=shares)


def _piles(request: SignedInRequest, chosen: Pile) -> list[dict[str, Any]]:
    return [
        {
            "label": pile.label,
            "href": address(request, pile=pile.value, page=None, sort=None),
            "current": pile == chosen,
        }
        for pile in Pile
    ]


@requires(Permission.MANAGE, roles=ALLIANCE)
def substitution_detail(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """The preview of one institution, line by line."""
    project = _project(code)
    filing = get_object_or_404(
        Filing.objects.of_project(project).institutions().with_organization(), pk=pk
    )
    desk = SubstitutionPage(project, timezone.now())
    over = desk.missing.over
    may_show = over.filter(pk=filing.pk).exists() and is_short(over)
    table = build_table(request, PlannedLineTable, desk.lines_of(filing) if may_show else [])
    own = AllocationRow.objects.of_filing(filing).to_allocate()
    shown = {"project": project, "filing": filing, "table": table, "rows": own.count()}
    return render(request, "allocation/substitution_detail.html", shown | {"may_show": may_show})


@requires(Permission.MANAGE, roles=ALLIANCE)
def substitution_run(request: SignedInRequest, code: str) -> HttpResponse:
    """GET says what will happen, POST does it: at once, or as a job where it is much."""
    project = _project(code)
    desk = SubstitutionPage(project, timezone.now())
    asked = request.POST if request.method == "POST" else None
    form = SubstituteForm(
        asked, needs_deadline=bool(desk.missing.packages), proposed=desk.proposed_deadline
    )
    refused: ReviewRefused | None = None
    if asked is not None and form.is_valid():
        try:
            return _run(request, desk, form)
        except ReviewRefused as error:
            refused = error
    shown = {"project": project, "desk": desk, "form": form, "refused": refused}
    status = CONFLICT if refused else 200
    return render(request, "allocation/substitution_run.html", shown, status=status)


def _run(request: SignedInRequest, desk: SubstitutionPage, form: SubstituteForm) -> HttpResponse:
    """Exactly for those whom the page counted. Raises a `ReviewRefused`, `seen_sets.SetMoved`."""
    project, deadline = desk.project, form.deadline
    seen_sets.require_same(request.POST.get(seen_sets.FIELD, ""), desk.missing.stamp)
    among = [
        *desk.missing.over.order_by().values_list("pk", flat=True),
        *(filing.pk for filing in desk.missing.packages),
    ]
    if desk.missing.count > BATCH or not is_short(desk.missing.over):
        job = enqueue(
            SUBSTITUTE,
            by=request.actor,
            title=f"系统代分“{project.name}”",
            back_url=reverse("allocation:substitution_list", args=[project.code]),
            project_id=project.pk,
            deadline=deadline.isoformat() if deadline else "",
            among=among,
        )
        return redirect(job)
    done = substitute_missing(project=project, by=request.actor, deadline=deadline, among=among)
    messages.success(request, done.sentence)
    return redirect(f"{reverse('allocation:substitution_list', args=[project.code])}?pile=done")


@requires(Permission.MANAGE, roles=ALLIANCE)
@require_POST
def substitution_undo(request: SignedInRequest, code: str) -> HttpResponse:
    """撤销代分 for the ticked, or for all that still wait for review."""
    project = _project(code)
    back = f"{reverse('allocation:substitution_list', args=[code])}?pile=done"
    chosen = selected(request, queryset=undoable(project))
    if not chosen:
        messages.warning(request, "没有可以撤销的机构，请先勾选；已审核通过的请先由上级取消通过。")
        return redirect(back)
    if request.POST.get(ALL_MATCHING) and chosen.count() > BATCH:
        title = f"撤销代分“{project.name}”"
        return redirect(
            enqueue(
                UNDO_SUBSTITUTION,
                by=request.actor,
                title=title,
                back_url=back,
                project_id=project.pk,
                among=list(chosen.values_list("pk", flat=True)),
            )
        )
    return carry_out(
        request,
        lambda: undo_substitution(project=project, filings=list(chosen), by=request.actor),
        lambda count: f"已撤销 {count:,} 家医疗机构的系统代分，回到代分之前的状态。",
        back,
    )


@requires(Permission.EXPORT, roles=ALLIANCE)
@reads_replica
def substitution_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    return export_response(request, SUBSTITUTION_EXPORT, context={"project_id": project.pk})
