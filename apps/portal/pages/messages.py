"""消息: what was sent to the reader's unit alone, each with the receipt of whoever opened it first (催报, 撤回申请)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.notices.messages import mark_all_read, open_message
from apps.notices.models import Message
from apps.portal.domain.addressing import AddressRefused, addressees_of, write_to
from apps.portal.domain.filters import MessageFilter
from apps.portal.pages.forms import AddressForm
from apps.portal.pages.tables import MessageTable
from apps.ui.lists import render_list
from apps.ui.pages import seen_sets

BUREAUS = tuple(role for role in ORGANIZATION_ROLES if role != Role.INSTITUTION)


@requires()
@require_GET
def message_list(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    mine = Message.objects.all().to_unit(user)
    return render_list(
        request,
        "notices/message_list.html",
        table_class=MessageTable,
        filterset_class=MessageFilter,
        queryset=mine.latest_first(),
        context={
            "unread": seen_sets.stamp_of(mine.unread()),
            "may_prefer": user.has(Permission.QUERY),
            "may_write": user.role in BUREAUS and user.has(Permission.REVIEW),
        },
    )


@requires()
@require_GET
def message_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Message.objects.all().to_unit(request.user)
    message = get_object_or_404(rows.select_related("read_by"), pk=pk)
    open_message(message, by=request.actor)
    return render(request, "notices/message_detail.html", {"message": message})


@requires(Permission.REVIEW, roles=BUREAUS)
def message_create(request: SignedInRequest) -> HttpResponse:
    """发消息 to units that are chosen by what they are to a round."""
    user: Any = request.user
    form = AddressForm(addressees_of(request.actor), user.path, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = write_to(by=request.actor, **form.cleaned_data)
        except AddressRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done.in_words)
            return redirect("notices:message_list")
    return render(request, "notices/message_create.html", {"form": form})


@requires()
@require_POST
def messages_read(request: SignedInRequest) -> HttpResponse:
    """全部标为已读: those that the page counted; what arrived since stays unread."""
    actor: Any = request.actor
    unread = Message.objects.all().to_unit(request.user).unread()
    shown = seen_sets.seen_rows(unread, request.POST.get(seen_sets.FIELD, ""))
    number = mark_all_read(by=actor, among=shown)
    messages.success(request, f"已将 {number:,} 条消息标为已读。")
    return redirect("notices:message_list")
