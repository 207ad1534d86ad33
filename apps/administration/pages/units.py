"""机构管理: the units of one's own subtree."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.domain.calling import caller_of
from apps.accounts.domain.reads import roles_beyond
from apps.accounts.domain.switching import hangs_on
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.phones import phone_cell
from apps.accounts.pages.requests import SignedInRequest
from apps.administration.domain.changes.asking import ChangeRefused
from apps.administration.domain.changes.deciding import disable_unit, disabling, enable_unit
from apps.administration.domain.changes.preview import Preview, preview_of
from apps.administration.domain.filters import UnitFilter
from apps.administration.files.workbooks import ENTERPRISE_IMPORT, UNIT_EXPORT, UNIT_IMPORT
from apps.administration.pages.forms import (
    BureauForm,
    InstitutionForm,
    NewInstitutionForm,
)
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.organizations.domain.units import (
    UnitRefused,
    add_institution,
    edit_unit,
)
from apps.organizations.models import Organization, Tier
from apps.review.domain.refusals import ReviewRefused
from apps.ui.lists import render_list
from apps.ui.pages.versions import seen_of
from apps.ui.tables import CellColumn, Column, ListTable, StatusColumn


class UnitStatus(NamedTuple):
    """A status pill."""

    label: str
    tone: str


OPEN, SHUT = UnitStatus("启用", "success"), UnitStatus("禁用", "closed")
MERGED = UnitStatus("已并入", "closed")


class ContactColumn(CellColumn):
    """Who to ask; the cell gets the phone, as the viewer sees it, as `value`."""

    def render(self, record: Organization, table: ListTable, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = phone_cell(table.request.user, record)
        return super().render(record=record, table=table, **kwargs)


class UnitTable(ListTable):
    """The units of the viewer's subtree, from the top down."""

    caption = "机构"
    empty_title = "还没有下级机构"
    empty_hint = "可以逐个添加，或下载模板后批量导入。"

    name = CellColumn(
        "administration/_unit_name.html",
        verbose_name="机构名称",
        orderable=True,
        order_by=("sort_key",),
    )
    tier = Column(verbose_name="级别")
    contact_name = ContactColumn(
        "administration/_unit_contact.html", verbose_name="联系人 / 电话", accessor="pk"
    )
    parent = Column(verbose_name="上级单位", order_by=("parent__sort_key",))
    grade = Column(verbose_name="等级")
    ownership = Column(verbose_name="所有制")
    kind = Column(verbose_name="类型")
    reports_through = Column(verbose_name="由其代报", orderable=False)
    account_name = Column(verbose_name="账号", orderable=False)
    status = StatusColumn(verbose_name="状态", accessor="is_active", orderable=False)
    actions = CellColumn("administration/_unit_actions.html", verbose_name="操作", accessor="pk")

    def value_status(self, record: Organization) -> UnitStatus:
        if record.merged_into_id:
            return MERGED
        return OPEN if record.is_active else SHUT

    def render_status(self, record: Organization, column: StatusColumn) -> str:
        return column.render(self.value_status(record))


LIST = "administration:unit_list"
BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
EFFECTS = {
    True: "将启用 {unit}，它的账号可以重新登录。",
    False: "将禁用 {unit}：它的账号立即退出，不能再登录，以后的项目不再包括它。已有数据保留，可以随时重新启用。",
}


def units_below(user: Any) -> QuerySet[Organization]:
    """The units strictly below the viewer's, each with its main account."""
    main = User.objects.filter(organization=OuterRef("pk"), parent_account=None)
    below: QuerySet[Organization] = Organization.objects.below(user.path)
    return below.select_related("parent", "reports_through").annotate(
        account_name=Subquery(main.values("username")[:1]),
        account_pk=Subquery(main.values("pk")[:1]),
        account_seen=Subquery(main.values("password_changed_at")[:1]),
    )


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
def unit_list(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    context = {
        "may_manage": user.has(Permission.MANAGE_ACCOUNTS),
        "may_add": user.has(Permission.MANAGE_ACCOUNTS) and user.role == Role.PROVINCE,
        "may_change": user.has(Permission.REVIEW),
        "may_reset": user.has(Permission.RESET_PASSWORDS),
        "beyond": roles_beyond(user),
        "may_export": user.has(Permission.EXPORT),
    }
    return render_list(
        request,
        "administration/unit_list.html",
        table_class=UnitTable,
        filterset_class=UnitFilter,
        queryset=units_below(user).order_by(F("path")),
        context=context,
    )


@requires(Permission.MANAGE_ACCOUNTS, roles=(Role.PROVINCE,))
def unit_create(request: SignedInRequest) -> HttpResponse:
    form = NewInstitutionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            unit = add_institution(
                by=request.actor,
                parent_id=given["parent"].pk,
                code=given["code"],
                facts=form.facts(),
                through_code=given["through_code"],
            )
        except UnitRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"已添加 {unit.name}，请到“账号发放”发放账号。")
            return redirect(LIST)
    return render(request, "administration/unit_form.html", {"form": form, "unit": None})


