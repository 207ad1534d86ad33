"""Seal authenticators and secrets of services by the first of the keys, before a replaced one is taken away."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.domain.authenticators import reseal
from apps.accounts.domain.sign_on.providers import reseal_secrets


class Command(BaseCommand):
    help = "把已绑定认证器的密钥和登录服务的应用密钥改用当前第一把密钥加密；更换 SECRET_KEY 或 SEALING_KEYS 之后运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, broken = reseal()
        self.stdout.write(f"已重新加密 {sealed} 个认证器，{broken} 个无法打开、保持原样。")
        sealed, broken = reseal_secrets()
        self.stdout.write(f"已重新加密 {sealed} 个登录服务，{broken} 个无法打开、保持原样。")
