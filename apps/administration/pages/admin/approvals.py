"""双人审批: administrators decide what others asked, and carry out what they asked themselves."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.administrators import NotAdministrator, carry_out_administrator
from apps.accounts.domain.approvals import ApprovalRefused, decide
from apps.accounts.domain.passwords import SecondPersonNeeded, reset_password
from apps.accounts.models import Approval, ApprovalKind, User
from apps.accounts.models.roles import Role
from apps.administration.pages.admin.reading import ReadingAdmin
from apps.administration.pages.admin.secrets import secret_page

LIST = "admin:accounts_approval_changelist"
KEEPERS = (Role.SYSTEM, Role.SECURITY)


@admin.register(Approval)
class ApprovalAdmin(ReadingAdmin):
    """What was asked and decided; 审计管理员 read it, the other two decide, never what they asked themselves."""

    roles = (*KEEPERS, Role.AUDIT)
    list_display = (
        "state_label", "title", "asked_by_name", "asked_at", "expires_at", "decided_by_name", "decided_at",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = ("kind", "outcome")
    search_fields = ("title__says", "asked_by_name__says")
    ordering = ("-asked_at", "-id")
    sortable_by = ()
    fields = (
        "kind", "title", "reason", "asked_by_name", "asked_at", "expires_at", "outcome", "decided_by_name",
        "decided_at", "remark", "spent_at",
    )  # fmt: skip
    actions = ("approve", "refuse", "carry_out")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return user.role in KEEPERS

    @admin.display(description="状态")
    def state_label(self, asked: Approval) -> str:
        return asked.state[0]

    @admin.action(description="批准", permissions=("decide",))
    def approve(self, request: HttpRequest, rows: QuerySet[Approval]) -> None:
        self._decide(request, rows, approve=True)

    @admin.action(description="不批准", permissions=("decide",))
    def refuse(self, request: HttpRequest, rows: QuerySet[Approval]) -> None:
        self._decide(request, rows, approve=False)

    def _decide(self, request: HttpRequest, rows: QuerySet[Approval], *, approve: bool) -> None:
        for asked in rows:
            try:
                decide(by=Actor.of(request.user), pk=asked.pk, approve=approve)  # type: ignore[arg-type]
            except ApprovalRefused as refusal:
                messages.error(request, f"{asked.title}：{refusal}")
            else:
                messages.success(request, f"已{'批准' if approve else '退回'}：{asked.title}。")

    @admin.action(description="办理（本人申请、已批准，一次一项）", permissions=("decide",))
    def carry_out(self, request: HttpRequest, rows: QuerySet[Approval]) -> HttpResponse:
        """The password that comes of it is shown in the answer, once."""
        if len(rows) != 1:
            messages.warning(request, "请只勾选一项再办理。")
            return redirect(LIST)
        try:
            account, password = _carried_out(Actor.of(request.user), rows[0])  # type: ignore[arg-type]
        except (ApprovalRefused, NotAdministrator, SecondPersonNeeded) as refusal:
            messages.error(request, str(refusal))
            return redirect(LIST)
        return secret_page(self.admin_site, request, account, password, back=LIST)


def _carried_out(by: Actor, asked: Approval) -> tuple[User, str]:
    if asked.kind == ApprovalKind.ADMINISTRATOR:
        return carry_out_administrator(by=by, pk=asked.pk)
    if asked.kind != ApprovalKind.RESET:
        raise ApprovalRefused("这项申请由申请单位办理。")
    account = User.objects.get(pk=asked.subject_id)
    password = reset_password(by=by, account_id=account.pk, seen=account.password_changed_at)
    return account, password
