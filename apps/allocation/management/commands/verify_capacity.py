"""Recompute capacity pools and agreed amounts and compare; exit 1 and name the first difference."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.allocation.domain.verification import differences
from apps.allocation.models import CapacityPool
from apps.projects.models import Project
from apps.scope.context import whole_country


class Command(BaseCommand):
    """Recompute what every product's pool holds and what was agreed; exit 1 and name the first difference."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", metavar="CODE", help="one project only")

    def handle(self, *_args: Any, project: str | None = None, **_options: Any) -> None:
        with whole_country(reason="verify_capacity"):
            asked = _project(project)
            first = next(differences(asked), None)
            if first:
                raise CommandError(first, returncode=1)
            pools = CapacityPool.objects.all()
            count = (pools.of_project(asked) if asked else pools).count()
        self.stdout.write(f"{count} 个中选产品的产能与各机构合计一致，协议量和金额与明细一致。")


def _project(code: str | None) -> Project | None:
    if code is None:
        return None
    project = Project.objects.filter(code=code).first()
    if project is None:
        raise CommandError(f"没有项目 {code}。", returncode=1)
    return project
