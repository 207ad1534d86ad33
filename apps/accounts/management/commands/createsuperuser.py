"""There is no superuser: whoever holds every right would need nobody else."""

from typing import Any

from django.contrib.auth.management.commands.createsuperuser import Command as DjangoCommand
from django.core.management.base import CommandError


class Command(DjangoCommand):
    """Django's command, refused."""

    def handle(self, *_: Any, **__: Any) -> None:
        raise CommandError(
            "平台没有超级用户，请用 create_administrator 分别建立系统、安全、审计管理员。"
        )
