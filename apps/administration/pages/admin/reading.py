"""A model that is shown and not touched."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest

from apps.ui.paging import CappedPaginator


class ReadingAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Looks, searches and filters; what may be changed, its subclass says."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
