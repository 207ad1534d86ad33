"""App configuration."""

from django.apps import AppConfig


class QuarantineConfig(AppConfig):
    name = "apps.quarantine"
    verbose_name = "文件检查"
