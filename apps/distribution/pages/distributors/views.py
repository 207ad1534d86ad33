"""配送企业管理: the distributors of one's own province (S4-06…S4-43)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.domain.calling import caller_of, number_for
from apps.accounts.domain.reads import being_issued
from apps.accounts.models import IssueSheet, SheetKind
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.issue import issue
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.areas.names import described, places_of
from apps.distribution.domain.distributors.acts import (
    add_distributor,
    delete_distributor,
    edit_distributor,
)
from apps.distribution.domain.distributors.confirming import (
    ask_confirmations,
    with_confirmation,
)
from apps.distribution.domain.distributors.filters import DistributorFilter
from apps.distribution.domain.reads import distributors_of
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.files.distributor_export import DISTRIBUTOR_EXPORT
from apps.distribution.files.workbooks import DISTRIBUTOR_IMPORT
from apps.distribution.models import DistributorAccount, usernames
from apps.distribution.pages.distributors.form import DistributorForm
from apps.distribution.pages.distributors.table import DistributorTable
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.ui import formats
from apps.ui.lists import render_list, selected
from apps.ui.pages.versions import seen_of


def facts_shown(row: DistributorAccount, viewer: Any) -> dict[str, Any]:
    """Everything known of it as pairs of label and value, and its areas city by city."""
    user = row.user
    facts = [
        ("配送企业用户名", user.username if user else "发放后生成"),
        ("省平台账号", row.provincial_account),
        ("配送企业名称", row.enterprise.name),
        ("统一社会信用代码", row.enterprise.uscc),
        ("法人", row.legal_representative),
        ("被授权人", row.authorized_person),
        ("联系电话", number_for(caller_of(viewer), row.path, row.phone)),
        ("通信地址", row.address),
        ("用户状态", ("启用" if user.is_active else "禁用") if user else "未发放"),
        ("是否发放", row.issued_in_words),
        ("发放时间", formats.moment(row.issued_at)),
        ("发放人", str(row.issued_by) if row.issued_by else ""),
        ("是否登录", "是" if user and user.last_login else "否"),
        ("最后登录时间", formats.moment(user.last_login if user else None)),
        ("添加时间", formats.moment(row.created_at)),
    ]
    chosen = set(row.areas.values_list("division_id", flat=True))
    return {"facts": facts, "areas": described(places_of(row.province), chosen)}


LIST = "distribution:distributor_list"
HELD = (
    "其中 {number} 家是中选企业或在其他省已有账号，已请该企业和联采办确认；确认之后再点击“发放”。"
    "账号只能看到本省范围内的业务。"
)
PROVINCE = (Role.PROVINCE,)


@requires(Permission.QUERY, roles=PROVINCE)
def distributor_list(request: SignedInRequest) -> HttpResponseBase:
    user: Any = request.user
    rows = with_confirmation(distributors_of(user))
    if request.method == "POST":
        return _issue(request, rows)
    sheets = IssueSheet.objects.filter(owner=user, kind=SheetKind.DISTRIBUTORS).waiting()
    context = {
        "may_manage": user.has(Permission.MANAGE_ACCOUNTS),
        "may_export": user.has(Permission.EXPORT),
        "query": request.GET.urlencode(),
        "form": DistributorForm(auto_id="add_%s"),
        "sheets": list(sheets.order_by("-created_at")[:20]),
        **_rule(user),
    }
    return render_list(
        request,
        "distribution/distributor_list.html",
        table_class=DistributorTable,
        filterset_class=DistributorFilter,
        queryset=rows,
        context=context,
    )


@requires(Permission.QUERY, Permission.EXPORT, roles=PROVINCE)
@require_GET
def distributor_export(request: SignedInRequest) -> HttpResponseBase:
    user: Any = request.user
    context = {
        "user_id": user.pk,
        "query": request.GET.urlencode(),
        "caller": caller_of(user),
    }
    return export_response(request, DISTRIBUTOR_EXPORT, context=context, back_url=reverse(LIST))


@requires(Permission.MANAGE_ACCOUNTS, roles=PROVINCE)
def _issue(request: SignedInRequest, rows: Any) -> HttpResponse:
    """Issue the ticked ones, or all that match (S4-42); those issued before stay as they are."""
    chosen: Any = selected(request, queryset=rows, filterset_class=DistributorFilter)
    waiting = chosen.unissued().exclude(pk__in=being_issued(SheetKind.DISTRIBUTORS))
    ids = list(waiting.values_list("pk", flat=True))
    held = ask_confirmations(by=request.actor, ids=ids)
    if held:
        messages.info(request, HELD.format(number=len(held)))
        ids = [pk for pk in ids if pk not in held]
        if not ids:
            return redirect(request.get_full_path())
    return issue(request, SheetKind.DISTRIBUTORS, ids, back=request.get_full_path())


@requires(Permission.MANAGE_ACCOUNTS, roles=PROVINCE)
def distributor_create(request: SignedInRequest) -> HttpResponse:
    form = DistributorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = add_distributor(by=request.actor, **form.told())
        except DistributorRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"已添加 {row.enterprise.name}，请点击“发放”生成账号。")
            return redirect(LIST)
    return _form_page(request, form, "账号添加")


@requires(Permission.MANAGE_ACCOUNTS, roles=PROVINCE)
def distributor_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(distributors_of(request.user), pk=pk)
    form = DistributorForm(request.POST or None, distributor=row)
    if request.method == "POST" and form.is_valid():
        seen = seen_of(form, again=lambda row: [DistributorForm(distributor=row)])
        try:
            edit_distributor(by=request.actor, pk=pk, **form.told(), seen=seen)
        except DistributorRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"{form.facts().name} 已保存。")
            return redirect(LIST)
    return _form_page(request, form, "编辑" if row.is_issued else "修改", row)


def _form_page(
    request: SignedInRequest,
    form: DistributorForm,
    title: str,
    distributor: DistributorAccount | None = None,
) -> HttpResponse:
    shown = {"form": form, "title": title, "distributor": distributor, **_rule(request.user)}
    return render(request, "distribution/distributor_form.html", shown)


@requires(Permission.MANAGE_ACCOUNTS, roles=PROVINCE)
def distributor_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(distributors_of(request.user), pk=pk)
    if request.method != "POST":
        effect = f"将删除尚未发放的配送企业 {row.enterprise.name}，不影响其他省份。"
        shown = {"title": "删除", "effect": effect, "back": LIST, "seen": ""}
        return render(request, "accounts/confirm.html", shown)
    try:
        delete_distributor(by=request.actor, pk=pk)
    except DistributorRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已删除 {row.enterprise.name}。")
    return redirect(LIST)


@requires(Permission.QUERY, roles=PROVINCE)
@require_GET
def distributor_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    rows = with_confirmation(distributors_of(user)).select_related("issued_by", "province")
    row = get_object_or_404(rows, pk=pk)
    shown = {
        "distributor": row,
        "may_manage": user.has(Permission.MANAGE_ACCOUNTS),
        **facts_shown(row, user),
    }
    return render(request, "distribution/distributor_detail.html", shown)


@requires(Permission.MANAGE_ACCOUNTS, roles=PROVINCE)
def distributor_import(request: SignedInRequest) -> HttpResponseBase:
    """模板下载 and 导入: every error by row and column, nothing imported until there is none (S4-40, S4-41)."""
    user: Any = request.user
    back = reverse(LIST)
    return run_import_page(
        request,
        DISTRIBUTOR_IMPORT,
        context={"province_id": user.organization_id},
        back_url=back,
        crumbs=(("配送企业管理", back),),
    )


def _rule(user: Any) -> dict[str, str]:
    """The rule of usernames with this province's own examples (S4-31, S4-32), and whom to ask (S4-34)."""
    code = user.organization.code
    return {
        "example_account": usernames.from_account(code, "SX0001"),
        "example_number": usernames.from_number(code, 1),
        "support_phone": settings.SUPPORT_PHONE,
    }
