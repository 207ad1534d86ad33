"""Issued papers: kept once, looked up by their codes, believed by their keys."""

import importlib

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.exchange.domain import issued
from apps.exchange.domain.issued import Facts, Standing, issue, look_up
from apps.exchange.models import IssuedPaper
from apps.scope.context import whole_country

pytestmark = pytest.mark.django_db

FACTS = Facts("test.paper", "7", "项目（BL）", "武昌区人民医院", "承诺函 BL-1", "a3" * 32)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(issued._standings, "test.paper", lambda _paper: Standing.CURRENT)


def put(code, facts=FACTS, **fields):
    with whole_country(reason="test"):
        IssuedPaper.objects.create(
            code=code, kind=facts.kind, subject=facts.subject, project=facts.project,
            unit=facts.unit, number=facts.number, digest=facts.digest, path="/0/", **fields,
        )  # fmt: skip


def statements(text):
    with CaptureQueriesContext(connection) as asked:
        look_up(text)
    return len(asked)


def test_what_was_issued_is_found_as_it_was_issued():
    code = issue(FACTS, path="/0/")
    issue(FACTS, path="/0/")

    paper = look_up(FACTS.shown_code.lower())

    assert (paper.project, paper.unit, paper.number, paper.digest) == (
        FACTS.project, FACTS.unit, FACTS.number, FACTS.digest
    )  # fmt: skip
    assert (paper.code, paper.standing, paper.is_old) == (code, Standing.CURRENT, False)
    with whole_country(reason="test"):
        assert IssuedPaper.objects.count() == 1


def test_it_is_found_after_the_key_was_replaced_and_issued_anew(settings):
    first = issue(FACTS, path="/0/")
    settings.CHECK_CODE_KEYS = ["new"]
    second = issue(FACTS, path="/0/")

    assert first != second
    assert look_up(first).number == look_up(second).number == FACTS.number


@pytest.mark.parametrize(
    "text", ["", "x", "00000-00000-00000-00000", "3F2A-9C01-77DE", "' OR 1=1 --", "\x00"]
)
def test_every_unknown_code_is_answered_alike(text):
    assert look_up(text) is None
    assert statements(text) == 1


def test_a_row_that_somebody_wrote_by_hand_counts_for_nothing():
    put("00000000000000000000")

    assert look_up("00000000000000000000") is None


def test_a_row_never_changes():
    issue(FACTS, path="/0/")

    for change in (
        lambda: IssuedPaper.objects.update(digest="0" * 64),
        lambda: IssuedPaper.objects.all().delete(),
    ):
        with whole_country(reason="test"), pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_old_codes_are_marked_and_ambiguous_ones_say_nothing():
    put("3f2a9c0177de", is_old=True)
    paper = look_up("3F2A-9C01-77DE")
    assert (paper.is_old, paper.number, paper.standing) == (True, FACTS.number, Standing.CURRENT)

    put("3f2a9c0177de", Facts("test.paper", "8", "另一个项目", "", "", ""), is_old=True)
    paper = look_up("3F2A-9C01-77DE")
    assert (paper.is_ambiguous, paper.number) == (True, "")


def test_papers_of_the_log_are_known_by_their_old_codes(alliance_officer):
    migration = importlib.import_module("apps.exchange.migrations.0005_old_codes_of_papers")
    for sentence in (
        "生成签章件“约定采购量”，共 3 页，校验码 3F2A-9C01-77DE",
        "生成签章件“约定采购量”，共 3 页，校验码 7KQ2M-9XW4T-BD1FG-H3JKN",
        "导出“约定采购量”，12 行",
    ):
        record(
            by=Actor.of(alliance_officer), verb="导出", object="约定采购量", sentence=sentence, path="/0/"
        )  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
        assert cursor.rowcount == 1
    paper = look_up("3F2A-9C01-77DE")
    assert (paper.number, paper.standing, paper.is_old) == ("约定采购量", Standing.UNTOLD, True)
