"""下级配送: a distributor sets and withdraws those who deliver for it; its province looks on (S4-03)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.relations.chains import end_link, set_link
from apps.distribution.domain.relations.directory import carriers_of
from apps.distribution.domain.relations.filters import top_of
from apps.distribution.domain.relations.refusals import ChainRefused
from apps.distribution.models import ChainLink, DistributorAccount
from apps.distribution.pages.relations.table import ChainTable
from apps.ui.lists import render_list

READERS = (Role.DISTRIBUTOR, Role.PROVINCE)
LIST = "distribution:chain_list"


class ChainForm(forms.Form):
    """Whom to set; the service judges whether it may be."""

    lower = forms.TypedChoiceField(label="下级配送企业", coerce=int)
    note = forms.CharField(
        label="说明", max_length=100, required=False, help_text="如负责的线路或品种，可不填。"
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = carriers_of([top_of(user)])
        self.fields["lower"].choices = [  # type: ignore[attr-defined]
            ("", "请选择"),
            *(
                (c.pk, f"{c.name}（{c.username}）")
                for c in found
                if c.enterprise_id != user.enterprise_id
            ),
        ]


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
        context={"own": own, "form": ChainForm(user=user) if sets else None},
    )


@requires(Permission.DELIVERY, roles=(Role.DISTRIBUTOR,))
@require_POST
def chain_add(request: SignedInRequest) -> HttpResponse:
    form = ChainForm(request.POST, user=request.user)
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
