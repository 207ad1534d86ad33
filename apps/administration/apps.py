"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class AdministrationConfig(AppConfig):
    name = "apps.administration"
    verbose_name = "平台管理"

    def ready(self) -> None:
        """Units come before their accounts."""
        from . import navigation  # noqa: PLC0415 names permissions, which are models' choices

        register("portal", navigation.ITEMS, position=60)
