"""品种名称查询 (S2-16)."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.pages.lookups import project_or_404
from apps.reporting.domain.varieties import VarietyFilter, varieties
from apps.reporting.pages.answering import remember
from apps.reporting.pages.tables import VarietyTable
from apps.ui.lists import build_table


@fills
@requires(Permission.QUERY, roles=ORGANIZATION_ROLES)
def variety_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    remember(request, code)
    form = VarietyFilter(request.GET or None)
    rows = varieties(project, form.asked)
    shown = {
        "project": project,
        "form": form,
        "table": build_table(request, VarietyTable, rows, filtered=bool(form.asked)),
        "fills": request.user.role == Role.INSTITUTION,
    }
    return render(request, "reporting/variety_list.html", shown)
