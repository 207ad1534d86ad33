"""Set an account's password from the command line: for the administrator whom nobody else can help."""

from typing import Any

from django.contrib.auth.management.commands.changepassword import Command as DjangoCommand

from apps.scope.context import whole_country


class Command(DjangoCommand):
    """Django's command, with the scope that finding the account needs."""

    def execute(self, *args: Any, **options: Any) -> Any:
        with whole_country(reason="changepassword"):
            return super().execute(*args, **options)
