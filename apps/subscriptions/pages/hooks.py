"""事件推送: one's own webhooks, their secrets and what was sent to them."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.subscriptions.domain.acts import (
    SubscriptionRefused,
    create_hook,
    end_hook,
    own_hooks,
    resend,
    rotate_secret,
    switch_hook,
)
from apps.subscriptions.domain.filters import DeliveryFilter, HookFilter
from apps.subscriptions.models import Delivery, Subscription
from apps.subscriptions.pages.forms import HookForm
from apps.subscriptions.pages.tables import DeliveryTable, HookTable, hook_pill
from apps.ui.lists import render_list
from apps.ui.pages.drafts import take

LIST, DETAIL = "subscriptions:hook_list", "subscriptions:hook_detail"


@requires(Permission.QUERY)
@require_GET
def hook_list(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    return render_list(
        request,
        "subscriptions/hook_list.html",
        table_class=HookTable,
        filterset_class=HookFilter,
        queryset=own_hooks(user),
    )


@requires(Permission.QUERY)
@never_cache
def hook_create(request: SignedInRequest) -> HttpResponse:
    """The secret is shown in this one answer."""
    form = HookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hook, secret = create_hook(by=request.actor, **form.cleaned_data)
        except SubscriptionRefused as refusal:
            form.add_error(forms.ALL_FIELDS, str(refusal))
        else:
            take(request)
            return _secret(request, hook, secret)
    return render(request, "subscriptions/hook_form.html", {"form": form})


@requires(Permission.QUERY)
@require_GET
def hook_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    hook = _own(request, pk)
    rows = Delivery.objects.filter(subscription=hook).select_related("event").latest_first()
    return render_list(
        request,
        "subscriptions/hook_detail.html",
        table_class=DeliveryTable,
        filterset_class=DeliveryFilter,
        queryset=rows,
        context={"hook": hook, "state": hook_pill(hook)},
    )


@requires(Permission.QUERY)
@require_POST
def hook_switch(request: SignedInRequest, pk: int, *, is_on: bool) -> HttpResponse:
    hook = switch_hook(by=request.actor, hook_id=_own(request, pk).pk, is_on=is_on)
    said = "已恢复" if hook.is_on else "已暂停，暂停期间的事件以后也不补发"
    messages.success(request, f"推送“{hook.name}”{said}。")
    return redirect(DETAIL, pk=pk)


@requires(Permission.QUERY)
@require_POST
@never_cache
def hook_rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    """The new secret is shown in this one answer."""
    hook, secret = rotate_secret(by=request.actor, hook_id=_own(request, pk).pk)
    return _secret(request, hook, secret)


@requires(Permission.QUERY)
@require_POST
def hook_end(request: SignedInRequest, pk: int) -> HttpResponse:
    hook = _own(request, pk)
    end_hook(by=request.actor, hook_id=hook.pk)
    messages.success(request, f"推送“{hook.name}”已终止，不再发送任何事件。")
    return redirect(LIST)


@requires(Permission.QUERY)
@require_POST
def hook_resend(request: SignedInRequest, pk: int, delivery: uuid.UUID) -> HttpResponse:
    rows = Delivery.objects.filter(subscription=_own(request, pk))
    get_object_or_404(rows, pk=delivery)
    again = resend(by=request.actor, hook_id=pk, delivery_id=delivery)
    messages.success(
        request, "将在几秒内以同一编号重新发送。" if again else "这条推送正在等待发送。"
    )
    return redirect(DETAIL, pk=pk)


def _own(request: SignedInRequest, pk: int) -> Subscription:
    user: Any = request.user
    found: Subscription = get_object_or_404(own_hooks(user), pk=pk)
    return found


def _secret(request: SignedInRequest, hook: Subscription, secret: str) -> HttpResponse:
    return render(request, "subscriptions/hook_secret.html", {"hook": hook, "secret": secret})
