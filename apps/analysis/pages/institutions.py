"""The institutions that make a figure, and their export."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.analysis.domain.asking import AskedView
from apps.analysis.domain.figures import Figures
from apps.analysis.domain.leaves import goods_of, leaves
from apps.analysis.domain.view import AddressRefused, View
from apps.analysis.files.leaves import LEAF_EXPORT
from apps.analysis.navigation import BUREAUS
from apps.analysis.pages.page import way_here
from apps.analysis.pages.pivot import demand_desk, exported
from apps.analysis.pages.tables import LeafTable
from apps.review.models import Filing
from apps.review.pages.outside import explains_chain
from apps.ui.lists import build_table
from apps.ui.pages.replicas import reads_replica


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def institution_list(request: SignedInRequest, code: str) -> HttpResponse:
    desk = demand_desk(request, code)
    first, refusal = View.first(desk.own), ""
    try:
        view = View.read(request.GET, first=first)
    except AddressRefused as refused:
        view, refusal = View.salvaged(request.GET, first=first), str(refused)
    goods = goods_of(desk.project, view)
    rows = Filing.objects.none() if refusal else leaves(desk.own, view, goods)
    rows = rows.select_related("organization__parent").order_by("path")
    figures = Figures.of(desk.project)
    table = build_table(request, LeafTable, rows, code=code, goods=goods, figures=figures)
    way, names = way_here(AskedView(desk.project, desk.own, view))
    chosen = [(d.label, [names[d][key] for key in keys]) for d, keys in view.filters.items()]
    shown = {
        "project": desk.project,
        "own": desk.own,
        "table": table,
        "way": way,
        "chosen": chosen,
        "refusal": refusal,
        "query": request.GET.urlencode(),
        "has_gaps": len(goods.units) > 1,
        "may_export": request.user.has(Permission.EXPORT),
    }
    return render(request, "analysis/institution_list.html", shown)


@requires(Permission.QUERY, Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def institution_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    return exported(request, code, LEAF_EXPORT, "analysis:institution_list")
