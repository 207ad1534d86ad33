"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class AnalysisConfig(AppConfig):
    name = "apps.analysis"
    verbose_name = "多维度查看"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.analysis.files.leaves import LEAF_EXPORT  # noqa: F401, PLC0415
        from apps.analysis.files.workbooks import PIVOT_EXPORT  # noqa: F401, PLC0415

        from . import navigation  # noqa: PLC0415

        register("demand", navigation.ITEMS, position=40)
