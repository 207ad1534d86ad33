"""A bureau that its province's chain leaves out (S2-10): told so calmly, and shown what it may see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.organizations.models import Tier
from apps.projects.models import Project, ProjectKind
from apps.review.models import Filing
from apps.review.pages.bureau_page import OutsideChain
from apps.review.pages.tables import FilingTable
from apps.ui.lists import build_table

View = Callable[..., HttpResponseBase]


def explains_chain(view: View) -> View:
    """Where the reader's tier has no part in a project that it sees, the page says so instead of 404."""

    @wraps(view)
    def explained(request: HttpRequest, code: str, **arguments: Any) -> HttpResponseBase:
        try:
            return view(request, code, **arguments)
        except OutsideChain as outside:
            return require_safe(outside_chain)(request, outside.project)

    return explained


def outside_chain(request: HttpRequest, project: Project) -> HttpResponse:
    """The institutions of the reader's place, read-only, with where each of them stands."""
    user: Any = request.user
    rows = Filing.objects.of_project(project).institutions().with_organization()
    table: Any = build_table(
        request,
        FilingTable,
        rows.select_related("reviewed_by").order_by("path"),
        exclude=("select",),
        code=project.code,
    )
    table.empty_hint = "项目发布后，本地参加的医疗机构会列在这里。"
    table.show_figures(table.page_rows())
    tier = Tier(user.organization.tier)
    shown = {
        "project": project,
        "tier": tier.label,
        "table": table,
        "is_published": project.is_frozen,
        "has_agreements": project.is_frozen and project.kind == ProjectKind.ALLOCATION,
    }
    return render(request, "review/outside_chain.html", shown)
