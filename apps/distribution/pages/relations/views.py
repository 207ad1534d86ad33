"""配送关系: the list of each side, acts on one or many, one relation with its history (S4-02, S4-03)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.relations.acts import PARTIES, perform
from apps.distribution.domain.relations.choosing import MOST
from apps.distribution.domain.relations.dependents import bound_relations
from apps.distribution.domain.relations.filters import RelationFilter
from apps.distribution.domain.relations.listing import (
    Button,
    acts_for,
    done_sentence,
    fitting,
    hidden_columns,
    mover_of,
    rows_for,
    waiting_for,
)
from apps.distribution.domain.relations.machine import Situation, available
from apps.distribution.domain.relations.refusals import RelationRefused
from apps.distribution.files.relation_workbooks import RELATION_EXPORT
from apps.distribution.models import DeliveryRelation, RelationEvent
from apps.distribution.models.relation_statuses import ANSWERED, Action
from apps.distribution.pages.relations.table import RelationTable
from apps.exchange.pages.exports import export_response
from apps.ui.lists import render_list, selected
from apps.ui.numbers import number_of

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
PARTICIPANTS = (Role.MANUFACTURER, Role.DISTRIBUTOR)
READERS = (*PARTICIPANTS, *BUREAUS)
CONFLICT = 409


@requires(Permission.QUERY, roles=READERS)
@require_GET
def relation_list(request: SignedInRequest) -> HttpResponse:
    user = request.user
    return render_list(
        request,
        "distribution/relation_list.html",
        table_class=RelationTable,
        filterset_class=RelationFilter,
        queryset=rows_for(user),
        table_kwargs={"exclude": hidden_columns(user)},
        context={
            "acts": acts_for(user),
            "waiting": waiting_for(user),
            "chooses": user.role == Role.MANUFACTURER and user.has(Permission.DELIVERY),
            "may_export": may_export(user),
            "query": request.GET.urlencode(),
        },
    )


@requires(Permission.DELIVERY, roles=PARTICIPANTS)
@require_POST
def relation_act(request: SignedInRequest) -> HttpResponse:
    """One act on the ticked rows, or on all that match the filter."""
    back = f"{reverse('distribution:relation_list')}?{request.GET.urlencode()}"
    action = mover_of(request.user, request.POST.get("action", ""))
    if action is None:
        return redirect(back)
    rows = selected(request, queryset=rows_for(request.user), filterset_class=RelationFilter)
    chosen = list(fitting(rows, action).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not chosen:
        messages.warning(request, f"所选配送关系中没有可以{action.label}的，请先勾选。")
    elif len(chosen) > MOST:
        messages.error(request, f"一次最多{action.label} {MOST:,} 条，请先缩小查询范围。")
    else:
        _carry_out(request, chosen, action, left_out=rows.count() - len(chosen))
    return redirect(back)


def _carry_out(request: SignedInRequest, ids: list[int], action: Action, *, left_out: int) -> None:
    reason = request.POST.get(Button(action).reason_name, "")
    try:
        moved = perform(ids, action, by=request.actor, reason=reason)
    except RelationRefused as refusal:
        messages.error(request, str(refusal))
        return
    messages.success(request, done_sentence(action, moved))
    if left_out:
        messages.info(request, f"另有 {left_out:,} 条当前状态不能{action.label}，保持不变。")


@requires(Permission.QUERY, roles=READERS)
@require_GET
def relation_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _detail(request, _relation(request, pk))


@requires(Permission.DELIVERY, roles=PARTICIPANTS)
@require_POST
def relation_move(request: SignedInRequest, pk: int, action: str) -> HttpResponse:
    """One act on one relation, as the person saw it; a refusal leaves the reason typed where it is."""
    relation = _relation(request, pk)
    act = mover_of(request.user, action)
    here = redirect("distribution:relation_detail", pk=pk)
    if act is None:
        return here
    seen = number_of(request.POST.get("version", "")[:9])
    reason = request.POST.get("reason", "")
    try:
        moved = perform(
            [pk], act, by=request.actor, reason=reason, versions={pk: seen} if seen else None
        )
    except RelationRefused as refusal:
        return _detail(request, relation, refusal=str(refusal), typed=reason, status=CONFLICT)
    messages.success(request, done_sentence(act, moved))
    return here


@requires(Permission.QUERY, roles=READERS)
@require_GET
def relation_export(request: SignedInRequest) -> HttpResponseBase:
    if not may_export(request.user):
        raise PermissionDenied
    context = {"user_id": request.user.pk, "query": request.GET.urlencode()}
    return export_response(request, RELATION_EXPORT, context=context)


def may_export(user: Any) -> bool:
    """Enterprises hold no right of export; their own relations are theirs to take along."""
    return bool(user.enterprise_id) or user.has(Permission.EXPORT)


def _relation(request: SignedInRequest, pk: int) -> DeliveryRelation:
    found: DeliveryRelation = get_object_or_404(rows_for(request.user), pk=pk)
    return found


def _detail(
    request: SignedInRequest,
    relation: DeliveryRelation,
    *,
    refusal: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    party = PARTIES.get(request.user.role) if acts_for(request.user) else None
    user = relation.distributor.user
    asks = party == "distributor" and relation.state in ANSWERED
    situation = Situation(
        relation.state,
        is_usable=bool(user and user.is_active),
        is_bound=asks and bool(bound_relations([relation.pk])),
    )
    shown = {
        "relation": relation,
        "acts": [Button(action) for action in available(situation, party)] if party else [],
        "steps": RelationEvent.objects.filter(relation=relation).order_by("-at", "-pk"),
        "refusal": refusal,
        "typed": typed,
    }
    return render(request, "distribution/relation_detail.html", shown, status=status)
