"""通知 as its publishers meet it: writing, publishing, withdrawing, who has read it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.notices.models import Notice, NoticeKind
from apps.notices.services import NoticeRefused, create_notice, edit_notice, withdraw_notice
from apps.portal.domain.filters import ReceiptFilter, WrittenNoticeFilter
from apps.portal.domain.notice_reach import addressed_units, reach_below, read_numbers
from apps.portal.pages.forms import NoticeForm
from apps.portal.pages.tables import ReceiptTable, WrittenNoticeTable
from apps.ui.lists import render_list
from apps.ui.pages.versions import seen_of


@requires(Permission.REVIEW)
@require_GET
def notice_written(request: SignedInRequest) -> HttpResponse:
    return render_list(
        request,
        "notices/notice_written.html",
        table_class=WrittenNoticeTable,
        filterset_class=WrittenNoticeFilter,
        queryset=_own(request)
        .annotate(readers=Count("receipts__path", distinct=True))
        .recent_first(),
    )


def _own(request: SignedInRequest) -> Any:
    user: Any = request.user
    return Notice.objects.all().of_publisher(user.path)


@requires(Permission.REVIEW)
def notice_create(request: SignedInRequest) -> HttpResponse:
    form = _form(request, initial={"kind": request.GET.get("kind", NoticeKind.NOTICE)})
    if request.method == "POST" and form.is_valid():
        publish = "publish" in request.POST
        content, files = form.content, form.cleaned_data["files"]
        if _done(request, form, create_notice, content=content, files=files, publish=publish):
            return redirect("notices:notice_written")
    return render(request, "notices/notice_edit.html", {"form": form, "notice": None})


@requires(Permission.REVIEW)
def notice_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(_own(request), pk=pk, withdrawn_at__isnull=True)
    form = _form(request, instance=notice)
    if request.method == "POST" and form.is_valid():
        publish = "publish" in request.POST
        seen = seen_of(form, again=lambda row: [_unbound(request, row)])
        if _done(request, form, edit_notice, notice, publish=publish, seen=seen, **form.changes):
            return redirect("notices:notice_detail", pk=pk)
    return render(request, "notices/notice_edit.html", {"form": form, "notice": notice})


def _form(request: SignedInRequest, **kwargs: Any) -> NoticeForm:
    user: Any = request.user
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    return NoticeForm(*data, role=user.role, reach=reach_below(user.path), **kwargs)


def _unbound(request: SignedInRequest, notice: Notice) -> NoticeForm:
    user: Any = request.user
    return NoticeForm(role=user.role, reach={}, instance=notice)


def _done(
    request: SignedInRequest, form: NoticeForm, service: Any, *args: Any, **kwargs: Any
) -> bool:
    """Whether the service accepted; otherwise its sentence stands above the form."""
    try:
        notice = service(*args, by=request.actor, **kwargs)
    except NoticeRefused as refused:
        form.add_error(None, str(refused))
        return False
    word = "已保存为草稿" if notice.is_draft else "已发布"
    messages.success(request, f"{notice.get_kind_display()}“{notice.title}”{word}。")
    return True


@requires(Permission.REVIEW)
@require_POST
def notice_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(_own(request), pk=pk)
    try:
        withdraw_notice(notice, by=request.actor)
    except NoticeRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"“{notice.title}”已撤回，下级单位不再看到。")
    return redirect("notices:notice_written")


@requires(Permission.REVIEW)
@require_GET
def receipt_list(request: SignedInRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(_own(request), pk=pk, published_at__isnull=False)
    read, everyone = read_numbers(notice)
    return render_list(
        request,
        "notices/receipt_list.html",
        table_class=ReceiptTable,
        filterset_class=ReceiptFilter,
        queryset=addressed_units(notice).order_by("path"),
        context={"notice": notice, "read": read, "everyone": everyone, "unread": everyone - read},
    )
