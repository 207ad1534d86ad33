"""中选企业协议量明细 (S0-29..33): every tier its own subtree; enterprises their own products."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.domain.appeals import products_without_agreement
from apps.allocation.domain.overview_filters import AgreementFilter, EnterpriseAgreementFilter
from apps.allocation.domain.reads import agreements_for, amount_of, spread_of
from apps.allocation.files.papers import AGREEMENT_PAPER, paper_refusal
from apps.allocation.files.workbooks import AGREEMENT_EXPORT, HIS_EXPORT
from apps.allocation.pages.allocation_page import AllocationPage
from apps.allocation.pages.answering import remember
from apps.allocation.pages.overview_tables import AgreementTable, ProvinceTotalTable
from apps.exchange.pages.exports import export_response, paper_response
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.lookups import project_or_404
from apps.review.domain.appeals.matters import may_appeal
from apps.ui.lists import build_table, is_filtered, matching

READERS = (*ORGANIZATION_ROLES, Role.MANUFACTURER)
SIGNERS = (Role.ALLIANCE, Role.PROVINCE, Role.MANUFACTURER)


@requires(Permission.QUERY, roles=READERS)
def agreement_list(request: SignedInRequest, code: str) -> HttpResponse:
    if (elsewhere := request.GET.get("project", code)) != code:
        return redirect("allocation:agreement_list", code=project_or_404(elsewhere).code)
    project = project_or_404(code)
    remember(request, code)
    filterset, table_class = _listing(request, project)
    rows = matching(filterset)
    appeals = bool(request.user.enterprise_id) and may_appeal(project, request.actor)
    hidden = () if appeals else ("actions",)
    table = build_table(
        request, table_class, rows, filtered=is_filtered(filterset), project=project, exclude=hidden
    )
    shown = {
        "project": project,
        "projects": _others(project),
        "filter": filterset,
        "table": table,
        "spread": spread_of(rows),
        "amount": amount_of(rows),
        "by_province": table_class is ProvinceTotalTable,
        "may_appeal": appeals,
        "without": products_without_agreement(project, request.actor) if appeals else (),
        "may_export": _may_export(request),
        "may_sign": _may_export(request) and request.user.role in SIGNERS,
        "is_institution": request.user.role == Role.INSTITUTION,
        "query": request.GET.urlencode(),
    }
    return render(request, "allocation/agreement_list.html", shown)


@requires(Permission.QUERY, roles=READERS)
def agreement_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    if not _may_export(request):
        raise PermissionDenied
    project = project_or_404(code)
    context = {
        "project_id": project.pk,
        "place": request.user.path,
        "enterprise": bool(request.user.enterprise_id),
        "query": request.GET.urlencode(),
    }
    return export_response(request, AGREEMENT_EXPORT, context=context)


@requires(Permission.QUERY, roles=SIGNERS)
@require_GET
def agreement_paper(request: SignedInRequest, code: str) -> HttpResponseBase:
    """协议量签章件 by enterprise, as the list is filtered; `?by=province` the provinces' sums."""
    if not _may_export(request):
        raise PermissionDenied
    query = request.GET.copy()
    by_province = query.pop("by", [""])[-1] == "province"
    context = {
        "project_id": project_or_404(code).pk,
        "place": request.user.path,
        "enterprise": bool(request.user.enterprise_id),
        "by_province": by_province,
        "query": query.urlencode(),
    }
    if refusal := paper_refusal(context):
        messages.warning(request, refusal)
        return redirect("allocation:agreement_list", code=code)
    return paper_response(request, AGREEMENT_PAPER, context=context)


@requires(Permission.EXPORT, roles=(Role.INSTITUTION,))
def agreement_his(request: SignedInRequest, code: str) -> HttpResponseBase:
    """导出（HIS）: what the institution itself agreed to take, for its own information system."""
    office = AllocationPage.of(request.actor, code)
    if not office.is_reported:
        messages.warning(request, "本机构还没有上报，没有可以导出的协议量；上报之后再导出。")
        return redirect("allocation:agreement_list", code=code)
    context = {"project_id": office.project.pk, "filing_id": office.filing.pk}
    return export_response(request, HIS_EXPORT, context=context)


def _listing(request: SignedInRequest, project: Project) -> tuple[Any, type[AgreementTable]]:
    rows, by_province = agreements_for(request.user, project)
    if request.user.organization_id:
        return AgreementFilter(request.GET or None, queryset=rows, request=request), AgreementTable
    filterset = EnterpriseAgreementFilter(request.GET or None, queryset=rows, request=request)
    return filterset, ProvinceTotalTable if by_province else AgreementTable


def _others(project: Project) -> list[tuple[str, str]]:
    """The projects to choose from (S0-31), this one first."""
    rows = Project.objects.of_kind(ProjectKind.ALLOCATION).filter(published_at__isnull=False)
    others = rows.exclude(pk=project.pk).recent_first().values_list("code", "name")[:50]
    return [(project.code, project.name), *others]


def _may_export(request: SignedInRequest) -> bool:
    """Enterprises hold no right of export; their own agreements are theirs to take along."""
    return bool(request.user.enterprise_id) or request.user.has(Permission.EXPORT)
