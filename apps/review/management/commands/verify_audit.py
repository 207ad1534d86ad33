"""Check the seals over all records against their rows and the anchor, and all events against what they are of.

Prints every difference; exit 1 if there is one. `--project` looks at the filings of one project only; `--seal` first
seals what has no seal yet.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit.domain.proving import PROOFS, Proof
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
            differences = self._seals()
            proofs = {project: partial(_of_project, project)} if project else PROOFS
            for title, proof in proofs.items():
                differences += self._told(title, proof)
        if differences:
            raise CommandError(f"发现 {differences:,} 处不一致。")

    def _seals(self) -> int:
        check, differences = Check(), 0
        for difference in check.differences():
            differences += 1
            place = f"第 {difference.seal:,} 号封印：" if difference.seal else ""
            self.stderr.write(f"{place}{difference.what}")
        for title, count in unsealed().items():
            self.stdout.write(f"{title}：有 {count:,} 条尚未封存。")
        if not differences:
            self.stdout.write(f"封印 {check.upto:,} 号、记录 {check.rows:,} 条：完整。")
        return differences

    def _told(self, title: str, proof: Proof) -> int:
        differences = 0
        for what in proof():
            differences += 1
            self.stderr.write(what)
        if not differences:
            self.stdout.write(f"{title}：与记录一致。")
        return differences


def _of_project(code: str) -> Iterator[str]:
    for project in Project.objects.filter(code=code):
        yield from (f"{code}：{what}" for what in differences(project))
