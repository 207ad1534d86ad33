"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class PortalConfig(AppConfig):
    name = "apps.portal"
    verbose_name = "统一门户"

    def ready(self) -> None:
        """The home page comes first, the log last."""
        # Names of permissions are models' choices.
        from . import navigation  # noqa: PLC0415
        from .files import changes as _changes  # noqa: F401, PLC0415

        register("portal", navigation.ITEMS, position=0)
        register("portal", navigation.LOG_ITEMS, position=90)
