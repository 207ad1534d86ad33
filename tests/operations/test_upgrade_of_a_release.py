"""The last release's database, with its data, becomes this version's by `bin/upgrade`, or stays what it was."""

import lzma
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from bin import restoring
from config.embedded_postgres import ROOT, RUNNER
from tests.releases.keep import KEPT, MOST, SECRET_KEY, kept, newest_release

TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
ITS_OWN = ("django_migrations", "django_content_type", "auth_permission", "procrastinate_")
"""How tables begin whose rows are of the version, not of anybody's work."""
WORK = (
    "accounts_user", "organizations_organization", "projects_project", "projects_catalogitem",
    "projects_participation", "review_filing", "review_filingevent", "reporting_demandline",
    "reporting_demandreport", "reporting_purchasehistory", "allocation_allocationrow", "allocation_slotline",
    "volumes_agreedquantity", "distribution_deliveryrelation", "notices_message", "audit_logentry",
)  # fmt: skip
"""Tables that no upgrade may take a row from, or add one to."""
IN_THE_WAY = "CREATE TABLE accounts_approval (id bigint)"
VERIFY = """
import django
from django.core.management import call_command
django.setup()
for name in ("verify_totals", "verify_capacity", "verify_agreements", "verify_audit"):
    call_command(name)
"""


def test_the_last_release_is_kept() -> None:
    dump = kept(newest_release())

    assert dump.exists(), "python -m tests.releases.keep, in the checkout of the release"
    assert [each.name for each in KEPT.glob("*.sql.xz") if each.stat().st_size > MOST] == []


@pytest.fixture
def released(django_db_setup: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation whose database is the last release's."""
    owner = restoring.named(restoring.owner_url(), f"{connection.settings_dict['NAME']}_released")
    parts = owner.partition("://")[2].partition("@")
    environment = {
        **os.environ,
        "DATABASE_OWNER_URL": owner,
        "DATABASE_URL": f"postgres://{RUNNER}@{parts[2]}",
        "SECRET_KEY": SECRET_KEY,
        "VAR_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    restoring.drop_database(owner)
    restoring.make_database(owner)
    try:
        statements = lzma.decompress(kept(newest_release()).read_bytes())
        command = [restoring.programs() / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
        said = subprocess.DEVNULL
        subprocess.run([*command, f"--dbname={owner}"], input=statements, check=True, stdout=said)
        yield environment
    finally:
        for name in ("", "_failed", "_before"):
            restoring.drop_database(f"{owner.partition('?')[0]}{name}?{owner.partition('?')[2]}")


def ran(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True
    )


def upgrade(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return ran(environment, "-m", "bin.upgrade")


def rows(environment: dict[str, str]) -> dict[str, int]:
    """By table how many."""
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as owner:
        names = [name for (name,) in owner.execute(TABLES) if not name.startswith(ITS_OWN)]
        counted = sql.SQL("SELECT count(*) FROM {}")
        found = {}
        for name in names:
            row = owner.execute(counted.format(sql.Identifier(name))).fetchone()
            assert row
            found[name] = row[0]
    return found


def test_a_release_with_its_data_becomes_this_version(released: dict[str, str]) -> None:
    """First something stands in the way, and the database is what it was; then nothing does."""
    before = rows(released)
    assert before["reporting_demandline"] > 0
    with psycopg.connect(released["DATABASE_OWNER_URL"]) as owner:
        owner.execute(IN_THE_WAY)

    failed = upgrade(released)

    assert failed.returncode == 1, failed.stderr
    assert "The database is what it was before" in failed.stderr
    with psycopg.connect(released["DATABASE_OWNER_URL"]) as owner:
        owner.execute("DROP TABLE accounts_approval")
    assert rows(released) == before

    done = upgrade(released)

    assert done.returncode == 0, done.stderr
    after = rows(released)
    moved = {name for name in before if name.endswith("event") and name not in after}
    assert {name: after[name] for name in WORK} == {name: before[name] for name in WORK}
    assert after["audit_change"] >= sum(before[name] for name in moved)
    judged = ran(released, "-c", VERIFY)
    assert judged.returncode == 0, (judged.stdout, judged.stderr)
