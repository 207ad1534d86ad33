"""登录服务: set up, tried and closed by 安全管理员; opened when another person approved it (双人审批)."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import ApprovalRefused
from apps.accounts.domain.sign_on.fetching import is_safe
from apps.accounts.domain.sign_on.providers import (
    SET_BY_HAND,
    ask_opening,
    close_provider,
    save_provider,
)
from apps.accounts.models import Protocol, Provider
from apps.accounts.models.roles import Role
from apps.administration.pages.admin.reading import ReadingAdmin
from apps.ui.pages.versions import VERSION, Versioned, seen_of

NEEDED: dict[str, tuple[str, ...]] = {
    Protocol.OIDC: ("client_id",),
    Protocol.OAUTH2: ("client_id", "token_address", "person_address"),
    Protocol.CAS: (),
}
ADDRESSES = ("address", "token_address", "person_address", "password_address")


class ProviderForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """Every setting; the secret is taken and never shown."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)  # type: ignore[assignment]
    secret = forms.CharField(
        label="应用密钥",
        required=False,
        max_length=300,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="加密保存，保存后不再显示；不填则沿用原来的。",
    )

    class Meta:
        model = Provider
        fields = SET_BY_HAND

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_edit = self.instance.pk is not None
        self.trail = {"object": self.instance.name, "verb": "修改登录服务"}
        self.initial[VERSION] = self.version

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in NEEDED.get(cleaned.get("protocol", ""), ()):
            if not cleaned.get(name):
                self.add_error(name, "这个协议必须填写。")
        for name in ADDRESSES:
            if cleaned.get(name) and not is_safe(cleaned[name]):
                self.add_error(name, "请填 https:// 开头的完整网址。")
        is_oidc = cleaned.get("protocol") == Protocol.OIDC
        if is_oidc and "openid" not in cleaned.get("scopes", "").split():
            self.add_error("scopes", "OpenID Connect 的申请范围须含 openid。")
        return cleaned


@admin.register(Provider)
class ProviderAdmin(ReadingAdmin):
    """系统管理员 and 审计管理员 look; no secret and no person stands here."""

    roles = (Role.SYSTEM, Role.SECURITY, Role.AUDIT)
    form = ProviderForm
    list_display = ("name", "province", "protocol", "address", "is_active", "tried_at")
    list_filter = ("protocol", "is_active")
    list_select_related = ("province",)
    search_fields = ("name__says", "address__says")
    ordering = ("name", "pk")
    fields = (
        *SET_BY_HAND[:7], "secret", *SET_BY_HAND[7:], "is_active", "tried_at", "addresses", "trial", "version",
    )  # fmt: skip
    readonly_fields = ("is_active", "tried_at", "addresses", "trial")
    actions = ("ask", "close")

    def has_keep_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return user.role == Role.SECURITY

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_keep_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_keep_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only looks has no form, and nothing to try."""
        if self.has_keep_permission(request):
            return self.fields
        return (*SET_BY_HAND, "is_active", "tried_at", "addresses")

    @admin.display(description="登记到对方的地址")
    def addresses(self, provider: Provider) -> str | SafeString:
        if provider.pk is None:
            return "保存后显示"
        back, out = (
            settings.SITE_URL.rstrip("/") + reverse(f"accounts:sign_on_{name}", args=[provider.pk])
            for name in ("return", "logout")
        )
        home = settings.SITE_URL.rstrip("/") + reverse("accounts:login")
        return format_html("回调地址 {}<br>退出通知地址 {}<br>退出后返回地址 {}", back, out, home)

    @admin.display(description="试登录")
    def trial(self, provider: Provider) -> str | SafeString:
        if provider.pk is None:
            return "保存后可以试登录"
        address = reverse("accounts:sign_on_try", args=[provider.pk])
        return format_html('<a href="{}">按已保存的设置试登录，查看对方给出的信息</a>', address)

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: forms.ModelForm,  # type: ignore[type-arg]
        change: bool,  # noqa: FBT001
    ) -> None:
        """By the service, which closes it, writes the log and seals the secret."""
        saved = save_provider(
            by=Actor.of(request.user),  # type: ignore[arg-type]
            provider_id=obj.pk if change else None,
            facts={name: form.cleaned_data[name] for name in SET_BY_HAND},
            secret=form.cleaned_data["secret"],
            seen=seen_of(form, again=lambda row: [ProviderForm(instance=row)]) if change else None,
        )
        obj.pk = saved.pk
        messages.info(
            request, "已保存。请试登录；成功后勾选它，点“申请启用”，由另一名管理员或联采办批准。"
        )

    @admin.action(description="申请启用", permissions=("keep",))
    def ask(self, request: HttpRequest, rows: QuerySet[Provider]) -> None:
        for provider in rows:
            try:
                asked = ask_opening(by=Actor.of(request.user), provider_id=provider.pk)  # type: ignore[arg-type]
            except ApprovalRefused as refusal:
                messages.error(request, f"{provider}：{refusal}")
            else:
                messages.success(request, f"已申请{asked.title}，由另一人批准后启用。")

    @admin.action(description="禁用", permissions=("keep",))
    def close(self, request: HttpRequest, rows: QuerySet[Provider]) -> None:
        closed = sum(
            close_provider(by=Actor.of(request.user), provider_id=provider.pk)  # type: ignore[arg-type]
            for provider in rows
        )
        messages.success(request, f"已禁用 {closed} 个登录服务，从那里进入的登录已结束。")
