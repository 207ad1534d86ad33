"""What an upgrade rests on: the way back, and whether the new version answers."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.operations.domain.backing_up import back_up
from bin import restoring, upgrade
from config.embedded_postgres import RUNNER
from tests.running import as_owner

NAME = "SELECT name FROM organizations_division WHERE code = '420100'"


@pytest.mark.django_db(transaction=True)
def test_the_way_back_leads_to_what_was_before(tree: Any, settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path / "backups"
    with as_owner():
        backup = back_up()
    served = restoring.named(restoring.owner_url(), f"{connection.settings_dict['NAME']}_served")
    restoring.drop_database(served)
    restoring.make_database(served)
    try:
        with psycopg.connect(served) as failing:  # half a migration, and somebody connected
            failing.execute("CREATE TABLE organizations_division (code text, name text)")
            failing.commit()

            upgrade._back(served, backup.folder)

        with psycopg.connect(served) as now:
            assert now.execute(NAME).fetchone() == ("武汉市",)
            now.execute(f"SET ROLE {RUNNER}")
            assert now.execute(NAME).fetchone() == ("武汉市",)
        with psycopg.connect(_named(served, "_failed")) as failed:
            assert failed.execute(NAME).fetchone() is None
    finally:
        for url in (served, *(_named(served, end) for end in ("_failed", "_before"))):
            restoring.drop_database(url)


def _named(url: str, end: str) -> str:
    name = f"{connection.settings_dict['NAME']}_served{end}"
    return restoring.named(url, name)


@pytest.mark.django_db
def test_a_version_that_answers_passes_and_one_that_does_not_fails(
    settings: Any, tmp_path: Path
) -> None:
    call_command("smoke")
    settings.DRAIN_FILE = tmp_path / "draining"
    settings.DRAIN_FILE.touch()

    with pytest.raises(CommandError, match="/readyz"):
        call_command("smoke")
