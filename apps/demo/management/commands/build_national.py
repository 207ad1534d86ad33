"""Build a synthetic national round on the real tree, for measuring: thousands of institutions, bulk-loaded."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.demo.institutions import TooMany
from apps.demo.national import RoundExists, build_national
from apps.scope.context import whole_country


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--institutions", type=int, default=46_000)
        parser.add_argument(
            "--items",
            type=int,
            default=0,
            help="catalogue items of an allocation round with volumes; 0: organisations and filings only",
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--project", metavar="CODE", default="NATIONAL")

    def handle(
        self, *_args: Any, institutions: int, items: int, seed: int, project: str, **_options: Any
    ) -> None:
        if institutions < 1 or items < 0:
            raise CommandError("--institutions 至少为 1，--items 不能为负。")
        started = time.perf_counter()
        with whole_country(reason="build_national"):
            try:
                built = build_national(
                    code=project, institutions=institutions, items=items, seed=seed
                )
            except (RoundExists, TooMany) as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{project}：{built.institutions:,} 家医疗机构，{built.filings:,} 份申报单，"
            f"{built.rows:,} 行采购量，{built.events:,} 条审核记录；"
            f"发布 {built.publication:.1f} 秒，共 {time.perf_counter() - started:.1f} 秒。"
        )
