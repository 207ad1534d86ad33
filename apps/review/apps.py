"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class ReviewConfig(AppConfig):
    name = "apps.review"
    verbose_name = "申报与审核"

    def ready(self) -> None:
        from . import navigation  # noqa: PLC0415 its titles come from models

        register("demand", navigation.DEMAND_ITEMS, position=20)
        register("allocation", navigation.ITEMS, position=20)
        for subsystem, items in navigation.PROGRESS_ITEMS.items():
            register(subsystem, items, position=30)
