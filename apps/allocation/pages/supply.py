"""供应清单列表: the winning products that supply the reader's province (S1-12, S1-16, S1-17)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.filters import SupplyFilter
from apps.allocation.domain.reads import supplies
from apps.allocation.files.workbooks import SUPPLY_EXPORT
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import remember
from apps.allocation.pages.institution_tables import SupplyTable
from apps.exchange.pages.exports import export_response
from apps.organizations.models import Tier
from apps.projects.files.papers import may_sign_winners
from apps.projects.models import Project
from apps.projects.pages.lookups import project_or_404
from apps.ui.lists import render_list


@fills
@requires(Permission.QUERY, roles=ORGANIZATION_ROLES)
def supply_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    remember(request, code)
    return render_list(
        request,
        "allocation/supply_list.html",
        table_class=SupplyTable,
        filterset_class=SupplyFilter,
        queryset=_supplies(request, project),
        context={
            "project": project,
            "office": _office(request, code),
            "is_national": request.user.role == Role.ALLIANCE,
            "may_sign": may_sign_winners(request.user),
        },
    )


@requires(Permission.EXPORT, roles=ORGANIZATION_ROLES)
def supply_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    context = {
        "project_id": project.pk,
        "place": request.user.path,
        "query": request.GET.urlencode(),
    }
    return export_response(request, SUPPLY_EXPORT, context=context)


def _supplies(request: SignedInRequest, project: Project) -> QuerySet[Any]:
    return supplies(project, request.user.path)


def _office(request: SignedInRequest, code: str) -> Any:
    """An institution sees its own standing above the list; bureaus have none here."""
    unit = request.user.organization
    if unit is None or unit.tier != Tier.INSTITUTION:
        return None
    return AllocationPage.of(request.actor, code)
