"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class DistributionConfig(AppConfig):
    name = "apps.distribution"
    verbose_name = "配送"

    def ready(self) -> None:
        # Names permissions, which are models' choices.
        from . import navigation  # noqa: PLC0415

        register("distribution", navigation.PROVINCE_ITEMS, position=10)
        register("distribution", navigation.DISTRIBUTOR_ITEMS, position=30)