@requires(Permission.MANAGE_ACCOUNTS)
def unit_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(units_below(request.user), pk=pk)
    form_class = InstitutionForm if unit.tier == Tier.INSTITUTION else BureauForm
    form = form_class(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        through = form.cleaned_data.get("through_code", "")
        seen = seen_of(form, again=lambda row: [form_class(unit=row)])
        try:
            edit_unit(
                by=request.actor,
                unit_id=pk,
                facts=form.facts(),
                through_code=through,
                seen=seen,
            )
        except UnitRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"{unit.name} 已保存。")
            return redirect(LIST)
    shown = {"form": form, "unit": unit, "hanging": hangs_on(unit.path, unit.tier)}
    return render(request, "administration/unit_form.html", shown)


@requires(Permission.MANAGE_ACCOUNTS)
def unit_switch(request: SignedInRequest, pk: int, *, active: bool) -> HttpResponse:
    unit = get_object_or_404(units_below(request.user), pk=pk)
    word = "启用" if active else "禁用"
    if request.method != "POST":
        effect = EFFECTS[active].format(unit=unit.name)
        preview = Preview() if active else _shutting(request, unit)
        shown: dict[str, Any] = {"title": word, "effect": effect, "back": LIST}
        shown["seen"] = preview.stamp
        shown["hanging"] = [*preview.hanging, *preview.effects, *preview.problems]
        return render(request, "accounts/confirm.html", shown)
    try:
        if active:
            enable_unit(by=request.actor, unit_id=pk)
        else:
            disable_unit(by=request.actor, unit_id=pk, seen=request.POST.get("seen", ""))
    except (UnitRefused, ChangeRefused, ReviewRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{unit.name} 已{word}。")
    return redirect(LIST)


def _shutting(request: SignedInRequest, unit: Organization) -> Preview:
    """What hangs on the unit, and what disabling it settles."""
    if unit.tier == Tier.INSTITUTION:
        return preview_of(disabling(request.actor, unit))
    return Preview(hanging=tuple(hangs_on(unit.path, unit.tier)))


@requires(Permission.EXPORT, roles=BUREAUS)
@require_GET
def unit_export(request: SignedInRequest) -> HttpResponseBase:
    user: Any = request.user
    context = {
        "top": user.path,
        "query": request.GET.urlencode(),
        "caller": caller_of(user),
    }
    return export_response(request, UNIT_EXPORT, context=context, back_url=reverse(LIST))


@requires(Permission.MANAGE_ACCOUNTS)
def unit_import(request: SignedInRequest) -> HttpResponseBase:
    return run_import_page(
        request,
        UNIT_IMPORT,
        context={"with_accounts": False},
        back_url=reverse(LIST),
        crumbs=(("机构管理", reverse(LIST)),),
    )


@requires(Permission.MANAGE_ACCOUNTS, roles=(Role.PROVINCE,))
def unit_import_with_accounts(request: SignedInRequest) -> HttpResponseBase:
    back = reverse("accounts:issue_list")
    return run_import_page(
        request,
        UNIT_IMPORT,
        context={"with_accounts": True},
        back_url=back,
        title="导入机构并发放账号",
        crumbs=(("账号发放", back),),
    )


@requires(Permission.MANAGE_ACCOUNTS, roles=(Role.ALLIANCE,))
def enterprise_import(request: SignedInRequest) -> HttpResponseBase:
    back = reverse("accounts:issue_enterprises")
    return run_import_page(
        request,
        ENTERPRISE_IMPORT,
        context={"with_accounts": True},
        back_url=back,
        title="导入生产企业并发放账号",
        crumbs=(("账号发放", back),),
    )
