"""Write docs/openapi.json."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.api.domain.contract import broken
from apps.api.pages.interface import written


class Command(BaseCommand):
    """`manage.py write_interface`: what `docs/openapi.json` says, from the operations as they are."""

    help = "Write docs/openapi.json; refused where programs written against the one before would break."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--breaking", action="store_true", help="write it all the same")

    def handle(self, *_: Any, **given: Any) -> None:
        place = Path(settings.BASE_DIR) / "docs" / "openapi.json"
        text = written()
        before = json.loads(place.read_text("utf-8")) if place.exists() else {"paths": {}}
        found = broken(before, json.loads(text))
        if found and not given["breaking"]:
            raise CommandError("Programs would break:\n" + "\n".join(found))
        place.write_text(text, encoding="utf-8")
