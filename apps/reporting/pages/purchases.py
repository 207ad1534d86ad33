"""历史采购量: what institutions bought, as the province and the alliance import it (S2-07c)."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.projects.models import Phase, Project, ProjectKind
from apps.projects.pages.lookups import project_or_404
from apps.reporting.domain.purchases.acts import take_over_history
from apps.reporting.domain.purchases.lists import PurchaseFilter, PurchaseTable, purchases_of
from apps.reporting.files.purchase_workbooks import PURCHASE_EXPORT, PURCHASE_IMPORT
from apps.reporting.navigation import BUREAUS
from apps.reporting.pages.answering import TRAIL, remember
from apps.review.pages.answering import carry_out
from apps.ui.lists import render_list
from apps.ui.pages.replicas import reads_replica

KEEPERS = (Role.PROVINCE, Role.ALLIANCE)


@requires(Permission.QUERY, roles=BUREAUS)
def history_latest(request: SignedInRequest, page: str) -> HttpResponse:
    """From the rail to the demand project last looked at, else the latest; projects in preparation count."""
    projects = Project.objects.of_kind(ProjectKind.DEMAND)
    return TRAIL.follow(request, projects, page)


@requires(Permission.QUERY, roles=BUREAUS)
@reads_replica
def purchase_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = demand_project_or_404(code)
    remember(request, code)
    is_keeper = request.user.role in KEEPERS and request.user.has(Permission.IMPORT)
    is_open = project.phase != Phase.CONCLUDED
    return render_list(
        request,
        "reporting/purchase_list.html",
        table_class=PurchaseTable,
        filterset_class=PurchaseFilter,
        queryset=purchases_of(project),
        context={
            "project": project,
            "may_import": is_keeper and is_open,
            "may_export": request.user.has(Permission.EXPORT),
            "may_take_over": is_open
            and request.user.has(Permission.MANAGE)
            and project.history_project_id is not None,
        },
    )


@requires(Permission.IMPORT, roles=KEEPERS)
def purchase_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = demand_project_or_404(code)
    back = reverse("reporting:purchase_list", args=[code])
    project_page = reverse("projects:project_detail", args=[code])
    return run_import_page(
        request,
        PURCHASE_IMPORT,
        context={"project_id": project.pk},
        back_url=back,
        project=project,
        crumbs=((project.name, project_page), ("历史采购量", back)),
    )


@requires(Permission.EXPORT, roles=BUREAUS)
@reads_replica
def purchase_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = demand_project_or_404(code)
    context = {
        "project_id": project.pk,
        "place": request.user.path,
        "query": request.GET.urlencode(),
    }
    return export_response(request, PURCHASE_EXPORT, context=context)


@requires(Permission.MANAGE)
@require_POST
def purchase_take_over(request: SignedInRequest, code: str) -> HttpResponse:
    """The approved lines of the history task, on demand (S3-31)."""
    project = demand_project_or_404(code)
    return carry_out(
        request,
        lambda: take_over_history(project=project, by=request.actor),
        lambda count: f"已从历史采购量任务带入 {count:,} 个采购量；已经上报的机构保持不变。",
        reverse("reporting:purchase_list", args=[code]),
    )


def demand_project_or_404(code: str) -> Project:
    """A history task has no purchase history of its own: it collects it."""
    project = project_or_404(code)
    if project.kind != ProjectKind.DEMAND:
        raise Http404
    return project
