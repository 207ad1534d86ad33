"""Seals: what they are over, by which key, and that no writer waits for one."""

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.audit import tasks
from apps.audit.domain import keys, sealing
from apps.audit.domain.proving import mail_head, prove
from apps.audit.domain.setting_checks import check_settings
from apps.audit.domain.sql import columns_of
from apps.audit.domain.streams import STREAMS
from apps.audit.models import LogEntry, Seal, Verification
from apps.audit.services import Entry, record, record_many
from apps.projects.models import Project
from apps.scope.context import whole_country
from tests.audit.tampering import tamper, verified
from tests.waiting import PATIENCE

ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""SM3 of "abc": the example of GB/T 32905."""


def say(*sentences: str) -> None:
    entries = [Entry("查看", "物", sentence, "/0/42/") for sentence in sentences]
    record_many(by=Actor.system(), entries=entries)


def test_the_digest_is_sm3_unless_told_otherwise(settings):
    assert settings.AUDIT_DIGEST == "sm3"
    assert keys.digest_of([b"a", b"bc"], "sm3") == ABC
    assert keys.digest_of([b"abc"], "sha256") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("algorithm", ["sm3", "sha256"])
def test_what_is_sealed_stands_in_this_form(own_anchor: Path, country, db, settings, algorithm):
    """Written out by hand: a row as it stands in an archive, and a seal as its code is over it."""
    settings.AUDIT_DIGEST = algorithm
    settings.AUDIT_SEAL_KEYS = ["first:a secret of sixteen"]
    with time_machine.travel(datetime(2026, 11, 30, 1, 2, 3, 450_000, tzinfo=UTC), tick=False):
        say("“一句”\n")
        sealing.seal_all(patience=0)

    (entry,) = LogEntry.objects.all()
    (seal,) = Seal.objects.filter(stream="audit.logentry")
    row = (
        f'[null,"系统","","2026-11-30T01:02:03.450000",null,"{entry.pk}","物","","","/0/42/","","",'
        '"“一句”\\n","查看"]\n'
    )
    assert seal.columns == (
        "actor_id,actor_name,address,at,enterprise_id,id,object,on_behalf_of,organization_name,path,"
        "project_code,request_id,sentence,verb"
    )
    assert seal.content == keys.digest_of([row.encode()], algorithm)
    moment = "2026-11-30T01:02:03.450000"
    message = "\n".join(
        [
            str(seal.number), "audit.logentry", "0", str(entry.pk), "1", seal.columns, moment, moment,
            seal.content, seal.previous, moment, algorithm, "first",
        ]
    ).encode()  # fmt: skip
    if algorithm == "sha256":
        code = hmac.new(b"a secret of sixteen", message, hashlib.sha256).hexdigest()
    else:
        code = keys.code_of(message, secret=b"a secret of sixteen", algorithm=algorithm)
    assert seal.mac == code
    assert verified() == ""


@pytest.mark.parametrize("name", list(STREAMS))
def test_every_column_of_a_record_is_sealed(name: str, db, country):
    columns, _ = sealing.sealed_rows(STREAMS[name], 0, 0)

    assert set(columns) == columns_of(STREAMS[name].model._meta.db_table)
    assert {"id", "at"} <= set(columns)


def test_four_records_are_sealed_in_one_chain(round_under_seal: Project):
    seals = list(Seal.objects.order_by("number"))

    assert [seal.number for seal in seals] == list(range(1, len(seals) + 1))
    assert [seal.previous for seal in seals] == ["", *(seal.mac for seal in seals[:-1])]
    assert {seal.stream for seal in seals} == {
        "audit.logentry",
        "audit.change",
        "review.filingevent",
    }


def test_nothing_new_makes_no_seal(round_under_seal: Project):
    assert sealing.seal_all(patience=0) == 0


def test_many_rows_stand_under_several_seals(own_anchor, country, db, monkeypatch):
    monkeypatch.setattr(sealing, "LONGEST", 10)
    say(*(f"第 {n} 条" for n in range(25)))

    sealing.seal_all(patience=0)

    counts = (
        Seal.objects.filter(stream="audit.logentry")
        .order_by("number")
        .values_list("count", flat=True)
    )
    assert list(counts) == [10, 10, 5]
    assert verified() == ""


def test_documents_and_numbers_are_sealed_as_the_database_writes_them(own_anchor, country, db):
    tamper(
        """INSERT INTO audit_change (at, kind, operation, object_id, name, path, actor_name, organization_name,
            request_id, before, after) VALUES (now(), 'x.y', 'update', 1, '', '', '', '', '',
            '{"b": 1.5000, "aa": "\\u4e2d“", "c": null, "d": [1, {"e": true}]}', '{}')"""
    )

    sealing.seal_all(patience=0)

    assert verified() == ""
    tamper("""UPDATE audit_change SET before = jsonb_set(before, '{b}', '1.500')""")
    assert "内容被改动" in verified()


def test_anchors_know_every_seal(round_under_seal: Project, own_anchor: Path):
    lines = [
        json.loads(line) for line in (own_anchor / "anchors.jsonl").read_text("utf-8").splitlines()
    ]

    assert [line["number"] for line in lines] == list(
        Seal.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert [line["mac"] for line in lines] == list(
        Seal.objects.order_by("pk").values_list("mac", flat=True)
    )
    assert not any("secret" in key for key in lines[0])


class TestKeys:
    @pytest.fixture(autouse=True)
    def nothing_yet(self, own_anchor, country, db):
        """A database without seals."""

    def test_a_key_is_replaced_and_still_checks_what_it_sealed(self, settings):
        settings.AUDIT_SEAL_KEYS = ["old:a secret of sixteen"]
        say("一")
        sealing.seal_all(patience=0)
        settings.AUDIT_SEAL_KEYS = ["new:another secret of", "old:a secret of sixteen"]
        say("二")
        sealing.seal_all(patience=0)

        names = Seal.objects.order_by("number").values_list("key_id", flat=True).distinct()
        assert set(names) == {"old", "new"}
        assert verified() == ""
        settings.AUDIT_SEAL_KEYS = ["new:another secret of"]
        assert "密钥 old 不在配置中" in verified()

    def test_without_a_setting_it_is_derived_and_follows_the_secret_key(self, settings):
        say("一")
        sealing.seal_all(patience=0)
        first = sealing.sealing_key()[0]
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "the next one"

        assert first.startswith("derived-")
        assert sealing.sealing_key()[0] != first
        assert verified() == ""

    @pytest.mark.parametrize(
        "entry",
        ["", "nosecret", "id:short", ":a secret of sixteen", "derived-x:a secret of sixteen"],
    )
    def test_a_key_that_is_none_is_refused(self, settings, entry):
        settings.AUDIT_SEAL_KEYS = [entry]

        with pytest.raises(ImproperlyConfigured):
            keys.known_keys()


def test_settings_without_sense_are_told_before_the_night(settings):
    assert check_settings() == []
    settings.AUDIT_SEAL_KEYS = ["nosecret"]
    settings.AUDIT_DIGEST = "md5"
    settings.LOG_KEEP_DAYS = 30

    assert [each.id for each in check_settings()] == ["audit.E001", "audit.E002", "audit.E003"]


def test_the_head_is_sent_to_whom_the_setting_names(round_under_seal: Project, settings):
    assert mail_head() == 0
    settings.AUDIT_ANCHOR_MAIL = ["auditor@example.org"]

    mail_head()

    (sent,) = mail.outbox
    assert Seal.objects.order_by("-number").first().mac in sent.body


def test_the_nightly_check_writes_down_what_it_found(round_under_seal: Project):
    assert prove().differences == 0
    tamper("UPDATE audit_logentry SET sentence = '改写' WHERE sentence = '第 3 条'")
    tamper("UPDATE review_filing SET status = 'approved' WHERE version = 3")

    tasks.verify()

    checked = Verification.objects.order_by("-pk").first()
    assert checked.differences == 4  # the sentence, the status, and both counts that it left apart
    assert checked.upto == Seal.objects.count()
    assert any(number and "操作日志" in what for number, what in checked.found)
    assert any(number is None and "PAPER：" in what for number, what in checked.found)


def test_the_task_leaves_a_chain_that_the_anchor_knows_otherwise(
    round_under_seal: Project, caplog: pytest.LogCaptureFixture
):
    tamper("TRUNCATE audit_seal CASCADE")

    tasks.seal()

    assert not Seal.objects.exists()
    assert "已停止封存" in caplog.text


def test_an_entry_still_is_one_statement(db):
    with CaptureQueriesContext(connection) as one:
        say("一")
    with CaptureQueriesContext(connection) as many:
        say(*(str(n) for n in range(100)))

    assert (len(one), len(many)) == (1, 1)


@pytest.mark.django_db(transaction=True)
class TestWriters:
    """Rows of transactions under way: ids are taken before they are visible."""

    @pytest.fixture
    def writing(self, own_anchor):
        """Somebody who has written an entry and does not commit yet; call it to let them."""
        written, may_end = Event(), Event()

        def write() -> None:
            try:
                with whole_country(reason="test"), transaction.atomic():
                    say("早取号")
                    written.set()
                    assert may_end.wait(PATIENCE)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(write)
            assert written.wait(PATIENCE)

            def let_end() -> None:
                may_end.set()
                done.result(PATIENCE)

            yield let_end
            may_end.set()

    def test_what_is_not_settled_is_not_sealed_and_nobody_waits(self, writing, country):
        say("晚取号")  # is not held up by the one under way

        assert sealing.seal_all(patience=0) == 0
        writing()
        assert sealing.seal_all(patience=0) == 1

        (seal,) = Seal.objects.all()
        assert seal.count == 2
        assert verified() == ""

    def test_a_seal_in_the_making_stops_no_writer(self, own_anchor, country):
        say("一")

        def write() -> bool:
            try:
                record(by=Actor.system(), verb="查看", object="物", sentence="二", path="/0/")
            finally:
                connection.close()
            return True

        with transaction.atomic():
            assert sealing._seal_next(STREAMS["audit.logentry"], LogEntry.objects.get().pk)
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(write).result(PATIENCE)
