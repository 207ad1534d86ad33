"""Accounts: read all; ask for administrators; reset, unlock, enable and disable by the services that everybody uses."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.administrators import Candidate, ask_administrator
from apps.accounts.domain.approvals import ApprovalRefused
from apps.accounts.domain.passwords import (
    SecondPersonNeeded,
    ask_reset,
    reset_password,
    set_active,
    unlock_account,
)
from apps.accounts.domain.usernames import USERNAME
from apps.accounts.models import User
from apps.accounts.models.roles import ADMINISTRATOR_ROLES, Role
from apps.administration.pages.admin.reading import ReadingAdmin
from apps.administration.pages.admin.secrets import secret_page
from apps.administration.pages.admin.why import WhyForm
from apps.folding.domain.fields import NameField
from apps.folding.domain.folding import folded
from apps.organizations.domain.phones import masked

LIST, APPROVALS = "admin:accounts_user_changelist", "admin:accounts_approval_changelist"
KEEPERS = (Role.SYSTEM, Role.SECURITY)


class AdministratorForm(forms.Form):
    """A new administrator."""

    role = forms.ChoiceField(
        label="角色", choices=[(role.value, role.label) for role in ADMINISTRATOR_ROLES]
    )
    username = forms.CharField(label="用户名", max_length=50)
    name = NameField(label="姓名", max_length=50)
    phone = forms.CharField(label="手机", max_length=30, required=False)

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if not USERNAME.fullmatch(username):
            raise forms.ValidationError("用户名为 2 至 50 位字母、数字、点、短横线或下划线。")
        if User.objects.annotate(key=Lower("username")).filter(key=folded(username)).exists():
            raise forms.ValidationError("这个用户名已被使用。")
        return username


@admin.register(User)
class UserAdmin(ReadingAdmin):
    """Every account of the platform; secrets appear once, on the page that answers the act.

    系统管理员 look, 安全管理员 reset, unlock, enable and disable; both ask for administrators.
    """

    roles = KEEPERS

    list_display = (
        "username",
        "name",
        "role",
        "unit",
        "is_active",
        "must_change_password",
        "last_login",
    )
    list_filter = ("role", "is_active", "must_change_password")
    list_select_related = ("organization", "enterprise")
    search_fields = (
        "username__says", "name__says", "organization__name__says", "organization__pinyin__says",
        "organization__code__says", "enterprise__name__says", "enterprise__uscc__says",
    )  # fmt: skip
    ordering = ("path", "username")
    fields = (
        "username", "name", "short_phone", "role", "organization", "enterprise", "parent_account",
        "permission_subset", "limited_to_projects", "is_active", "must_change_password",
        "last_login", "issued_at", "password_changed_at",
    )  # fmt: skip
    actions = ("enable", "disable", "unlock", "reset")
    change_list_template = "admin/accounts/user_list.html"

    def has_keep_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return user.role == Role.SECURITY

    @admin.display(description="单位")
    def unit(self, account: User) -> str:
        return str(account.belongs_to() or "")

    @admin.display(description="手机")
    def short_phone(self, account: User) -> str:
        return masked(account.phone)

    def get_urls(self) -> list[URLPattern]:
        new, why = map(self.admin_site.admin_view, (self.create_view, self.why_view))
        return [
            path("new/", new, name="accounts_user_new"),
            path("why/", why, name="accounts_user_why"),
            *super().get_urls(),
        ]

    def why_view(self, request: HttpRequest) -> HttpResponse:
        """What an account may do to a filing, and why."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = WhyForm(request.GET or None)
        shown = {**self.admin_site.each_context(request), "title": "账号能办什么", "form": form}
        shown["answer"] = form.answer if form.is_valid() else None
        return TemplateResponse(request, "admin/accounts/user_why.html", shown)

    def create_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a new administrator, whom another one has to approve."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = AdministratorForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            candidate = Candidate(**form.cleaned_data)
            asked = ask_administrator(by=Actor.of(request.user), candidate=candidate)  # type: ignore[arg-type]
            messages.success(request, f"已申请{asked.title}，由另一名管理员批准后办理。")
            return redirect(APPROVALS)
        shown = {**self.admin_site.each_context(request), "title": "申请新增管理员", "form": form}
        return TemplateResponse(request, "admin/accounts/administrator_form.html", shown)

    @admin.action(description="启用", permissions=("keep",))
    def enable(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        self._switch(request, accounts, active=True)

    @admin.action(description="禁用", permissions=("keep",))
    def disable(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        others = accounts.exclude(pk=request.user.pk)  # type: ignore[misc]
        self._switch(request, others, active=False)

    def _switch(self, request: HttpRequest, accounts: QuerySet[User], *, active: bool) -> None:
        ids = list(accounts.values_list("pk", flat=True))
        for account_id in ids:
            set_active(by=Actor.of(request.user), account_id=account_id, active=active)  # type: ignore[arg-type]
        messages.success(request, f"已{'启用' if active else '禁用'} {len(ids)} 个账号。")

    @admin.action(description="解锁", permissions=("keep",))
    def unlock(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        ids = list(accounts.values_list("pk", flat=True))
        for account_id in ids:
            unlock_account(by=Actor.of(request.user), account_id=account_id)  # type: ignore[arg-type]
        messages.success(request, f"已解锁 {len(ids)} 个账号。")

    @admin.action(description="重置密码（一次一个）", permissions=("keep",))
    def reset(self, request: HttpRequest, accounts: QuerySet[User]) -> HttpResponse:
        """One at a time; those of the alliance, of provinces and of administrators are asked for first."""
        if len(accounts) != 1:
            messages.warning(request, "请只勾选一个账号再重置密码。")
            return redirect(LIST)
        account = accounts[0]
        actor = Actor.of(request.user)  # type: ignore[arg-type]
        try:
            seen = account.password_changed_at
            password = reset_password(by=actor, account_id=account.pk, seen=seen)
        except SecondPersonNeeded:
            return self._ask(request, actor, account)
        return secret_page(self.admin_site, request, account, password, back=LIST)

    def _ask(self, request: HttpRequest, actor: Actor, account: User) -> HttpResponse:
        try:
            asked = ask_reset(by=actor, account_id=account.pk)
        except ApprovalRefused as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, f"已申请{asked.title}，由另一名管理员批准后办理。")
        return redirect(APPROVALS)
