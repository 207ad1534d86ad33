"""App configuration."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "apps.reporting"
    verbose_name = "报量"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.projects.models import ProjectKind  # noqa: PLC0415
        from apps.review.kinds import register_kind  # noqa: PLC0415

        from .kind import DemandKind  # noqa: PLC0415

        for kind in (ProjectKind.DEMAND, ProjectKind.HISTORY):
            register_kind(kind, DemandKind())
