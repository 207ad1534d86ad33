"""取消中选 and 暂停: the record for everybody of the round, previewing and doing for the alliance."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.stops.acts import check_stoppable, end_stop, stop_product
from apps.allocation.domain.stops.preview import Preview, preview_of
from apps.allocation.domain.stops.reads import instead_in_words, shares_of, stops_of
from apps.allocation.domain.stops.wording import name_of
from apps.allocation.files.workbooks import STOP_EXPORT
from apps.allocation.models import BEGINNING, CapacityPool, ProductStop, StopAct, Stopped
from apps.allocation.pages.answering import allocation_or_404, remember
from apps.allocation.pages.stops.form import StopForm
from apps.allocation.pages.stops.shown import in_words
from apps.allocation.pages.stops.tables import ShareTable, StopTable
from apps.allocation.tasks import END_STOP, STOP
from apps.exchange.pages.exports import export_response
from apps.jobs.services import enqueue
from apps.projects.domain.corrections.acts import Paper
from apps.projects.models import Correction, Project
from apps.projects.models.correction import paper_name
from apps.projects.pages.lookups import project_or_404
from apps.review.domain.refusals import ReviewRefused
from apps.review.pages.answering import carry_out
from apps.ui.lists import build_table, render_list
from apps.ui.pages.kept_files import kept_file
from apps.ui.pages.replicas import reads_replica

AT_ONCE = 300
"""Institutions that a page moves itself; for more it is a job."""
CONFLICT = 409
ALLIANCE = (Role.ALLIANCE,)


@requires(Permission.QUERY, roles=ORGANIZATION_ROLES)
@require_GET
@reads_replica
def stop_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = _project(request, code)
    may_manage = request.user.role == Role.ALLIANCE and request.user.has(Permission.MANAGE)
    return render_list(
        request,
        "allocation/stop_list.html",
        table_class=StopTable,
        queryset=stops_of(project),
        context={
            "project": project,
            "may_manage": may_manage,
            "is_institution": request.user.role == Role.INSTITUTION,
        },
    )


def _project(request: SignedInRequest, code: str) -> Project:
    project = project_or_404(code)
    allocation_or_404(project)
    remember(request, code)
    return project


@requires(Permission.QUERY, roles=ORGANIZATION_ROLES)
@require_GET
@reads_replica
def stop_detail(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """What it moved, in the institutions that the reader sees."""
    project = _project(request, code)
    stop = get_object_or_404(stops_of(project), pk=pk)
    table = build_table(request, ShareTable, shares_of(stop), instead=instead_in_words(stop))
    ended = getattr(stop, "ended_by", None)
    manages = request.user.role == Role.ALLIANCE and request.user.has(Permission.MANAGE)
    shown = {
        "project": project,
        "stop": stop,
        "table": table,
        "ended": ended,
        "may_end": manages and ended is None and stop.act in BEGINNING,
        "ending": "撤销取消中选" if stop.act == StopAct.CANCEL else "解除暂停",
        "may_export": request.user.has(Permission.EXPORT),
    }
    return render(request, "allocation/stop_detail.html", shown)


@requires(Permission.EXPORT, roles=ORGANIZATION_ROLES)
@require_GET
@reads_replica
def stop_export(request: SignedInRequest, code: str, pk: int) -> HttpResponseBase:
    project = _project(request, code)
    stop = get_object_or_404(stops_of(project), pk=pk)
    context = {"project_id": project.pk, "stop_id": stop.pk}
    back = reverse("allocation:stop_detail", args=[code, pk])
    return export_response(request, STOP_EXPORT, context=context, back_url=back)


@requires(Permission.QUERY, roles=ORGANIZATION_ROLES)
@require_GET
def stop_file(request: SignedInRequest, code: str, pk: int) -> FileResponse:
    """What the act rests on."""
    kept = get_object_or_404(ProductStop.objects.of_project(_project(request, code)), pk=pk)
    return kept_file(kept.file, kept.file_name)


@requires(Permission.MANAGE, roles=ALLIANCE)
def stop_edit(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """The first button shows what would happen, the second does it; 暂停 touches nothing that is there."""
    project = _project(request, code)
    pools = CapacityPool.objects.of_project(project).with_offer()
    pool = get_object_or_404(pools.exclude(stopped=Stopped.CANCELLED), product_id=pk)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = StopForm(*data, pool=pool)
    preview, is_refused, is_seen = None, False, bool(data) and form.is_valid()
    if is_seen:
        try:
            check_stoppable(pool, form.wanted(None))
            preview = preview_of(project, pool, form.choice) if form.is_cancel else None
            if "apply" in request.POST and not form.lacks_ground():
                return _applied(request, project, form, preview)
        except ReviewRefused as refusal:
            form.add_error(None, str(refusal))
            is_refused = "apply" in request.POST
    shown = {"project": project, "pool": pool, "name": name_of(pool), "form": form}
    shown |= {"preview": preview, "shown": preview and in_words(preview), "seen": is_seen}
    status = CONFLICT if is_refused else 200
    return render(request, "allocation/stop_edit.html", shown, status=status)


def _applied(
    request: SignedInRequest, project: Project, form: StopForm, preview: Preview | None
) -> HttpResponse:
    """At once, or as a job where it touches much. Raises a `ReviewRefused`."""
    checked = form.cleaned_data["file"]
    stored = default_storage.save(paper_name(Correction(), checked.name), checked.file)
    wanted = form.wanted(Paper(stored, checked.name))
    if preview is not None and preview.institutions > AT_ONCE:
        title = f"取消中选“{name_of(form.pool)}”"
        return redirect(_job(request, STOP, project, title, wanted=wanted.packed))
    made = stop_product(project=project, wanted=wanted, by=request.actor)
    messages.success(request, made.done_words)
    return redirect("allocation:stop_detail", code=project.code, pk=made.pk)


def _job(request: SignedInRequest, name: str, project: Project, title: str, **told: Any) -> Any:
    return enqueue(
        name,
        by=request.actor,
        title=title[:100],
        back_url=reverse("allocation:stop_list", args=[project.code]),
        project_id=project.pk,
        **told,
    )


@requires(Permission.MANAGE, roles=ALLIANCE)
@require_POST
def stop_end(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """撤销取消中选, or 解除暂停."""
    project = _project(request, code)
    stop = get_object_or_404(stops_of(project), pk=pk)
    reason = request.POST.get("reason", "")[:300]
    if stop.filings > AT_ONCE and stop.act == StopAct.CANCEL:
        title = f"撤销取消中选“{stop.product.item}”"
        return redirect(_job(request, END_STOP, project, title, stop_id=stop.pk, reason=reason))
    return carry_out(
        request,
        lambda: end_stop(project=project, stop=stop, reason=reason, by=request.actor),
        lambda made: made.done_words,
        reverse("allocation:stop_detail", args=[code, pk]),
    )
