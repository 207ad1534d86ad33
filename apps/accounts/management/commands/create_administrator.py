"""Make one of the three administrators from the command line: the first ones have nobody to ask."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models.functions import Lower

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.administrators import Candidate, create_administrator
from apps.accounts.domain.usernames import USERNAME
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.folding.domain.folding import folded
from apps.scope.context import whole_country

KINDS = {"system": Role.SYSTEM, "security": Role.SECURITY, "audit": Role.AUDIT}


class Command(BaseCommand):
    """`manage.py create_administrator security li.anquan --name 李安全`; prints the one-time password, once."""

    help = "Make a system, security or audit administrator; prints the one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("username")
        parser.add_argument(
            "--name", required=True, help="the person's real name, as the log shows it"
        )
        parser.add_argument("--phone", default="")

    def handle(self, *_: Any, **given: Any) -> None:
        username: str = given["username"]
        if not USERNAME.fullmatch(username):
            raise CommandError("用户名为 2 至 50 位字母、数字、点、短横线或下划线。")
        with whole_country(reason="create_administrator"):
            alike = User.objects.annotate(key=Lower("username")).filter(key=folded(username))
            if alike.exists():
                raise CommandError("这个用户名已被使用。")
            candidate = Candidate(KINDS[given["kind"]], username, given["name"], given["phone"])
            account, password = create_administrator(by=Actor.system(), candidate=candidate)
        self.stdout.write(f"{account.get_role_display()} {username} 的一次性密码：{password}")
