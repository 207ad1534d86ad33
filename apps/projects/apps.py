"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class ProjectsConfig(AppConfig):
    name = "apps.projects"
    verbose_name = "项目"

    def ready(self) -> None:
        # The items name permissions, which come with models.
        from .navigation import ITEMS  # noqa: PLC0415

        register("portal", ITEMS, position=20)
