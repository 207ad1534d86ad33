"""Whoever owns the database can change everything in it; `verify_audit` shows each of these changes."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from apps.audit.domain import sealing
from apps.audit.domain.anchors import AnchorAhead, anchor_file
from apps.audit.domain.streams import STREAMS
from apps.audit.models import LogEntry, Seal
from apps.projects.models import Project
from apps.review.domain.events import digest
from apps.review.models import FilingEvent
from tests.audit.tampering import tamper, verified

LAST = "(SELECT max(id) FROM audit_logentry)"
SLIPPED_IN = """
    INSERT INTO audit_logentry
    SELECT (jsonb_populate_record(entry, '{"id": 0}')).* FROM audit_logentry entry WHERE sentence = '第 1 条'
"""
CHANGED, FEWER = "内容被改动", "封存时"


@pytest.fixture(autouse=True)
def clean(round_under_seal: Project) -> None:
    """Before anything is changed, nothing is found."""
    del round_under_seal
    assert verified() == ""


def resealed() -> None:
    """Seal everything anew with the platform's own key, as its owner could, past the look at the anchor."""
    for stream in STREAMS.values():
        upto = sealing.settled(stream, patience=0)
        while upto and sealing._seal_next(stream, upto):
            pass


def rewrite_events() -> None:
    """Give a step another reason and all of its filing's steps hashes that fit."""
    tamper("UPDATE review_filingevent SET reason = '无误' WHERE sequence = 2")
    before = ""
    for event in FilingEvent.objects.order_by("filing_id", "sequence"):
        event.previous_hash = before
        before = digest(event)
        tamper(
            "UPDATE review_filingevent SET hash = %(hash)s, previous_hash = %(old)s WHERE id = %(pk)s",
            hash=before, old=event.previous_hash, pk=event.pk,
        )  # fmt: skip


def cut_and_rewind() -> None:
    """Take back the last step and everything that shows it: filing, event, entry."""
    tamper(
        "DELETE FROM review_filingevent WHERE sequence = 3",
        "UPDATE review_filing SET status = 'returned', version = 2 WHERE version = 3",
        f"DELETE FROM audit_logentry WHERE id = {LAST}",
    )


