"""The frame, the components and the list page on which every page stands; knows no business."""

from django.apps import AppConfig
from django.core import checks

from apps.ui.navigation import check_items


class UiConfig(AppConfig):
    """Registers the check that every navigation item leads somewhere."""

    name = "apps.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        checks.register(check_items, "ui")
