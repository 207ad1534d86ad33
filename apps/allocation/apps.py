from django.apps import AppConfig


class AllocationConfig(AppConfig):
    name = "apps.allocation"
    verbose_name = "分量"
