"""Build a synthetic national round on the real tree, for measuring: thousands of institutions, bulk-loaded."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.demo.institutions import TooMany
from apps.demo.national import RoundExists, build_national
from apps.demo.national_demand import build_national_demand
from apps.projects.models import ProjectKind
from apps.scope.context import whole_country

BUILDERS = {
    ProjectKind.DEMAND.value: build_national_demand,
    ProjectKind.ALLOCATION.value: build_national,
}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--institutions", type=int, default=46_000)
        parser.add_argument(
            "--items",
            type=int,
            default=250,
            help="catalogue items; 0 with --kind allocation: organisations and filings only",
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--kind", choices=list(BUILDERS), default="demand")
        parser.add_argument("--project", metavar="CODE", default="NATIONAL")

    def handle(
        self,
        *_args: Any,
        institutions: int,
        items: int,
        seed: int,
        kind: str,
        project: str,
        **_options: Any,
    ) -> None:
        fewest = 1 if kind == ProjectKind.DEMAND else 0
        if institutions < 1 or items < fewest:
            raise CommandError(f"--institutions 至少为 1，--items 至少为 {fewest}。")
        started = time.perf_counter()
        with whole_country(reason="build_national"):
            try:
                built = BUILDERS[kind](
                    code=project, institutions=institutions, items=items, seed=seed
                )
            except (RoundExists, TooMany) as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{project}：{built.institutions:,} 家医疗机构，{built.filings:,} 份申报单，"
            f"{built.rows:,} 行采购量，{built.events:,} 条审核记录；"
            f"发布 {built.publication:.1f} 秒，共 {time.perf_counter() - started:.1f} 秒。"
        )
