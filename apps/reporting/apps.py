"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class ReportingConfig(AppConfig):
    name = "apps.reporting"
    verbose_name = "报量"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.exchange.domain.issued import register_standing  # noqa: PLC0415
        from apps.projects.models import ProjectKind  # noqa: PLC0415
        from apps.reporting.domain.appeals import find_line  # noqa: PLC0415
        from apps.reporting.domain.fingerprints import KIND, standing_of  # noqa: PLC0415
        from apps.reporting.domain.publication import bases_of  # noqa: PLC0415
        from apps.reporting.files import maintenance_workbooks as _maintenance  # noqa: F401, PLC0415
        from apps.reporting.files import purchase_workbooks as _purchases  # noqa: F401, PLC0415
        from apps.review.domain.appeals.matters import register_matter  # noqa: PLC0415
        from apps.review.domain.kinds import register_kind  # noqa: PLC0415
        from apps.review.domain.rounds.undoing import register_use  # noqa: PLC0415

        from . import navigation  # noqa: PLC0415
        from .kind import DemandKind  # noqa: PLC0415

        for kind in (ProjectKind.DEMAND, ProjectKind.HISTORY):
            register_kind(kind, DemandKind())
        register_matter("line", find_line)
        register_use(bases_of)
        register_standing(KIND, standing_of)
        register("demand", navigation.INSTITUTION_ITEMS, position=10)
        register("demand", navigation.BUREAU_ITEMS, position=60)
        register("demand", navigation.HISTORY_ITEMS, position=70)
