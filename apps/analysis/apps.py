"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class AnalysisConfig(AppConfig):
    name = "apps.analysis"
    verbose_name = "多维度查看"

    def ready(self) -> None:
        # Models may be imported only now.
        from . import (  # noqa: PLC0415
            navigation,
            workbooks as _workbooks,  # noqa: F401
        )

        register("demand", navigation.ITEMS, position=40)
