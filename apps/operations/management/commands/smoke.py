"""Asks a few addresses of this very code on this very database: exit 1 where one doesn't answer as it should."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import Client

ADDRESSES = ("/readyz", "/accounts/login/", "/help/", "/v/")


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        host = next(name for name in settings.ALLOWED_HOSTS if not name.startswith("."))
        browser = Client(
            raise_request_exception=False, headers={"Host": host.replace("*", "localhost")}
        )
        wrong = {}
        for address in ADDRESSES:
            answer = browser.get(address, secure=True)
            if answer.status_code != 200:  # noqa: PLR2004
                wrong[address] = answer.status_code
        if wrong:
            raise CommandError(f"These addresses don't answer as they should: {wrong}")
        self.stdout.write(f"{len(ADDRESSES)} addresses answer.")
