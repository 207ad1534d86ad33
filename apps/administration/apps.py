"""App configuration."""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from guardian.apps import GuardianConfig

from apps.ui.navigation import register


class AdministrationConfig(AppConfig):
    name = "apps.administration"
    verbose_name = "平台管理"

    def ready(self) -> None:
        """Units come before their accounts."""
        from . import navigation  # noqa: PLC0415 names permissions, which are models' choices

        register("portal", navigation.ITEMS, position=60)
        from apps.administration.domain import password_address  # noqa: F401, PLC0415 registers itself
        from apps.administration.domain.changes.standing import todos_of  # noqa: PLC0415
        from apps.portal.domain.todos import register_todos  # noqa: PLC0415

        register_todos(todos_of)
        from apps.administration.pages import admin  # noqa: F401, PLC0415 registers itself; models must be ready


class PlatformAdminConfig(SimpleAdminConfig):
    """Django's admin with our site; other packages' admin modules are not discovered."""

    default_site = "apps.administration.site.PlatformSite"


class GrantsConfig(GuardianConfig):
    """The package of grants of named projects, under a name that people read."""

    verbose_name = "按项目授权"


class AttemptsConfig(AxesConfig):
    """The package of failed logins, likewise."""

    verbose_name = "登录失败和锁定"
