"""Print the state diagram of filings as Mermaid."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.review.domain.diagram import mermaid


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(mermaid())
