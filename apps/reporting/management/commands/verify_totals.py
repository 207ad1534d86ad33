"""Recompute every frozen total from the lines and compare; exit 1 and name the first difference."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.projects.models import Project
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandTotal
from apps.scope.context import whole_country


class Command(BaseCommand):
    """Recompute every frozen total from the lines; exit 1 and name the first difference."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", metavar="CODE", help="one project only")

    def handle(self, *_args: Any, project: str | None = None, **_options: Any) -> None:
        with whole_country(reason="verify_totals"):
            asked = Project.objects.filter(code=project).first() if project else None
            if project and asked is None:
                raise CommandError(f"没有项目 {project}。", returncode=1)
            first = next(differences(asked), None)
            if first:
                raise CommandError(first, returncode=1)
            totals = DemandTotal.objects.all()
            count = (totals.filter(filing__project=asked) if asked else totals).count()
        self.stdout.write(f"{count:,} 个品规汇总与各机构明细一致。")
