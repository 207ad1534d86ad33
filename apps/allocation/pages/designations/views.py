"""固定份额企业 and 指定, and the capacities of a project: the alliance's pages."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.overview_filters import PoolFilter
from apps.allocation.domain.slots.picking import pick_enterprise
from apps.allocation.models import FIXED_SLOTS, CapacityPool, Slot
from apps.allocation.pages.answering import remember
from apps.allocation.pages.designations.page import overview_of
from apps.allocation.pages.overview_tables import DesignationTable, PoolTable
from apps.organizations.models import Enterprise
from apps.projects.pages.lookups import project_or_404
from apps.review.pages.answering import carry_out
from apps.ui.lists import build_table, render_list
from apps.ui.pages.replicas import reads_replica


@requires(Permission.MANAGE)
@reads_replica
def designation_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    remember(request, code)
    overview = overview_of(project)
    shown = {
        "project": project,
        "table": build_table(request, DesignationTable, overview.rows),
        "ties": overview.ties,
        "without_winner": overview.without_winner,
    }
    return render(request, "allocation/designation_list.html", shown)


@requires(Permission.MANAGE)
@require_POST
def designation_pick(request: SignedInRequest, code: str) -> HttpResponse:
    """指定 one of the enterprises that share a slot of a group."""
    project = project_or_404(code)
    slot = request.POST.get("slot", "")
    enterprise = _enterprise_or_404(request.POST.get("enterprise", ""))
    return carry_out(
        request,
        lambda: pick_enterprise(
            project=project,
            product_group=request.POST.get("product_group", ""),
            slot=Slot(slot) if slot in FIXED_SLOTS else Slot.LOWEST,
            enterprise=enterprise,
            by=request.actor,
            was_open=True,
        ),
        lambda count: f"已指定{enterprise.name}（{count} 个省）。",
        reverse("allocation:designation_list", args=[code]),
    )


def _enterprise_or_404(key: str) -> Enterprise:
    try:
        return get_object_or_404(Enterprise, pk=int(key))
    except ValueError:
        raise Http404 from None


@requires(Permission.MANAGE)
@reads_replica
def pool_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    remember(request, code)
    return render_list(
        request,
        "allocation/pool_list.html",
        table_class=PoolTable,
        filterset_class=PoolFilter,
        queryset=CapacityPool.objects.of_project(project).with_offer(),
        context={"project": project},
    )
