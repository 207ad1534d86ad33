"""App configuration."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "apps.subscriptions"
    verbose_name = "事件推送"

    def ready(self) -> None:
        from apps.accounts.domain.sealing import register_sealed  # noqa: PLC0415 models are there by now
        from apps.subscriptions.domain.signing import reseal  # noqa: PLC0415 the same

        register_sealed(reseal)
