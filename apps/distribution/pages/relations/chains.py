"""下级配送: a distributor sets and withdraws those who deliver for it; its province looks on (S4-03)."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.relations.chains import end_link, set_link
from apps.distribution.domain.relations.declared import carriers_for
from apps.distribution.domain.relations.filters import top_of
from apps.distribution.domain.relations.refusals import ChainRefused
from apps.distribution.models import ChainLink, DistributorAccount
from apps.distribution.pages.relations.table import ChainTable
from apps.ui.lists import render_list

READERS = (Role.DISTRIBUTOR, Role.PROVINCE)
LIST = "distribution:chain_list"
LONGEST_SEARCH = 60


class ChainForm(forms.Form):
    """Whom to set; the service judges whether it may be."""

    lower = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    note = forms.CharField(
        label="说明", max_length=100, required=False, help_text="如负责的线路或品种，可不填。"
    )


@requires(Permission.QUERY, roles=READERS)
@require_GET
def chain_list(request: SignedInRequest) -> HttpResponse:
    user = request.user
    sets = user.role == Role.DISTRIBUTOR and user.has(Permission.DELIVERY)
    rows = ChainLink.objects.in_force()
    own = None
    if user.role == Role.DISTRIBUTOR:
        own = DistributorAccount.objects.filter(path=user.path).values_list("pk", flat=True).first()
        rows = rows.filter(Q(upper=own) | Q(lower=own))
    return render_list(
        request,
        "distribution/chain_list.html",
        table_class=ChainTable,
        queryset=rows.select_related(
            "upper__enterprise", "lower__enterprise", "lower__user"
        ).order_by("-pk"),
        context={"own": own, "sets": sets},
    )


@requires(Permission.DELIVERY, roles=(Role.DISTRIBUTOR,))
@require_GET
def chain_choose(request: SignedInRequest) -> HttpResponse:
    """Finding one among all the enabled distributors of the province; `chain_add` sets it."""
    query = request.GET.get("find", "")[:LONGEST_SEARCH]
    found = carriers_for(top_of(request.user), query=query)
    others = [
        carrier for carrier in found.carriers if carrier.enterprise_id != request.user.enterprise_id
    ]
    shown = {"query": query, "found": found, "carriers": others, "form": ChainForm()}
    return render(request, "distribution/chain_choose.html", shown)


@requires(Permission.DELIVERY, roles=(Role.DISTRIBUTOR,))
@require_POST
def chain_add(request: SignedInRequest) -> HttpResponse:
    form = ChainForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择本省启用的配送企业作为下级，说明最多 100 字。")
        return redirect(LIST)
    try:
        link = set_link(
            form.cleaned_data["lower"], by=request.actor, note=form.cleaned_data["note"]
        )
    except ChainRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已将“{link.lower}”设为下级配送企业。")
    return redirect(LIST)


@requires(Permission.DELIVERY, roles=(Role.DISTRIBUTOR,))
@require_POST
def chain_end(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        end_link(pk, by=request.actor)
    except ChainRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已撤销下级配送企业。")
    return redirect(LIST)
