"""App configuration."""

from django.apps import AppConfig


class VolumesConfig(AppConfig):
    name = "apps.volumes"
    verbose_name = "约定采购量"
