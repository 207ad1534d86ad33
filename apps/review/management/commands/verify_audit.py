"""Recompute the hash chains of all events and the seals over them; exit 1 and name the first difference."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.projects.models import Project
from apps.review.domain.seals import differences
from apps.scope.context import whole_country


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", metavar="CODE")

    def handle(self, *_args: Any, project: str | None = None, **_options: Any) -> None:
        with whole_country(reason="verify_audit"):
            projects = Project.objects.order_by("code")
            for each in projects.filter(code=project) if project else projects:
                for difference in differences(each):
                    raise CommandError(f"{each.code}: {difference}")
                self.stdout.write(f"{each.code}：审核记录完整。")
