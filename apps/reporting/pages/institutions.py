"""地市医疗机构管理: reset a password, see the summary sheet (S3-06, S3-07)."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.pages.lookups import project_or_404
from apps.reporting.navigation import BUREAUS, institutions_title
from apps.reporting.pages.answering import remember
from apps.reporting.pages.institution_list import (
    InstitutionFilter,
    InstitutionTable,
    institutions_of,
)
from apps.ui.lists import build_table, is_filtered, matching
from apps.ui.pages.replicas import reads_replica


@requires(Permission.QUERY, roles=BUREAUS)
@reads_replica
def institution_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    remember(request, code)
    filterset = InstitutionFilter(request.GET or None, queryset=institutions_of(project))
    table = build_table(
        request,
        InstitutionTable,
        matching(filterset),
        filtered=is_filtered(filterset),
        project=project,
    )
    table.show_letters()
    shown = {
        "project": project,
        "filter": filterset,
        "table": table,
        "title": institutions_title(request.user.role),
        "document": project.get_attachment_display(),
        "may_reset": request.user.has(Permission.RESET_PASSWORDS),
    }
    return render(request, "reporting/institution_list.html", shown)
