"""Write a round as CSV files into a folder: what its figures follow from and what they come to, of one moment."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.allocation.domain.dumping.writing import NotDumped, dump_round
from apps.scope.context import whole_country


class Command(BaseCommand):
    """Dump a demand project, or an allocation and the demand project that it was generated from."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="a demand project or an allocation")
        parser.add_argument("folder", metavar="DIR", type=Path, help="new or empty")

    def handle(self, *_args: Any, code: str, folder: Path, **_options: Any) -> None:
        with whole_country(reason="dump_round"):
            try:
                sizes = dump_round(code, folder)
            except NotDumped as refusal:
                raise CommandError(str(refusal), returncode=1) from refusal
        self.stdout.write(
            f"{code} 已导出到 {folder}：{len(sizes)} 个文件，共 {sum(sizes.values()):,} 字节。"
        )
