"""Make a platform administrator from the command line: the first one has nobody to ask."""

from typing import Any

from django.contrib.auth.management.commands.createsuperuser import Command as DjangoCommand

from apps.scope.context import whole_country


class Command(DjangoCommand):
    """Django's command, with the scope that looking for the username needs."""

    def execute(self, *args: Any, **options: Any) -> Any:
        with whole_country(reason="createsuperuser"):
            return super().execute(*args, **options)
