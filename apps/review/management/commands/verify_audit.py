"""Check the seals over all records against their rows and the anchor, and all events against their filings.

Prints every difference; exit 1 if there is one. `--project` looks at the filings of one project only; `--seal` first
seals what has no seal yet.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit.domain.sealing import seal_all
from apps.audit.domain.verifying import Check, unsealed
from apps.projects.models import Project
from apps.review.domain.proving import differences
from apps.scope.context import whole_country


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", metavar="CODE")
        parser.add_argument("--seal", action="store_true")

    def handle(
        self, *_args: Any, project: str | None = None, seal: bool = False, **_options: Any
    ) -> None:
        with whole_country(reason="verify_audit"):
            if seal:
                self.stdout.write(f"新封存 {seal_all():,} 号。")
            found = self._seals() + self._projects(project)
        if found:
            raise CommandError(f"发现 {found:,} 处不一致。")

    def _seals(self) -> int:
        check, found = Check(), 0
        for difference in check.differences():
            found += 1
            place = f"第 {difference.seal:,} 号封印：" if difference.seal else ""
            self.stderr.write(f"{place}{difference.what}")
        for title, count in unsealed().items():
            self.stdout.write(f"{title}：有 {count:,} 条尚未封存。")
        if not found:
            self.stdout.write(f"封印 {check.upto:,} 号、记录 {check.rows:,} 条：完整。")
        return found

    def _projects(self, code: str | None) -> int:
        found = 0
        projects = Project.objects.order_by("code")
        for each in projects.filter(code=code) if code else projects:
            told = list(differences(each))
            found += len(told)
            for what in told:
                self.stderr.write(f"{each.code}：{what}")
            if not told:
                self.stdout.write(f"{each.code}：审核记录完整。")
        return found
