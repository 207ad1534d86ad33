"""A model that is shown and not touched."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.shortcuts import redirect

from apps.accounts.models.roles import Role
from apps.ui.paging import CappedPaginator


class ReadingAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Looks, searches and filters, for the administrators in `roles`; what may be changed, its subclass says."""

    roles: tuple[Role, ...] = ()

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
