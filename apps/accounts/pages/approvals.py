"""双人审批: what somebody else has to approve, what was asked, and what became of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from apps.accounts.domain.approvals import ApprovalRefused, decide, may_decide, place_of
from apps.accounts.models import Approval
from apps.accounts.models.roles import ADMINISTRATOR_ROLES, ENTERPRISE_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.ui.lists import render_list
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn
from apps.ui.tones import pill

LIST = "accounts:approval_list"
DESKS = (Role.ALLIANCE, Role.PROVINCE, *ENTERPRISE_ROLES)
WRAP = {"td": {"class": "wrap"}}


class DecisionForm(forms.Form):
    """批准 or 不批准, with a remark."""

    remark = forms.CharField(
        label="意见",
        max_length=200,
        required=False,
        help_text="不批准时请说明原因，申请人会看到。",
    )

    def clean_remark(self) -> str:
        remark: str = self.cleaned_data["remark"].strip()
        if self.data.get("decision") == "refuse" and not remark:
            raise forms.ValidationError("不批准时请说明原因。")
        return remark


class OfferedColumn(CellColumn):
    """A cell that gets what is offered as `value`."""

    def render(self, record: Any, table: Any, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = table.offered(record)
        return super().render(record=record, table=table, **kwargs)


class ApprovalTable(ListTable):
    """One row per request, the newest first; `viewer` decides what is offered on it."""

    caption = "双人审批"
    empty_title = "还没有需要双人审批的事项"
    empty_hint = (
        "重置联采办、省医保和管理员的密码，设置密码修改地址，"
        "为中选企业或其他省已有账号的企业发放配送账号，须由另一方批准。"
    )

    title = Column(verbose_name="事项", attrs=WRAP, orderable=False)
    kind = Column(verbose_name="类别", orderable=False)
    state = Column(verbose_name="状态", accessor="outcome", empty_values=(), orderable=False)
    asked_by_name = Column(verbose_name="申请人", attrs=WRAP, orderable=False)
    asked_at = MomentColumn(verbose_name="申请时间", orderable=False)
    expires_at = MomentColumn(verbose_name="有效期至", orderable=False)
    decided_by_name = Column(verbose_name="批准人", attrs=WRAP, orderable=False)
    remark = Column(verbose_name="说明", attrs=WRAP, orderable=False)
    actions = OfferedColumn("accounts/_approval_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(*args, **kwargs)

    def render_state(self, record: Approval) -> str:
        return pill(*record.state)

    def offered(self, record: Approval) -> dict[str, Any]:
        """What the viewer may do about it: decide it, or go and carry it out."""
        is_ready = record.is_ready and record.asked_by_id == self.viewer.pk
        return {
            "decides": may_decide(record, self.viewer),
            "place": place_of(record) if is_ready else "",
        }


def approvals() -> QuerySet[Approval]:
    """What stands in the viewer's scope, the newest first."""
    rows: QuerySet[Approval] = Approval.objects.select_related("asked_by")
    return rows.order_by("-asked_at", "-pk")


def or_in_admin(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Administrators decide under `/admin/`: whoever sends them the ordinary address sends them there."""

    @wraps(view)
    def led(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.role not in ADMINISTRATOR_ROLES:
            return view(request, *args, **kwargs)
        return redirect("admin:accounts_approval_changelist")

    return led


@or_in_admin
@requires(Permission.QUERY, roles=DESKS)
@require_GET
def approval_list(request: SignedInRequest) -> HttpResponse:
    return render_list(
        request,
        "accounts/approval_list.html",
        table_class=ApprovalTable,
        queryset=approvals(),
        table_kwargs={"viewer": request.user},
    )


@or_in_admin
@requires(Permission.QUERY, roles=DESKS)
def approval_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows what is asked, POST `decision` = approve | refuse."""
    asked = get_object_or_404(approvals(), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve = request.POST.get("decision") == "approve"
        try:
            decide(by=request.actor, pk=pk, approve=approve, remark=form.cleaned_data["remark"])
        except ApprovalRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"已{'批准' if approve else '退回'}：{asked.title}。")
        return redirect(LIST)
    shown = {"asked": asked, "form": form, "decides": may_decide(asked, request.user)}
    return render(request, "accounts/approval_decide.html", shown)
