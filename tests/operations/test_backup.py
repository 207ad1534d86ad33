"""A backup is restored into another database and another folder, and found whole or not."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from apps.accounts.models import User
from apps.audit.domain.anchors import anchor_file
from apps.audit.domain.sealing import seal_all
from apps.notices.models import Attachment, Notice, NoticeKind
from apps.operations.domain import backups
from apps.operations.domain.backing_up import back_up, named_files
from apps.operations.domain.backups import Backup
from apps.operations.domain.sql import digests
from apps.operations.domain.standing import measures
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.scope.database import run
from bin import restore, restoring
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories_review import units_below
from tests.running import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECRET_KEY", settings.SECRET_KEY)  # of the seals
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.AUDIT_DIR = tmp_path / "audit"
    return tmp_path


@pytest.fixture
def attached(country: Any, alliance_officer: User) -> list[Attachment]:
    """Three files of a notice, in the storage."""
    notice = Notice.objects.create(
        kind=NoticeKind.NOTICE, title="通知", path="/0/", created_by=alliance_officer
    )
    made = [Attachment(notice=notice, name=f"{number}.pdf", size=number) for number in range(1, 4)]
    for number, attachment in enumerate(made, 1):
        attachment.file.save("x", ContentFile(b"%PDF" * 5_000 * number), save=False)
        attachment.save()
    return made


ITEMS, UNITS = 10_000, 10
COPIES = """
    INSERT INTO projects_catalogitem
    SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('projects_catalogitem', 'id')), 'position', n, 'item_code', 'P' || n
    ))).*
    FROM projects_catalogitem one, generate_series(2, %s) n WHERE one.project_id = %s
"""
LINES = """
    INSERT INTO reporting_demandline (
        filing_id, item_id, path, planned, reason, explanation, pack_mark, is_saved, to_correct, version, updated_at
    )
    SELECT filing.id, item.id, filing.path, 900 + item.position, '', '新开病区', '', TRUE, FALSE, 1, now()
    FROM review_filing filing JOIN projects_catalogitem item USING (project_id)
    WHERE project_id = %s AND filing.tier = 'institution'
"""


@pytest.fixture
def large(tree: Tree, country: Any, alliance_officer: User) -> Project:
    """A round at work, of 100,000 lines."""
    units = units_below(tree["420106"], UNITS)
    project = make.demand_project(units, items=1)
    with as_owner():
        run(COPIES, [ITEMS, project.pk])
    make.published(project, alliance_officer)
    with as_owner():
        run(LINES, [project.pk])
    return project


@pytest.fixture
def made(request: pytest.FixtureRequest, attached: list[Attachment]) -> Iterator[Backup]:
    if hasattr(request, "param"):
        request.getfixturevalue(request.param)
    seal_all()
    with as_owner():
        yield back_up()


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of a database beside, which is made and dropped."""
    name = f"{connection.settings_dict['NAME']}_drill"
    url = restoring.named(restoring.owner_url(), name)
    restoring.drop_database(url)
    restoring.make_database(url)
    yield url
    restoring.drop_database(url)


@pytest.mark.parametrize("made", ["large"], indirect=True)
def test_a_restored_backup_is_proven_and_what_was_changed_is_found(
    made: Backup, elsewhere: str, place: Path
) -> None:
    """Rows, files and seals of a round of 100,000 lines; then one row and one file differ."""
    assert made.manifest.tables["reporting_demandline"][0] == ITEMS * UNITS
    assert len(made.manifest.files) == 3
    restoring.put(made.folder, elsewhere, place / "restored")

    assert restoring.proven(made.folder, elsewhere, place / "restored")
    proof = Backup.read(made.folder).proof
    assert proof is not None
    assert proof.differences == []
    assert Backup.read(made.folder).proven_at is not None

    with psycopg.connect(elsewhere) as other:
        other.execute("UPDATE organizations_division SET name = name || '?' WHERE code = '420100'")
    name = next(iter(made.manifest.files))
    (place / "restored" / "media" / name).write_bytes(b"%PDF")

    assert not restoring.proven(made.folder, elsewhere, place / "restored")
    proof = Backup.read(made.folder).proof
    assert proof is not None
    assert len(proof.differences) == 2
    assert "organizations_division" in proof.differences[0]
    assert name in proof.differences[1]
    assert Backup.read(made.folder).proven_at is None


def test_a_backup_holds_every_row_and_every_file(made: Backup, attached: list[Attachment]) -> None:
    kept = made.manifest

    assert set(kept.files) == named_files() == {each.file.name for each in attached}
    for attachment in attached:
        with default_storage.open(attachment.file.name) as file:
            assert made.file(attachment.file.name).read_bytes() == file.read()
    assert kept.tables["organizations_organization"][0] == Organization.objects.count()
    assert (made.folder / backups.DUMP).read_bytes()[:5] == b"PGDMP"


def test_the_anchor_knows_no_seal_that_the_moment_did_not(made: Backup) -> None:
    kept = (made.folder / backups.ANCHORS).read_bytes()

    assert kept
    assert kept == anchor_file().read_bytes()
    line = json.loads(kept.splitlines()[-1])
    with anchor_file().open("a") as file:
        file.write(json.dumps(line | {"number": line["number"] + 1}) + "\n")
    with as_owner():
        assert (back_up().folder / backups.ANCHORS).read_bytes() == kept


def test_a_file_that_is_lost_is_told_and_stops_nothing(attached: list[Attachment]) -> None:
    default_storage.delete(attached[0].file.name)

    with as_owner():
        made = back_up()

    assert made.manifest.missing == [attached[0].file.name]
    assert len(made.manifest.files) == 2


def test_old_backups_go_with_the_files_that_only_they_had(
    attached: list[Attachment], settings: Any
) -> None:
    settings.BACKUP_KEEP = 1
    with as_owner():
        first = back_up()
        attached[0].delete()
        shutil.move(first.folder, first.folder.with_name("20200101T000000Z"))
        call_command("backup")

    assert [each.folder.name != "20200101T000000Z" for each in backups.backups()] == [True]
    assert len(list(backups.pool().glob("*/*"))) == 2


def test_a_restore_that_breaks_off_is_told(made: Backup) -> None:
    """The measure of it is wrong until a drill passes again."""
    (made.folder / backups.DUMP).write_bytes(b"PGDMP and no more")

    assert not restore._drill(made.folder)

    proof = Backup.read(made.folder).proof
    assert proof is not None
    assert "恢复没有完成" in proof.differences[0]
    differs = next(each for each in measures() if each.name == "restore_drill_differences")
    assert (differs.value, differs.is_wrong) == (1, True)


def test_half_a_backup_is_none(place: Path) -> None:
    (place / "backups" / "20200101T000000Z").mkdir(parents=True)

    assert backups.backups() == []


def test_nothing_is_restored_over_a_database_that_is_there(elsewhere: str) -> None:
    with pytest.raises(psycopg.errors.DuplicateDatabase):
        restoring.make_database(elsewhere)


def test_digests_tell_rows_apart_and_not_their_order(tree: Any) -> None:
    before = digests()["organizations_division"]
    run("UPDATE organizations_division SET name = name")
    assert digests()["organizations_division"] == before
    run("UPDATE organizations_division SET name = name || '?' WHERE code = '420100'")
    assert digests()["organizations_division"] != before
