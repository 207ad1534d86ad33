"""App configuration."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from .sandbox import set_clock

set_clock()  # before any model takes the time for a default


class ScopeConfig(AppConfig):
    name = "apps.scope"
    verbose_name = "数据范围"

    def ready(self) -> None:
        from . import cursors  # noqa: PLC0415
        from .backstop.applying import apply  # noqa: PLC0415 - asks for settings
        from .backstop.policies import policies  # noqa: PLC0415 - asks for models

        cursors.bound_tables = policies

        # Once for each `migrate`; the signal is sent for apps that have models, which this one has not.
        sender = apps.get_app_config("contenttypes")
        post_migrate.connect(apply, sender=sender, dispatch_uid="scope.backstop")
