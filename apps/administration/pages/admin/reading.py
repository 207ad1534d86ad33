"""A model that is shown and not touched."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.models.roles import Role
from apps.ui.paging import CappedPaginator


class ReadingAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Looks, searches and filters, for the administrators in `roles`; what may be changed, its subclass says."""

    roles: tuple[Role, ...] = ()
    title = ""
    """What its page is called, where the package that has the model calls it in English."""

    view_on_site = False
    """Rows that have a page of their own have it for others, and the site has no shortcut to it."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions: Any = None
    actions_selection_counter = (
        False  # ticked rows alone: all of them would be others than were seen
    )

    def response_action(self, request: HttpRequest, queryset: Any, *where: Any) -> Any:
        if request.POST.get("select_across") == "1":
            messages.error(request, "请逐页勾选：跨页全选无法核对是哪些账号，没有执行。")
            return redirect(request.get_full_path())
        return super().response_action(request, queryset, *where)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        named = {"title": self.title} if self.title else {}
        answer: HttpResponse = super().changelist_view(request, {**named, **(extra_context or {})})
        return answer

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return user.role in self.roles

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
