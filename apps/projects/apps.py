"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class ProjectsConfig(AppConfig):
    name = "apps.projects"
    verbose_name = "项目"

    def ready(self) -> None:
        # The items name permissions, which come with models; the worker has to know the import.
        from apps.projects.files import own_codes as _own_codes  # noqa: F401, PLC0415

        from .navigation import ITEMS  # noqa: PLC0415

        register("portal", ITEMS, position=20)
