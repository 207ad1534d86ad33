"""代为填报: the province's page of the institutions that it fills in for, and the import (S2-07, S2-10)."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.import_page import run_import_page
from apps.projects.models import CatalogItem, Project
from apps.projects.pages.lookups import project_or_404
from apps.reporting.domain.maintenance.lists import (
    MaintenanceFilter,
    MaintenanceTable,
    maintained_of,
)
from apps.reporting.files.maintenance_workbooks import MAINTENANCE_IMPORT
from apps.reporting.pages.answering import TRAIL, remember
from apps.reporting.pages.demand_page import KINDS
from apps.ui.lists import build_table, is_filtered, matching
from apps.ui.pages.replicas import reads_replica

PROVINCE = (Role.PROVINCE,)


@requires(Permission.MAINTAIN, roles=PROVINCE)
def maintenance_latest(request: SignedInRequest) -> HttpResponse:
    """From the rail to the project last looked at, else the latest one under way."""
    projects = Project.objects.in_progress().filter(kind__in=KINDS)
    return TRAIL.follow(request, projects, "maintenance_list")


@requires(Permission.MAINTAIN, roles=PROVINCE)
@reads_replica
def maintenance_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = _project_or_404(code)
    remember(request, code)
    rows = maintained_of(project)
    filterset = MaintenanceFilter(request.GET or None, queryset=rows, request=request)
    table = build_table(
        request,
        MaintenanceTable,
        matching(filterset),
        filtered=is_filtered(filterset),
        total=CatalogItem.objects.filter(project=project).count(),
        code=code,
    )
    table.show_work()  # type: ignore[attr-defined]
    shown = {
        "project": project,
        "filter": filterset,
        "table": table,
        "may_import": project.is_in_progress and request.user.has(Permission.IMPORT),
    }
    return render(request, "reporting/maintenance_list.html", shown)


@requires(Permission.MAINTAIN, Permission.IMPORT, roles=PROVINCE)
def maintenance_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = _project_or_404(code)
    back = reverse("reporting:maintenance_list", args=[code])
    project_page = reverse("projects:project_detail", args=[code])
    return run_import_page(
        request,
        MAINTENANCE_IMPORT,
        context={"project_id": project.pk},
        back_url=back,
        project=project,
        crumbs=((project.name, project_page), ("代为填报", back)),
    )


def _project_or_404(code: str) -> Project:
    project = project_or_404(code)
    if project.kind not in KINDS:
        raise Http404
    return project
