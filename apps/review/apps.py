"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class ReviewConfig(AppConfig):
    name = "apps.review"
    verbose_name = "申报与审核"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.projects.domain.presentation import register_panel  # noqa: PLC0415
        from apps.projects.domain.windows.acts import register_unreported  # noqa: PLC0415
        from apps.review.domain.checklist import register_contributor  # noqa: PLC0415
        from apps.review.domain.participation import PARTICIPATION, unreported_in  # noqa: PLC0415
        from apps.review.pages.project_panel import checklist_panel  # noqa: PLC0415

        from . import navigation  # noqa: PLC0415

        register_contributor(PARTICIPATION, position=10)
        register_panel(checklist_panel)
        register_unreported(unreported_in)

        register("demand", navigation.DEMAND_ITEMS, position=20)
        register("allocation", navigation.ITEMS, position=20)
        for subsystem, items in navigation.PROGRESS_ITEMS.items():
            register(subsystem, items, position=30)
