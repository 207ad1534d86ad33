"""procrastinate's own command, whose worker outlives the database."""

import asyncio
from typing import Any

from procrastinate.contrib.django.management.commands import procrastinate

from apps.jobs.steadfast import work_until_stopped

NOT_THE_WORKERS = {"command", "func"}


class Command(procrastinate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("command") != "worker":
            return super().handle(*args, **options)
        beside = NOT_THE_WORKERS | self._django_options
        chosen = {name: value for name, value in options.items() if name not in beside}
        return asyncio.run(work_until_stopped(chosen))
