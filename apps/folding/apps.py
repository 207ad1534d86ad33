"""App configuration."""

from django.apps import AppConfig


class FoldingConfig(AppConfig):
    name = "apps.folding"
    verbose_name = "文字的写法"

    def ready(self) -> None:
        """`name__says` and `name__means` on every text column."""
        from django.db.models import CharField, TextField  # noqa: PLC0415 once, when all is loaded

        from .domain.lookups import Means, Says  # noqa: PLC0415

        for lookup in (Says, Means):
            CharField.register_lookup(lookup)
            TextField.register_lookup(lookup)
