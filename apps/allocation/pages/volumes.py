"""分配量: the alliance imports what institutions reported and looks at what it comes to."""

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.overview_filters import VolumeFilter
from apps.allocation.domain.volumes.acts import compute_volumes, remove_volumes
from apps.allocation.files.workbooks import VOLUME_EXPORT, VOLUME_IMPORT
from apps.allocation.models import AllocationRow
from apps.allocation.pages.answering import remember
from apps.allocation.pages.overview_tables import VolumeTable
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.projects.models import Project
from apps.projects.pages.lookups import project_or_404
from apps.review.pages.answering import carry_out
from apps.ui.lists import render_list, selected
from apps.ui.pages.replicas import reads_replica


@requires(Permission.MANAGE)
@reads_replica
def volume_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    remember(request, code)
    return render_list(
        request,
        "allocation/volume_list.html",
        table_class=VolumeTable,
        filterset_class=VolumeFilter,
        queryset=_volumes(project),
        table_kwargs={"exclude": ("select",) if project.is_frozen else ()},
        context={"project": project, "may_change": not project.is_frozen},
    )


@requires(Permission.MANAGE, Permission.IMPORT)
def volume_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    back = reverse("allocation:volume_list", args=[code])
    project_page = reverse("projects:project_detail", args=[code])
    return run_import_page(
        request,
        VOLUME_IMPORT,
        context={"project_id": project.pk},
        back_url=back,
        project=project,
        crumbs=((project.name, project_page), ("分配量", back)),
    )


@requires(Permission.MANAGE, Permission.EXPORT)
@reads_replica
def volume_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    context = {
        "project_id": project.pk,
        "place": request.user.path,
        "query": request.GET.urlencode(),
    }
    return export_response(request, VOLUME_EXPORT, context=context)


@requires(Permission.MANAGE)
@require_POST
def volume_compute(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    return carry_out(
        request,
        lambda: compute_volumes(project=project, by=request.actor),
        lambda count: f"已按当前政策和中选结果重新计算 {count:,} 行。",
        reverse("allocation:volume_list", args=[code]),
    )


@requires(Permission.MANAGE)
@require_POST
def volume_remove(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    rows = selected(request, queryset=_volumes(project), filterset_class=VolumeFilter)
    return carry_out(
        request,
        lambda: remove_volumes(project=project, rows=rows, by=request.actor),
        lambda count: f"已删除 {count:,} 行分配量。",
        reverse("allocation:volume_list", args=[code]),
    )


def _volumes(project: Project) -> QuerySet[AllocationRow]:
    rows: QuerySet[AllocationRow] = AllocationRow.objects.of_project(project)
    return rows.select_related("organization", "item").order_by("path", "item__position", "pk")
