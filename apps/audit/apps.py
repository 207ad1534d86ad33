"""App configuration."""

from django.apps import AppConfig
from django.core.checks import register


class AuditConfig(AppConfig):
    name = "apps.audit"
    verbose_name = "操作日志"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.audit.domain.setting_checks import check_settings  # noqa: PLC0415
        from apps.audit.domain.streams import register_stream  # noqa: PLC0415
        from apps.audit.domain.truncate_triggers import refuse_truncation  # noqa: PLC0415
        from apps.audit.models import Change, LogEntry  # noqa: PLC0415

        register_stream(LogEntry, "操作日志")
        register_stream(Change, "变更记录")
        refuse_truncation()
        register(check_settings)
