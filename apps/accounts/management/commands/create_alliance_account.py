"""Make the alliance's own account from the command line: whoever issues accounts needs one first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.administrators import AllianceHasAccount, create_alliance_account
from apps.scope.context import whole_country


class Command(BaseCommand):
    """`manage.py create_alliance_account --name 陈联采`; prints username and one-time password, once."""

    help = "Make the alliance's main account; prints the one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--name", required=True, help="the person's real name, as the log shows it"
        )

    def handle(self, *_: Any, **given: Any) -> None:
        with whole_country(reason="create_alliance_account"):
            try:
                account, password = create_alliance_account(by=Actor.system(), name=given["name"])
            except AllianceHasAccount as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"联采办账号 {account.username} 的一次性密码：{password}")
