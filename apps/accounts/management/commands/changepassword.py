"""Set an account's password from the command line: for the administrator whom nobody else can help."""

from typing import Any

from django.contrib.auth.management.commands.changepassword import Command as DjangoCommand

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.services import record
from apps.scope.context import whole_country


class Command(DjangoCommand):
    """Django's command, with the scope that finding the account needs and a line in the log."""

    def execute(self, *args: Any, **options: Any) -> Any:
        with whole_country(reason="changepassword"):
            return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> Any:
        said = super().handle(*args, **options)
        account = User.objects.get(username=options["username"])
        sentence = f"在服务器上设置了账号 {account.username}（{account}）的密码。"
        record(
            by=Actor.system(),
            verb="设置密码",
            object=account.username,
            sentence=sentence,
            path=account.log_path,
        )
        return said