MANIPULATIONS: dict[str, tuple[Callable[[], None] | str, list[str]]] = {
    "truncated": ("TRUNCATE audit_logentry", [FEWER]),
    "all truncated": (
        "TRUNCATE audit_logentry, audit_change, review_filingevent, audit_seal CASCADE",
        ["锚定文件中有第 1 至", "没有记录"],
    ),
    "a sentence changed": ("UPDATE audit_logentry SET sentence = '什么也没有' WHERE sentence = '第 3 条'", [CHANGED]),
    "an actor of the log changed": ("UPDATE audit_logentry SET actor_id = NULL WHERE sentence = '第 3 条'", [CHANGED]),
    "an actor's name of an event changed": (
        "UPDATE review_filingevent SET actor_name = '别人' WHERE sequence = 2",
        ["第 2 步：内容被改动", "审核记录编号"],
    ),
    "a tail removed": ("DELETE FROM review_filingevent WHERE sequence = 3", [FEWER, "状态为 submitted"]),
    "a tail removed and everything rewound": (cut_and_rewind, [FEWER]),
    "a chain rewritten": (rewrite_events, ["审核记录编号", CHANGED]),
    "a status moved": ("UPDATE review_filing SET status = 'approved' WHERE version = 3", ["状态为 approved"]),
    "a status of a unit that never acted moved": (
        "UPDATE review_filing SET status = 'approved' WHERE version = 0",
        ["没有记录"],
    ),
    "a version moved": ("UPDATE review_filing SET version = 9 WHERE version = 3", ["版本为 9，最后一步是第 3 步"]),
    "a request of the log changed": (
        "UPDATE audit_logentry SET request_id = 'x' WHERE sentence = '第 1 条'",
        [CHANGED],
    ),
    "a request of an event changed": (
        "UPDATE review_filingevent SET request_id = 'x' WHERE sequence = 1",
        ["第 1 步：内容被改动", "审核记录编号"],
    ),
    "a row in the middle removed": ("DELETE FROM audit_logentry WHERE sentence = '第 3 条'", [FEWER]),
    "a step in the middle removed": ("DELETE FROM review_filingevent WHERE sequence = 2", ["缺少第 2 步"]),
    "an entry's place changed": ("UPDATE audit_logentry SET path = '/0/14/' WHERE sentence = '第 2 条'", [CHANGED]),
    "an entry back-dated": (
        "UPDATE audit_logentry SET at = at - interval '40 days' WHERE sentence = '第 4 条'",
        [CHANGED, "时间与封存时不同"],
    ),
    "an entry slipped in among sealed ones": (
        SLIPPED_IN,
        ["编号不大于 0"],
    ),
    "a change's values changed": (
        """UPDATE audit_change SET after = '{"name": "x"}' WHERE id = (SELECT min(id) FROM audit_change)""",
        [CHANGED],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MANIPULATIONS)
def test_what_was_changed_is_found(name: str) -> None:
    manipulation, found = MANIPULATIONS[name]

    if callable(manipulation):
        manipulation()
    else:
        tamper(manipulation)

    complaints = verified()
    assert complaints
    assert [each for each in found if each not in complaints] == [], complaints


def test_a_chain_sealed_anew_is_not_the_anchored_one() -> None:
    rewrite_events()
    tamper("TRUNCATE audit_seal CASCADE")

    with pytest.raises(AnchorAhead):
        sealing.seal_all(patience=0)
    resealed()

    assert "与锚定文件中的封印不同" in verified()


def test_a_tail_removed_with_its_seals_is_missed_by_the_anchor() -> None:
    cut_and_rewind()
    tamper("DELETE FROM audit_seal WHERE number > (SELECT max(number) - 2 FROM audit_seal)")

    with pytest.raises(AnchorAhead):
        sealing.seal_all(patience=0)
    assert "尾部被删除或清空" in verified()


def test_seals_and_anchor_made_anew_with_another_key_are_found(settings: object) -> None:
    own = settings.SECRET_KEY  # type: ignore[attr-defined]
    tamper("TRUNCATE audit_seal CASCADE", "UPDATE audit_logentry SET sentence = '改写'")
    anchor_file().unlink()
    settings.SECRET_KEY = "somebody else's"  # type: ignore[attr-defined]
    sealing.seal_all(patience=0)
    assert verified() == ""
    settings.SECRET_KEY = own  # type: ignore[attr-defined]

    assert "不在配置中" in verified()
    tamper(f"UPDATE audit_seal SET key_id = '{sealing.sealing_key()[0]}'")
    assert "不是用本平台的密钥加盖的" in verified()


@pytest.mark.parametrize(
    "change",
    [
        "stream = 'audit.change'", "after = after - 1", "upto = upto + 1", "count = count + 1",
        "columns = columns || ',x'", "earliest = earliest - interval '1 second'",
        "latest = latest + interval '1 second'", "content = md5(content)", "previous = md5(previous)",
        "at = at - interval '1 second'", "algorithm = 'sha256'", "key_id = 'x'", "mac = md5(mac)",
        "number = number + 100",
    ],
)  # fmt: skip
def test_every_value_of_a_seal_is_under_its_code(change: str) -> None:
    number = Seal.objects.filter(stream="audit.logentry").order_by("number").first().number

    tamper(f"UPDATE audit_seal SET {change} WHERE number = {number}")

    assert verified()


def test_a_row_dated_into_the_past_needs_no_trigger_off_and_is_found() -> None:
    (entry,) = LogEntry.objects.filter(sentence="第 1 条")
    entry.pk = None
    entry.save()
    tamper(f"UPDATE audit_logentry SET at = at - interval '3 days' WHERE id = {LAST}")

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        sealing.seal_all(patience=0)

        assert "倒签" in verified()


def test_an_event_without_its_status_is_found(round_under_seal: Project) -> None:
    del round_under_seal
    event = FilingEvent.objects.order_by("-sequence").first()
    event.pk, event.sequence, event.target, event.source = None, 4, "approved", "submitted"
    event.previous_hash = event.hash
    event.hash = digest(event)
    event.save()

    assert "最后一步记录的是 approved" in verified()


def test_a_changed_anchor_is_found(own_anchor: Path) -> None:
    lines = (own_anchor / "anchors.jsonl").read_text("utf-8").splitlines()
    first = json.loads(lines[0]) | {"content": "0" * 64}
    (own_anchor / "anchors.jsonl").write_text("\n".join([json.dumps(first), *lines[1:], ""]))
    assert "与锚定文件中的封印不同" in verified()

    (own_anchor / "anchors.jsonl").write_text("\n".join([lines[1], lines[0], "broken", *lines[2:]]))
    assert "锚定文件第 2 行" in verified()
    assert "锚定文件第 3 行" in verified()

    (own_anchor / "anchors.jsonl").unlink()
    assert "锚定文件不存在" in verified()


def test_a_seal_that_was_never_anchored_is_found_once_it_is_old(own_anchor: Path) -> None:
    lines = (own_anchor / "anchors.jsonl").read_text("utf-8").splitlines()
    (own_anchor / "anchors.jsonl").write_text("\n".join([*lines[:-1], ""]))
    assert verified() == ""  # made this minute

    sealing.seal_all(patience=0)

    assert (own_anchor / "anchors.jsonl").read_text("utf-8").splitlines() == lines


def test_rows_claimed_to_be_cleared_are_found() -> None:
    seal = Seal.objects.filter(stream="audit.logentry").order_by("number").first()
    with transaction.atomic():
        tamper(
            "DELETE FROM audit_logentry WHERE id > %(after)s AND id <= %(upto)s",
            "INSERT INTO audit_clearedsegment (seal_id, at, file) VALUES (%(pk)s, %(at)s, 'x')",
            after=seal.after, upto=seal.upto, pk=seal.pk, at=timezone.now(),
        )  # fmt: skip

    complaints = verified()
    assert "未满最短保存期" in complaints
    assert "归档文件" in complaints
