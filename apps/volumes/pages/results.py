"""Winning results of agreed volumes: imported with the rules of competition units, cleared, removed one by one."""

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.import_page import run_import_page
from apps.projects.domain.filters import WinnerFilter
from apps.projects.pages.winners import winners_of
from apps.review.pages.answering import carry_out
from apps.ui.lists import selected
from apps.ui.pages import seen_sets
from apps.volumes.domain.imports import clear_results, remove_results
from apps.volumes.files.workbooks import RESULT_IMPORT
from apps.volumes.pages.volumes_page import desk_for


@requires(Permission.MANAGE, Permission.IMPORT)
def result_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = desk_for(request, code)
    back = reverse("volumes:unit_list", args=[code])
    project_page = reverse("projects:project_detail", args=[code])
    return run_import_page(
        request,
        RESULT_IMPORT,
        context={"project_id": desk.project.pk},
        back_url=back,
        project=desk.project,
        crumbs=((desk.project.name, project_page), ("竞争单元和中选结果", back)),
    )


@requires(Permission.MANAGE)
@require_POST
def result_clear(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_for(request, code)
    return carry_out(
        request,
        lambda: clear_results(
            project=desk.project,
            by=request.actor,
            seen=request.POST.get(seen_sets.FIELD, ""),
        ),
        lambda number: f"已清空 {number} 条中选结果。",
        reverse("volumes:unit_list", args=[code]),
    )


@requires(Permission.MANAGE)
@require_POST
def result_remove(request: SignedInRequest, code: str) -> HttpResponse:
    """Winning results that are ticked in the list; not while agreed volumes are published."""
    desk = desk_for(request, code)
    products = selected(request, queryset=winners_of(desk.project), filterset_class=WinnerFilter)
    return carry_out(
        request,
        lambda: remove_results(project=desk.project, products=products, by=request.actor),
        lambda number: f"已删除 {number:,} 条中选结果。",
        reverse("projects:winner_list", args=[code]),
    )
