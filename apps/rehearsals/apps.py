"""App configuration."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class RehearsalsConfig(AppConfig):
    name = "apps.rehearsals"
    verbose_name = "演练"

    def ready(self) -> None:
        from apps.rehearsals.domain.reads import sandbox_of  # noqa: PLC0415 models are there by now
        from apps.scope import sandbox  # noqa: PLC0415 the same

        sandbox.find = sandbox_of
        # Behind the one that lets the runner in (apps.scope).
        post_migrate.connect(
            _install, sender=apps.get_app_config("guardian"), dispatch_uid="rehearsals"
        )


def _install(**_signal: Any) -> None:
    from apps.rehearsals.domain.making import end_outdated  # noqa: PLC0415
    from apps.rehearsals.domain.sql import install  # noqa: PLC0415

    install()
    end_outdated()
