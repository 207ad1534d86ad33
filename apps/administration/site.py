"""`/admin/`: for the three administrators. They keep the platform running and decide nothing of the business.

Invariant: nothing here writes a line, a filing, a quantity or a status, deletes a row that others refer to, or shows a
secret twice.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.pages.redirects import send_to


class PlatformSite(AdminSite):
    """Django's site with the product's own login, logout and password page; the scope is opened by the middleware."""

    site_header = "分量 · 平台管理"
    site_title = "平台管理"
    index_title = "平台管理"
    site_url = "/"
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        """Without the shortcut from a kind of row to its page: no row has one, and it fails on ids that are none."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Models of packages by the names that we gave them."""
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        for model in (model for app in apps for model in app["models"]):
            model["name"] = (
                getattr(self.get_model_admin(model["model"]), "title", "") or model["name"]
            )
        return apps

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and user.is_staff)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied("平台管理只供平台管理员使用。")
        return send_to(request, "accounts:login", sentence="请先登录。")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("accounts:password_change")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("accounts:password_change")
