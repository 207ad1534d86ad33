"""Seal authenticators and secrets of services and webhooks by the first key, before a replaced one is taken away."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.domain.authenticators import reseal
from apps.accounts.domain.sealing import Resealed, reseal_others
from apps.accounts.domain.sign_on.providers import reseal_secrets


class Command(BaseCommand):
    help = (
        "把已绑定认证器的密钥、登录服务的应用密钥和推送密钥改用当前第一把密钥加密；"
        "更换 SECRET_KEY 或 SEALING_KEYS 之后运行。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = {
            "认证器": reseal(),
            "登录服务": reseal_secrets(),
            "推送密钥": reseal_others(),
        }
        self.stdout.write(sentence({name: each for name, each in done.items() if any(each)}))


def sentence(done: dict[str, Resealed]) -> str:
    """Of what there is: how many of each, and which do not open."""
    if not done:
        return "没有需要重新加密的密钥。"
    sealed = "、".join(f"{count} 个{name}" for name, (count, _) in done.items())
    broken = "、".join(f"{count} 个{name}" for name, (_, count) in done.items() if count)
    return f"已重新加密 {sealed}，{broken or '0 个'}无法打开、保持原样。"
