"""配送覆盖: where products are delivered and where not yet; and who delivers to an institution."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.relations.coverage_survey import Survey, deliverers_of, own_agreements
from apps.distribution.domain.relations.filters import ProductFilter
from apps.distribution.files.relation_workbooks import COVERAGE_EXPORT
from apps.distribution.pages.relations.coverage_table import CoverageTable, DelivererTable
from apps.distribution.pages.relations.coverage_tiles import tiles_of
from apps.distribution.pages.relations.views import BUREAUS, may_export
from apps.exchange.pages.exports import export_response
from apps.scope.paths import ROOT
from apps.ui.lists import build_table, is_filtered, matching
from apps.ui.numbers import number_of
from apps.ui.pages.replicas import reads_replica

SURVEYORS = (Role.MANUFACTURER, *BUREAUS)


@requires(Permission.QUERY, roles=SURVEYORS)
@require_GET
@reads_replica
def coverage_list(request: SignedInRequest) -> HttpResponse:
    survey = Survey(request.user)
    is_maker = request.user.role == Role.MANUFACTURER
    filterset = ProductFilter(request.GET or None, queryset=survey.products(), request=request)
    table = build_table(
        request,
        CoverageTable,
        matching(filterset).order_by("-project_id", "item__position", "pk"),
        filtered=is_filtered(filterset),
        exclude=("enterprise",) if is_maker else ("actions",) if survey.top != ROOT else (),
    )
    rows = table.page_rows()
    table.covers = survey.covers(rows)
    chosen = _chosen(request, rows, survey)
    shown = {
        "table": table,
        "filter": filterset,
        "tiles": tiles_of(survey, chosen, table.covers) if survey.top == ROOT else None,
        "product": chosen,
        "cover": table.covers.get(chosen.pk) if chosen else None,
        "may_export": may_export(request.user),
        "query": request.GET.urlencode(),
    }
    return render(request, "distribution/coverage_list.html", shown)


def _chosen(request: SignedInRequest, rows: list[Any], survey: Survey) -> Any:
    """The product whose gaps are shown: the one asked for if it is on the page."""
    wanted = number_of(request.GET.get("of", "")[:18])
    return next((row for row in rows if row.pk == wanted), None)


@requires(Permission.QUERY, roles=SURVEYORS)
@require_GET
@reads_replica
def coverage_export(request: SignedInRequest) -> HttpResponseBase:
    if not may_export(request.user):
        raise PermissionDenied
    context = {"user_id": request.user.pk, "query": request.GET.urlencode()}
    return export_response(request, COVERAGE_EXPORT, context=context)


@requires(Permission.QUERY, roles=(Role.INSTITUTION,))
@require_GET
def deliverer_list(request: SignedInRequest) -> HttpResponse:
    """Of each product that the institution agreed to take, who delivers it."""
    table = build_table(request, DelivererTable, own_agreements(request.user))
    table.deliverers = deliverers_of(request.user, table.page_rows())
    return render(request, "distribution/deliverer_list.html", {"table": table})
