"""Count what 协议签署进度 counts one by one and compare; exit 1 and name the first difference."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.distribution.domain.agreements.verification import differences
from apps.projects.models import Project, ProjectKind
from apps.scope.context import whole_country


class Command(BaseCommand):
    """Count agreed, chosen, drawn and signed products anew; exit 1 and name the first difference."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", metavar="CODE", help="one project only")

    def handle(self, *_args: Any, project: str | None = None, **_options: Any) -> None:
        with whole_country(reason="verify_agreements"):
            rows = Project.objects.of_kind(ProjectKind.ALLOCATION).order_by("pk")
            projects = list(rows.filter(code=project) if project else rows)
            if project and not projects:
                raise CommandError(f"没有分量项目 {project}。", returncode=1)
            first = next((said for project in projects for said in differences(project)), None)
            if first:
                raise CommandError(first, returncode=1)
        self.stdout.write(f"{len(projects)} 个项目的协议签署进度与明细一致。")
