"""Says whether people may work: `read_only` (they look and cannot save), `closed` (a calm page) or `off`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.operations.domain.maintenance import Maintenance, Mode, begin, current, end


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mode", choices=[*Mode.values, "off"])
        parser.add_argument("--until", default="", help="as people read it, such as 22:30")

    def handle(self, *_args: Any, mode: str, until: str, **_options: Any) -> None:
        if mode == "off":
            end()
        else:
            begin(Maintenance(mode, until))
        now = current()
        self.stdout.write(now.sentence if now else "系统正常使用。")
