"""App configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExchangeConfig(AppConfig):
    name = "apps.exchange"
    verbose_name = "导入导出"

    def ready(self) -> None:
        """Let the apps register their imports, exports and papers."""
        autodiscover_modules("domain.change_workbook", "files.workbooks", "files.papers")
