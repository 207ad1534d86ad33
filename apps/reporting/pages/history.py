"""历史报量查询: the results of past batches, one batch at a time (S2-41)."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.projects.models import Phase
from apps.reporting.domain.results import filtered
from apps.reporting.domain.sheet.filling import KINDS
from apps.reporting.files.workbooks import RESULT_EXPORT
from apps.reporting.pages.answering import INSTITUTION
from apps.reporting.pages.tables import ResultTable
from apps.review.models import Filing
from apps.ui.lists import build_table

PAST = (Phase.CLOSED, Phase.CONCLUDED)


@requires(Permission.QUERY, roles=INSTITUTION)
def history_list(request: SignedInRequest) -> HttpResponse:
    batches = _batches(request)
    filing = _chosen(request, batches)
    shown: dict[str, Any] = {
        "batches": batches,
        "filing": filing,
        "may_export": request.user.has(Permission.EXPORT),
    }
    if filing is not None:
        params = request.GET.copy()
        params.pop("batch", None)
        form, rows = filtered(filing.project, filing, params)
        shown |= {
            "form": form,
            "table": build_table(
                request,
                ResultTable,
                rows,
                filtered=bool(params),
                years=filing.project.baseline_years,
                exclude=("select", "actions"),
            ),
            "query": request.GET.urlencode(),
            "rows": len(rows),
        }
    return render(request, "reporting/history_list.html", shown)


@requires(Permission.EXPORT, roles=INSTITUTION)
def history_export(request: SignedInRequest) -> HttpResponseBase:
    filing = _chosen(request, _batches(request))
    if filing is None:
        raise Http404
    params = request.GET.copy()
    params.pop("batch", None)
    context = {
        "project_id": filing.project.pk,
        "filing_id": filing.pk,
        "query": params.urlencode(),
    }
    return export_response(request, RESULT_EXPORT, context=context)


def _batches(request: SignedInRequest) -> list[Filing]:
    """The own filings of rounds that are over, the latest first; one statement."""
    rows = Filing.objects.filter(
        organization=request.user.organization, project__kind__in=KINDS, project__phase__in=PAST
    )
    return list(
        rows.select_related("project", "organization").order_by("-project__published_at", "-pk")[
            :200
        ]
    )


def _chosen(request: SignedInRequest, batches: list[Filing]) -> Filing | None:
    """The batch asked for, else the latest. Raises `Http404` for one that is not there."""
    wanted = request.GET.get("batch")
    if not wanted:
        return batches[0] if batches else None
    for filing in batches:
        if filing.project.code == wanted:
            return filing
    raise Http404
