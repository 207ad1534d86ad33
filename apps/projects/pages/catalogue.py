"""Catalogue and winning results: lists, import, export."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response, paper_response
from apps.exchange.pages.import_page import run_import_page
from apps.projects.domain.catalogue.acts import remove_items, remove_winners
from apps.projects.domain.filters import CatalogItemFilter, WinnerFilter
from apps.projects.domain.presentation import may_remove_winners
from apps.projects.files.papers import SIGNERS, WINNER_PAPER, may_sign_winners, winners_at
from apps.projects.files.workbooks import CATALOGUE_EXPORT, CATALOGUE_IMPORT
from apps.projects.models import CatalogItem, Project, ProjectKind, WinningProduct
from apps.projects.pages.lookups import project_or_404
from apps.projects.pages.participants import crumbs
from apps.projects.pages.refusing import carry_out
from apps.projects.pages.tables import CatalogItemTable, SeasonWinnerTable, WinnerTable
from apps.ui.lists import render_list, selected


@requires(Permission.QUERY)
def item_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    may_change = _may_change(request, project)
    return render_list(
        request,
        "projects/item_list.html",
        table_class=CatalogItemTable,
        filterset_class=CatalogItemFilter,
        queryset=_items(project),
        table_kwargs={"exclude": () if may_change else ("select",)},
        context={"project": project, "may_change": may_change},
    )


@requires(Permission.MANAGE)
@require_POST
def item_remove(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    items = selected(request, queryset=_items(project), filterset_class=CatalogItemFilter)
    return carry_out(
        request,
        lambda: remove_items(project=project, items=items, by=request.actor),
        "已从目录中删除 {:,} 个品规。",
        reverse("projects:item_list", args=[code]),
    )


@requires(Permission.QUERY)
def winner_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Of a published demand project they are a season's: agreed volumes, not the publication, fix them."""
    project = project_or_404(code)
    is_season = project.kind == ProjectKind.DEMAND and project.is_frozen
    may_change = request.user.has(Permission.MANAGE) if is_season else _may_change(request, project)
    may_remove = may_remove_winners(project, request.user)
    return render_list(
        request,
        "projects/winner_list.html",
        table_class=SeasonWinnerTable if project.kind == ProjectKind.DEMAND else WinnerTable,
        filterset_class=WinnerFilter,
        queryset=winners_of(project),
        table_kwargs={"exclude": () if may_remove else ("select",)},
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


@requires(Permission.MANAGE, Permission.IMPORT)
def catalogue_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    back = reverse("projects:item_list", args=[code])
    return run_import_page(
        request,
        CATALOGUE_IMPORT,
        context={"project_id": project.pk},
        back_url=back,
        crumbs=(*crumbs(project), ("目录", back)),
    )


@requires(Permission.EXPORT)
def catalogue_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    return export_response(request, CATALOGUE_EXPORT, context={"project_id": project.pk})


def _may_change(request: SignedInRequest, project: Project) -> bool:
    return request.user.has(Permission.MANAGE) and not project.is_frozen


def _items(project: Project) -> QuerySet[CatalogItem]:
    items: QuerySet[CatalogItem] = CatalogItem.objects.filter(project=project)
    won = WinningProduct.objects.filter(item=OuterRef("pk"))
    return items.annotate(is_selected=Exists(won)).order_by("position", "item_code")


def winners_of(project: Project) -> QuerySet[WinningProduct]:
    """The winning results as the list shows them."""
    products = WinningProduct.objects.filter(project=project).with_terms().with_supplies()
    ordered: QuerySet[WinningProduct] = products.select_related("item", "enterprise").order_by(
        "item__position", "item__item_code", "rank", "pk"
    )
    return ordered
