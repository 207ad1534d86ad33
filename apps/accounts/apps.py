"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = "账号与权限"

    def ready(self) -> None:
        """System management comes after the daily work."""
        from . import navigation  # noqa: PLC0415 names permissions, which are models' choices
        from .pages import trail  # noqa: PLC0415 the same

        trail.listen()
        register("portal", navigation.ITEMS, position=70)
        from apps.accounts.domain import administrators, passwords  # noqa: F401, PLC0415 what others approve registers itself
        from apps.accounts.domain.sign_on import providers  # noqa: F401, PLC0415 the same
