"""协议签署进度 of every tier above the institutions, and the clauses that the alliance writes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.agreements.drawing import latest_clauses
from apps.distribution.domain.agreements.progress import Step, progress_of, summed
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.domain.agreements.signing import write_clauses
from apps.distribution.files.agreement_workbooks import PROGRESS_EXPORT
from apps.distribution.pages.agreements.forms import ClausesForm
from apps.distribution.pages.agreements.progress_tables import ProgressTable
from apps.exchange.pages.exports import export_response
from apps.organizations.models import Organization, Tier
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.lookups import project_or_404
from apps.ui.lists import build_table
from apps.ui.pages.replicas import reads_replica
from apps.ui.pages.versions import seen_of

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
PROGRESS = "distribution:agreement_progress_list"


def projects() -> list[Project]:
    """The allocations that the viewer sees, the latest first."""
    rows = Project.objects.of_kind(ProjectKind.ALLOCATION).filter(published_at__isnull=False)
    return list(rows.recent_first()[:50])


@dataclass(frozen=True, slots=True)
class Viewed:
    """One project and a place at or below the viewer's own; `at` is its code where it is below."""

    project: Project
    top: str
    name: str
    at: str

    @property
    def query(self) -> str:
        return urlencode({"project": self.project.code} | ({"at": self.at} if self.at else {}))


def viewed(request: SignedInRequest, offered: list[Project] | None = None) -> Viewed | None:
    """What the address asks for; `None` while there is no allocation."""
    project = _chosen(request, projects() if offered is None else offered)
    if project is None:
        return None
    own, at = request.user.organization, request.GET.get("at", "")
    if not at or own is None or at == own.code:
        return Viewed(project, request.user.path, own.name if own else "", "")
    unit = get_object_or_404(Organization.objects.exclude(tier=Tier.INSTITUTION), code=at)
    return Viewed(project, unit.path, unit.name, unit.code)


def _chosen(request: SignedInRequest, offered: list[Project]) -> Project | None:
    wanted = request.GET.get("project", "")
    return project_or_404(wanted) if wanted else next(iter(offered), None)


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
def agreement_progress_list(request: SignedInRequest) -> HttpResponse:
    """Each unit directly below the place, with what is open leading to its institutions."""
    offered = projects()
    place = viewed(request, offered)
    shown: dict[str, Any] = {"projects": offered, "place": place, "table": None}
    if place is not None:
        rows = progress_of(place.project, place.top)
        shown["project"] = place.project
        shown["table"] = build_table(request, ProgressTable, rows, place=place)
        shown["total"] = summed(rows)
        shown["steps"] = [(step, getattr(shown["total"], step.value)) for step in Step]
    shown["may_export"] = request.user.has(Permission.EXPORT)
    shown["may_write"] = request.user.has(Permission.MANAGE)
    return render(request, "distribution/agreement_progress.html", shown)


@requires(Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
def agreement_progress_export(request: SignedInRequest) -> HttpResponseBase:
    place = viewed(request)
    if place is None:
        return redirect(PROGRESS)
    context = {"project_id": place.project.pk, "top": place.top}
    back = f"{reverse(PROGRESS)}?{place.query}"
    return export_response(request, PROGRESS_EXPORT, context=context, back_url=back)


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def clauses_edit(request: SignedInRequest) -> HttpResponse:
    """协议条款 of one project; what was drawn before keeps its own."""
    offered = projects()
    project = _chosen(request, offered)
    if project is None:
        return redirect(PROGRESS)
    current = latest_clauses(project)
    form = ClausesForm(request.POST or None, instance=current, project=project)
    if request.method == "POST" and form.is_valid():
        try:
            made = write_clauses(
                by=request.actor,
                project=project,
                texts=form.cleaned_data,
                seen=seen_of(form, again=lambda row: [ClausesForm(instance=row, project=project)]),
            )
        except AgreementRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, f"协议条款已保存（第 {made.version} 版），此后生成的协议适用。"
            )
        return redirect(f"{reverse(PROGRESS)}?{urlencode({'project': project.code})}")
    shown = {"form": form, "project": project, "version": current.version}
    return render(request, "distribution/clauses_edit.html", shown)
