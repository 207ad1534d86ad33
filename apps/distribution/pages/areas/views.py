"""配送区域: a distributor maintains its own, its province looks at them (S4-04, S4-12, S4-43)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.areas.acts import save_areas
from apps.distribution.domain.areas.names import places_of
from apps.distribution.domain.distributors.filters import AreaFilter
from apps.distribution.domain.reads import distributors_of
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.models import DistributorAccount
from apps.distribution.pages.areas.page import AreaForm, chosen_codes, own_accounts, places_shown
from apps.ui.lists import render_list
from apps.ui.pages.versions import seen_of
from apps.ui.tables import CellColumn, Column, LinksColumn, ListTable


class AreaTable(ListTable):
    """One row per issued distributor of the province."""

    rows_per_page = 10
    caption = "配送企业的配送区域"
    empty_title = "还没有已发放的配送企业"
    empty_hint = "在“配送企业管理”中添加并发放账号后，企业自行维护配送区域。"

    name = Column(
        verbose_name="配送企业名称",
        accessor="enterprise__name",
        order_by=("enterprise__sort_key",),
    )
    username = Column(verbose_name="配送企业用户名", accessor="user__username")
    areas = CellColumn(
        "distribution/_areas.html", verbose_name="配送区域", accessor="pk",
        attrs={"td": {"class": "wrap"}},
    )  # fmt: skip
    count = Column(verbose_name="区域数", accessor="area_count", attrs={"td": {"class": "num end"}})
    actions = LinksColumn(("查看", "distribution:distributor_detail"))


READERS = (Role.PROVINCE, Role.DISTRIBUTOR)


@requires(Permission.QUERY, roles=READERS)
def area_list(request: SignedInRequest) -> HttpResponseBase:
    user: Any = request.user
    if user.role == Role.DISTRIBUTOR:
        return _own_areas(request)
    return render_list(
        request,
        "distribution/area_list.html",
        table_class=AreaTable,
        filterset_class=AreaFilter,
        queryset=distributors_of(user).issued(),  # type: ignore[attr-defined]
    )


@requires(Permission.AREA)
def _own_areas(request: SignedInRequest) -> HttpResponse:
    """The tree of the province that issued the account."""
    user: Any = request.user
    account = _named(own_accounts(user), request.GET.get("account", ""))
    places = places_of(account.province)
    form = AreaForm(
        request.POST if request.method == "POST" else None, account=account, places=places
    )
    if request.method == "POST" and form.is_valid():
        try:
            count = save_areas(
                by=request.actor,
                account_id=account.pk,
                codes=chosen_codes(request.POST, places),
                seen=seen_of(form, again=lambda row: [AreaForm(None, account=row, places=places)]),
            )
        except DistributorRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"配送区域已保存，共 {count} 个。")
        return redirect(f"{reverse('distribution:area_list')}?{urlencode({'account': account.pk})}")
    chosen = chosen_codes(request.POST, places) if form.is_bound else form.saved
    shown = {
        "account": account,
        "form": form,
        "places": places_shown(places, chosen),
        "count": len(chosen),
    }
    return render(request, "distribution/area_edit.html", shown)


def _named(accounts: list[DistributorAccount], wanted: str) -> DistributorAccount:
    """The account of the address, by default the first one. Raises `Http404`."""
    named = [account for account in accounts if not wanted or str(account.pk) == wanted]
    if not named:
        raise Http404
    return named[0]
