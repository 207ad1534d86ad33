"""App configuration."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules

from apps.exchange.domain.deployment import check_papers


class ExchangeConfig(AppConfig):
    name = "apps.exchange"
    verbose_name = "导入导出"

    def ready(self) -> None:
        """Let the apps register their imports, exports and papers."""
        register(check_papers, deploy=True)
        autodiscover_modules("domain.change_workbook", "files.workbooks", "files.papers")
