"""App configuration."""

from django.apps import AppConfig


class ScopeConfig(AppConfig):
    name = "apps.scope"
    verbose_name = "数据范围"
