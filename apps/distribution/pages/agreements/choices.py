"""配送企业选择: an institution's agreed products, whom it prefers, and 生成协议."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.agreements.choices import choose_distributors
from apps.distribution.domain.agreements.drawing import draw_agreements
from apps.distribution.domain.agreements.listing import (
    agreed_products,
    counted,
    projects_of,
    standings,
    to_draw,
)
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.pages.agreements.forms import choices_in, seen_in
from apps.distribution.pages.agreements.tables import ChoiceTable
from apps.projects.models import Project
from apps.projects.pages.lookups import project_or_404
from apps.ui.lists import build_table
from apps.ui.pages import seen_sets

INSTITUTION = (Role.INSTITUTION,)
LIST = "distribution:choice_list"


@requires(Permission.QUERY, roles=INSTITUTION)
def choice_list(request: SignedInRequest) -> HttpResponseBase:
    """GET shows one project's products, POST saves the choices of the page."""
    projects = list(projects_of(request.user)[:50])
    wanted = request.GET.get("project", "")
    project = project_or_404(wanted) if wanted else next(iter(projects), None)
    if request.method == "POST" and project is not None:
        return _save(request, project)
    shown: dict[str, Any] = {"projects": projects, "project": project, "table": None}
    if project is not None:
        shown |= _listing(request, project)
    return render(request, "distribution/choice_list.html", shown)


def _listing(request: SignedInRequest, project: Project) -> dict[str, Any]:
    rows = agreed_products(request.user, project)
    table = build_table(request, ChoiceTable, rows, project=project)
    table.standings = standings(request.user.path, list(rows))
    return {
        "table": table,
        "counts": counted(table.standings.values()),
        "to_draw": to_draw(table.standings.values()),
        "may_choose": request.user.has(Permission.MAINTAIN),
        "query": request.GET.urlencode(),
    }


@requires(Permission.MAINTAIN, roles=INSTITUTION)
def _save(request: SignedInRequest, project: Project) -> HttpResponse:
    try:
        given, taken = choose_distributors(
            by=request.actor,
            project=project,
            chosen=choices_in(request.POST),
            seen=seen_in(request.POST),
        )
    except AgreementRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = f"已保存：选择 {given} 个产品的配送企业" + (f"，取消 {taken} 个" if taken else "")
        messages.success(request, f"{said}。")
    return redirect(request.get_full_path())


@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def agreement_draw(request: SignedInRequest) -> HttpResponse:
    """生成协议: one for each manufacturer and distributor."""
    project = project_or_404(request.POST.get("project", ""))
    back = f"{reverse(LIST)}?{urlencode({'project': project.code})}"
    try:
        seen = request.POST.get(seen_sets.FIELD, "")
        drawn = draw_agreements(by=request.actor, project=project, seen=seen)
    except AgreementRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    products = sum(agreement.products for agreement in drawn)
    messages.success(
        request,
        f"已生成 {len(drawn)} 份三方协议，共 {products} 个产品。请下载、签字盖章后上传签署件。",
    )
    return redirect(
        f"{reverse('distribution:agreement_list')}?{urlencode({'project': project.pk})}"
    )
