"""配送企业选择: an institution's agreed products, whom it prefers, and 生成协议."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.models import SupplyTotal
from apps.distribution.domain.agreements.choice_filter import (
    ChoiceQuery,
    State,
    given_to,
    offers,
    open_products,
    stamp_of,
)
from apps.distribution.domain.agreements.choices import choose_distributors
from apps.distribution.domain.agreements.drawing import draw_agreements
from apps.distribution.domain.agreements.filters import ALL, ENTERPRISE
from apps.distribution.domain.agreements.listing import (
    Standing,
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
from apps.ui.numbers import number_of
from apps.ui.pages import seen_sets

INSTITUTION = (Role.INSTITUTION,)
LIST = "distribution:choice_list"


def _search(label: str, hint: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search", "placeholder": hint})
    return forms.CharField(label=label, max_length=60, required=False, widget=widget)


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


class ChoiceFilter(forms.Form):
    """The query bar of choices."""

    product = _search("产品", "品种 / 首字母 / 编号")
    maker = _search("生产企业", ENTERPRISE)
    carrier = _search("可选配送企业", ENTERPRISE)
    state = forms.ChoiceField(label="状态", choices=[("", ALL), *State.choices], required=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """The products that the query bar leaves, with where each stands."""

    form: ChoiceFilter
    totals: list[SupplyTotal]
    standings: dict[int, Standing]

    @property
    def open_products(self) -> list[int]:
        return open_products(self.totals, self.standings)


def _listed(request: SignedInRequest, project: Project) -> Listed:
    agreed = list(agreed_products(request.user, project))
    found = standings(request.user.path, agreed)
    form = ChoiceFilter(request.GET)
    asked = ChoiceQuery(**form.cleaned_data) if form.is_valid() else ChoiceQuery()
    totals = [total for total in agreed if asked.matches(total, found[total.product_id])]
    return Listed(form, totals, found)


def _listing(request: SignedInRequest, project: Project) -> dict[str, Any]:
    listed = _listed(request, project)
    narrowed = any(request.GET.get(name) for name in ChoiceFilter.base_fields)
    table = build_table(request, ChoiceTable, listed.totals, filtered=narrowed, project=project)
    table.standings = listed.standings
    products = listed.open_products
    return {
        "table": table,
        "form": listed.form,
        "counts": counted(listed.standings.values()),
        "to_draw": to_draw(listed.standings.values()),
        "offers": offers(products, listed.standings),
        "open_count": len(products),
        "open_stamp": stamp_of(products),
        "may_choose": request.user.has(Permission.MAINTAIN),
        "query": request.GET.urlencode(),
        "back": f"{reverse(LIST)}?{urlencode({'project': project.code})}",
    }


@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def choice_give(request: SignedInRequest) -> HttpResponse:
    """全部给一家: every open product of the query bar that one distributor delivers."""
    project = project_or_404(request.GET.get("project", ""))
    here = f"{reverse(LIST)}?{request.GET.urlencode()}"
    listed = _listed(request, project)
    products = listed.open_products
    seen_sets.require_same(request.POST.get(seen_sets.FIELD, ""), stamp_of(products))
    distributor = number_of(request.POST.get("distributor", "")) or 0
    chosen = given_to(distributor, products, listed.standings, keep="keep" in request.POST)
    if not chosen:
        messages.warning(request, "所选的产品都已选好，或不能由这家企业配送，没有改动。")
        return redirect(here)
    return _saved(request, project, chosen, here)


@requires(Permission.MAINTAIN, roles=INSTITUTION)
def _save(request: SignedInRequest, project: Project) -> HttpResponse:
    chosen, here = choices_in(request.POST), request.get_full_path()
    return _saved(request, project, chosen, here, seen=seen_in(request.POST))


def _saved(
    request: SignedInRequest,
    project: Project,
    chosen: dict[int, int | None],
    here: str,
    seen: dict[int, int | None] | None = None,
) -> HttpResponse:
    try:
        given, taken = choose_distributors(
            by=request.actor, project=project, chosen=chosen, seen=seen
        )
    except AgreementRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = f"已保存：选择 {given} 个产品的配送企业" + (f"，取消 {taken} 个" if taken else "")
        messages.success(request, f"{said}。")
    return redirect(here)


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
