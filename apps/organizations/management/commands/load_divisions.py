"""Load the real divisions and the bureaus on them; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.scope.context import whole_country


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        with whole_country(reason="load_divisions"):
            divisions, bureaus = load_bureaus(read_divisions())
        self.stdout.write(f"{divisions} 个行政区划，{bureaus} 个医保单位。")
