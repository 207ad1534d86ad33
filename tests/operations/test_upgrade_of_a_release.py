"""The last release's database, with its data, becomes this version's by `bin/upgrade`, or stays what it was."""

import hashlib
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from psycopg import sql

from apps.operations.domain.backups import Manifest
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
MOVED = {
    "accounts_user": {"role", "path", "organization_id", "enterprise_id", "permission_subset", "is_superuser"},
    "reporting_demandreport": {"amount"},
}  # fmt: skip
"""Columns that a migration since puts right: three administrators instead of one, amounts rounded once."""
IN_THE_WAY = "CREATE TABLE accounts_approval (id bigint)"
LINES, ATTACHED = 100_000, 40
NUMBERS = {"round": "DEMO-BL-KQ", "items": 5_000, "attached": ATTACHED}
"""A round of the release at work and what it gets in addition; `LINES` is how many there are then at least."""
Told = tuple[int, str | None]
FILLED = (
    "SET session_replication_role = replica",  # the round is published: nobody could add to it
    """
    INSERT INTO projects_catalogitem
    SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('projects_catalogitem', 'id')), 'position', 1000 + n, 'item_code', 'P' || n
    ))).*
    FROM projects_catalogitem one, generate_series(1, %(items)s) n
    WHERE one.id = (
        SELECT min(item.id) FROM projects_catalogitem item JOIN projects_project project ON project.id = project_id
        WHERE code = %(round)s
    )
    """,
    """
    INSERT INTO reporting_demandline (
        filing_id, item_id, path, planned, reason, explanation, pack_mark, is_saved, to_correct, version, updated_at
    )
    SELECT filing.id, item.id, filing.path, 900 + item.position, '', '新开病区', '', TRUE, FALSE, 1, now()
    FROM review_filing filing JOIN projects_catalogitem item USING (project_id)
    JOIN projects_project project ON project.id = project_id
    WHERE project.code = %(round)s AND filing.tier = 'institution' AND filing.status = 'draft' AND position > 1000
    """,
    """
    INSERT INTO notices_attachment (file, name, size, created_at, notice_id)
    SELECT 'notices/' || md5(n::text), n || '.pdf', 5000 * n, now(), (SELECT min(id) FROM notices_notice)
    FROM generate_series(1, %(attached)s) n
    """,
    "ANALYZE",
)
FILES = """
    SELECT file FROM notices_attachment UNION SELECT file FROM review_filingattachment
    UNION SELECT file FROM distribution_agreementscan ORDER BY 1
"""
COLUMNS = """
    SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s ORDER BY 1
"""
SAID = "SELECT count(*), sum(hashtextextended(ROW({columns})::text, 0)::numeric)::text FROM {table}"
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
        statements = tmp_path / "released.sql"
        statements.write_bytes(lzma.decompress(kept(newest_release()).read_bytes()))
        with statements.open("rb") as file:
            restoring.put_text(file, owner)
        filled(owner, tmp_path / "media")
        yield environment
    finally:
        for name in ("", "_failed", "_before"):
            restoring.drop_database(f"{owner.partition('?')[0]}{name}?{owner.partition('?')[2]}")


def filled(owner: str, media: Path) -> None:
    """To a round as large as real ones, and every file that a row names."""
    with psycopg.connect(owner) as database:
        for statement in FILLED:
            database.execute(statement, NUMBERS)
        names = [name for (name,) in database.execute(FILES)]
    for number, name in enumerate(names, 1):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(b"%PDF" * 5_000 + str(number).encode())


def ran(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True
    )


def upgrade(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return ran(environment, "-m", "bin.upgrade")


def told(owner: psycopg.Connection[Any], tables: Mapping[str, list[str]]) -> dict[str, Told]:
    """By table how many rows, and a sum over what they say in these columns."""
    return {name: _said(owner, name, columns) for name, columns in tables.items()}


def _said(owner: psycopg.Connection[Any], table: str, columns: list[str]) -> Told:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL(SAID).format(columns=names, table=sql.Identifier(table))
    [(count, total)] = owner.execute(statement).fetchall()
    return count, total


def everything(owner: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Tables that hold somebody's work, each with its columns."""
    names = [name for (name,) in owner.execute(TABLES) if not name.startswith(ITS_OWN)]
    return {name: [each for (each,) in owner.execute(COLUMNS, [name])] for name in names}


def lasting(tables: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Of those that no upgrade may touch the columns that this version has as well, and that none puts right."""
    known = {
        model._meta.db_table: {field.column for field in model._meta.local_fields}
        - MOVED.get(model._meta.db_table, set())
        for model in apps.get_models()
    }
    return {name: [each for each in tables[name] if each in known[name]] for name in WORK}


def files(folder: Path) -> dict[str, str]:
    """By name the SHA-256 of each."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_upgrade_that_fails_leaves_what_was_there(released: dict[str, str]) -> None:
    """Something stands in the way of a migration."""
    address = released["DATABASE_OWNER_URL"]
    with psycopg.connect(address) as owner:
        before = told(owner, everything(owner))
        owner.execute(IN_THE_WAY)
    assert before["reporting_demandline"][0] >= LINES

    failed = upgrade(released)

    assert failed.returncode == 1, failed.stderr
    assert "The database is what it was before" in failed.stderr
    with psycopg.connect(address) as owner:
        owner.execute("DROP TABLE accounts_approval")
        assert told(owner, everything(owner)) == before


def test_a_release_with_its_data_becomes_this_version(
    released: dict[str, str], tmp_path: Path
) -> None:
    address, kept_files = released["DATABASE_OWNER_URL"], files(tmp_path / "media")
    with psycopg.connect(address) as owner:
        tables = everything(owner)
        before, work = told(owner, tables), told(owner, lasting(tables))
    assert before["reporting_demandline"][0] >= LINES
    assert len(kept_files) > ATTACHED

    done = upgrade(released)

    assert done.returncode == 0, done.stderr
    with psycopg.connect(address) as owner:
        after = everything(owner)
        assert told(owner, lasting(tables)) == work
        moved = {name for name in before if name.endswith("event") and name not in after}
        [(changes,)] = owner.execute("SELECT count(*) FROM audit_change").fetchall()
    assert changes >= sum(before[name][0] for name in moved)
    assert files(tmp_path / "media") == kept_files
    assert backed_up(tmp_path) == (len(kept_files), [])
    judged = ran(released, "-c", VERIFY)
    assert judged.returncode == 0, (judged.stdout, judged.stderr)


def backed_up(place: Path) -> tuple[int, list[str]]:
    """How many files the upgrade put aside before it began, and which it did not find."""
    [found] = (place / "backups").glob(f"*/{restoring.MANIFEST}")
    manifest = Manifest(**json.loads(found.read_text()))
    return len(manifest.files), manifest.missing
