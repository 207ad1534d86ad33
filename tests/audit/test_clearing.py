"""What is past its time goes, and what proves the rest stays whole."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit import tasks
from apps.audit.domain import sealing
from apps.audit.domain.clearing import clear_old_entries
from apps.audit.domain.keys import digest_of
from apps.audit.models import ClearedSegment, LogEntry, Seal
from apps.audit.services import Entry, record_many
from tests.audit.tampering import tamper, verified

YEARS = 4 * 365


def say(*sentences: str) -> None:
    entries = [Entry("查看", "物", sentence, "/0/42/") for sentence in sentences]
    record_many(by=Actor.system(), entries=entries)


@pytest.fixture
def aged(own_anchor: Path, country: object, db: None) -> Path:
    """Two entries sealed four years ago, one sealed today."""
    del country, db
    with time_machine.travel(timezone.now() - timedelta(days=YEARS), tick=False):
        say("旧一", "旧二")
        sealing.seal_all(patience=0)
    say("新")
    sealing.seal_all(patience=0)
    return own_anchor / "archive"


def archived(folder: Path) -> Path:
    (file,) = folder.glob("*.jsonl.gz")
    return file


def test_old_entries_go_into_a_file_whose_digest_is_the_seals(aged: Path):
    assert clear_old_entries() == 1

    assert list(LogEntry.objects.values_list("sentence", flat=True)) == ["新"]
    cleared = ClearedSegment.objects.get()
    with gzip.open(archived(aged), "rb") as lines:
        content = lines.read()
    assert archived(aged).name == cleared.file
    assert digest_of([content], "sm3") == cleared.seal.content
    assert "旧一" in content.decode()
    assert verified() == ""


def test_it_is_safe_to_come_round_again(aged: Path):
    tasks.clear()
    tasks.clear()

    assert ClearedSegment.objects.count() == 1
    assert verified() == ""


def test_nothing_younger_than_the_setting_goes(aged: Path, settings):
    settings.LOG_KEEP_DAYS = YEARS + 1

    assert clear_old_entries() == 0


def test_the_database_keeps_half_a_year_whatever_the_product_says(aged: Path):
    """An entry goes with a cleared segment of its own, and no younger one with any."""
    young = Seal.objects.order_by("-number").first()
    ClearedSegment.objects.create(seal=young, at=timezone.now(), file="x")

    for sentence in ("旧一", "新"):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            LogEntry.objects.filter(sentence=sentence).delete()


@pytest.mark.parametrize("days", [0, 30, 183])
def test_no_setting_goes_below_half_a_year(own_anchor: Path, country, db, settings, days):
    settings.LOG_KEEP_DAYS = days
    with time_machine.travel(timezone.now() - timedelta(days=180), tick=False):
        say("半年之内")
        sealing.seal_all(patience=0)

    assert clear_old_entries() == 0


def test_what_was_changed_stays_as_evidence(aged: Path):
    tamper("UPDATE audit_logentry SET sentence = '改写' WHERE sentence = '旧一'")

    assert clear_old_entries() == 0

    assert LogEntry.objects.count() == 3
    assert "内容被改动" in verified()


def test_what_has_no_seal_stays(own_anchor: Path, country, db):
    with time_machine.travel(timezone.now() - timedelta(days=YEARS), tick=False):
        say("没有封存")

    assert clear_old_entries() == 0
    assert LogEntry.objects.exists()


def test_what_is_not_anchored_stays(aged: Path):
    anchors = aged.parent / "anchors.jsonl"
    anchors.unlink()

    assert clear_old_entries() == 0


def test_a_changed_or_missing_archive_is_found(aged: Path):
    clear_old_entries()
    file = archived(aged)
    with gzip.open(file, "rb") as lines:
        content = lines.read()

    file.write_bytes(gzip.compress(content.replace("旧一".encode(), "新一".encode())))
    assert "的内容与封存时不同" in verified()
    file.unlink()
    assert "不存在" in verified()


def test_entries_put_back_under_a_cleared_seal_are_found(aged: Path):
    first = LogEntry.objects.order_by("pk").first()
    clear_old_entries()

    LogEntry.objects.bulk_create([first])

    assert "重新出现" in verified()


def test_an_older_seal_without_a_newer_column_is_cleared(aged: Path):
    """The columns are the seal's own: one that a table gets later does not stand in an older seal."""
    seal = Seal.objects.order_by("number").first()
    columns, rows = sealing.sealed_rows(sealing.STREAMS[seal.stream], 0, seal.upto, ["id", "at"])

    assert columns == ["at", "id"]
    assert len(rows[0]) == 2
