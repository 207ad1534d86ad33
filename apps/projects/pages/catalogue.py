"""Catalogue and winning results: lists, import, export."""

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.projects.domain.catalogue.acts import remove_items
from apps.projects.domain.filters import CatalogItemFilter
from apps.projects.files.workbooks import CATALOGUE_EXPORT, CATALOGUE_IMPORT
from apps.projects.models import CatalogItem, Project, ProjectKind, WinningProduct
from apps.projects.pages.lookups import may_change_items, may_correct, project_or_404
from apps.projects.pages.participants import crumbs
from apps.projects.pages.refusing import carry_out
from apps.projects.pages.tables import CatalogItemTable
from apps.ui.lists import render_list, selected


@requires(Permission.QUERY)
def item_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    may_change = may_change_items(request, project)
    return render_list(
        request,
        "projects/item_list.html",
        table_class=CatalogItemTable,
        filterset_class=CatalogItemFilter,
        queryset=_items(project),
        table_kwargs={
            "exclude": [
                *(() if may_change else ("select",)),
                *(() if may_correct(request, project) else ("correct",)),
            ]
        },
        context={
            "project": project,
            "may_change": may_change,
            "may_add": may_correct(request, project) and project.kind != ProjectKind.ALLOCATION,
        },
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


@requires(Permission.MANAGE, Permission.IMPORT)
def catalogue_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    back = reverse("projects:item_list", args=[code])
    return run_import_page(
        request,
        CATALOGUE_IMPORT,
        context={"project_id": project.pk},
        back_url=back,
        project=project,
        crumbs=(*crumbs(project), ("目录", back)),
    )


@requires(Permission.EXPORT)
def catalogue_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    return export_response(request, CATALOGUE_EXPORT, context={"project_id": project.pk})


def _items(project: Project) -> QuerySet[CatalogItem]:
    items: QuerySet[CatalogItem] = CatalogItem.objects.filter(project=project)
    won = WinningProduct.objects.filter(item=OuterRef("pk"))
    return items.annotate(is_selected=Exists(won)).order_by("position", "item_code")
