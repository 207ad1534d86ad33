"""Winning results of a project: the list, the paper to sign, removing."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import paper_response
from apps.projects.domain.catalogue.acts import remove_winners
from apps.projects.domain.filters import WinnerFilter
from apps.projects.domain.presentation import may_remove_winners
from apps.projects.files.papers import SIGNERS, WINNER_PAPER, may_sign_winners, winners_at
from apps.projects.models import Project, ProjectKind, WinningProduct
from apps.projects.pages.lookups import may_change_items, may_correct, project_or_404
from apps.projects.pages.refusing import carry_out
from apps.projects.pages.winner_tables import SeasonWinnerTable, WinnerTable
from apps.ui.lists import render_list, selected


@requires(Permission.QUERY)
def winner_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Of a published demand project they are a season's: agreed volumes, not the publication, fix them."""
    project = project_or_404(code)
    is_season = project.kind == ProjectKind.DEMAND and project.is_frozen
    may_change = (
        request.user.has(Permission.MANAGE) if is_season else may_change_items(request, project)
    )
    may_remove = may_remove_winners(project, request.user)
    return render_list(
        request,
        "projects/winner_list.html",
        table_class=SeasonWinnerTable if project.kind == ProjectKind.DEMAND else WinnerTable,
        filterset_class=WinnerFilter,
        queryset=winners_of(project),
        table_kwargs={
            "exclude": [
                *(() if may_remove else ("select",)),
                *(() if may_correct(request, project) and not is_season else ("correct",)),
            ]
        },
        context={
            "project": project,
            "may_change": may_change,
            "may_remove": may_remove,
            "may_sign": may_sign_winners(request.user),
            "is_season": is_season,
        },
    )


@requires(Permission.EXPORT, roles=SIGNERS)
@require_GET
def winner_paper(request: SignedInRequest, code: str) -> HttpResponseBase:
    """中选结果签章件: all winners for the alliance, for a province those that supply it."""
    context = {"project_id": project_or_404(code).pk, "place": request.user.path}
    if not winners_at(context).exists():
        messages.warning(request, "还没有中选结果，没有可以签章的内容。")
        return redirect("projects:winner_list", code=code)
    return paper_response(request, WINNER_PAPER, context=context)


@requires(Permission.MANAGE)
@require_POST
def winner_remove(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    products = selected(request, queryset=winners_of(project), filterset_class=WinnerFilter)
    return carry_out(
        request,
        lambda: remove_winners(project=project, products=products, by=request.actor),
        "已删除 {:,} 个中选产品。",
        reverse("projects:winner_list", args=[code]),
    )


def winners_of(project: Project) -> QuerySet[WinningProduct]:
    """The winning results as the list shows them."""
    products = WinningProduct.objects.filter(project=project).with_terms().with_supplies()
    ordered: QuerySet[WinningProduct] = products.select_related("item", "enterprise").order_by(
        "item__position", "item__item_code", "rank", "pk"
    )
    return ordered
