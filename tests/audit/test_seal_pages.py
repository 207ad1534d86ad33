"""审计封印: for the alliance and for administrators."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page

from apps.accounts.models import User
from apps.audit.domain.proving import prove
from apps.audit.models import Seal
from apps.projects.models import Project
from tests.audit.tampering import tamper
from tests.browser import fits, serious

ClientOf = Callable[[User], Client]
PAGE = "/audit/seals/"


def html(client: Client, **query: str) -> str:
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return response.content.decode()


def test_before_the_first_seal_it_says_what_happens(client_of: ClientOf, alliance_officer: User):
    page = html(client_of(alliance_officer))

    assert "没有符合条件的封印" in page
    assert "平台每分钟封存一次" in page


def test_seals_stand_with_time_range_count_digest_and_key(
    round_under_seal: Project, client_of: ClientOf, alliance_officer: User, settings
):
    settings.AUDIT_SEAL_KEYS = ["key-2026:a secret of sixteen"]

    page = html(client_of(alliance_officer))

    seal = Seal.objects.filter(stream="audit.logentry").order_by("number").first()
    assert f"{seal.content[:12]}…" in page
    assert f"{seal.after + 1:,}–{seal.upto:,}" in page
    assert f"SM3 / {seal.key_id}" in page
    assert "待核验" in page
    assert "a secret of sixteen" not in page
    assert "由 SECRET_KEY 派生" not in page


def test_after_the_check_they_are_verified(
    round_under_seal: Project, client_of: ClientOf, alliance_officer: User
):
    prove()

    page = html(client_of(alliance_officer))

    assert "已核验" in page
    assert "待核验" not in page
    assert "不一致，请立即查明" not in page


def test_what_the_check_found_stands_on_top(
    round_under_seal: Project, client_of: ClientOf, alliance_officer: User
):
    tamper("UPDATE audit_logentry SET sentence = '改写' WHERE sentence = '第 3 条'")
    prove()

    page = html(client_of(alliance_officer))

    assert "最近一次核验发现不一致" in page
    assert "操作日志编号" in page
    assert "pill-danger" in page


def test_it_says_when_no_seals_are_made_any_more(
    round_under_seal: Project, client_of: ClientOf, alliance_officer: User, hospital_clerk: User
):
    old = timezone.now() - timedelta(hours=1)
    tamper("UPDATE audit_seal SET at = %(old)s", old=old)
    Client().post("/accounts/login/", {"username": hospital_clerk.username, "password": "x"})
    client_of(hospital_clerk).get("/accounts/subordinates/")

    assert "封存已停止" in html(client_of(alliance_officer))


def test_one_record_is_looked_at_alone(
    round_under_seal: Project, client_of: ClientOf, alliance_officer: User
):
    response = client_of(alliance_officer).get(PAGE, {"stream": "review.filingevent"})

    assert {row.record.stream for row in response.context["table"].page} == {"review.filingevent"}


def test_administrators_see_them_and_nobody_else(
    round_under_seal: Project,
    client_of: ClientOf,
    auditor: User,
    administrator: User,
    province_officer: User,
):
    assert "SM3 / " in html(client_of(auditor))
    assert PAGE in client_of(auditor).get("/admin/").content.decode()
    for other in (administrator, province_officer):
        assert client_of(other).get(PAGE).status_code == 403


def test_the_log_leads_there(client_of: ClientOf, alliance_officer: User, province_officer: User):
    assert PAGE in client_of(alliance_officer).get("/audit/").content.decode()
    assert PAGE not in client_of(province_officer).get("/audit/").content.decode()


@pytest.mark.parametrize("count", [1, 50])
def test_the_page_costs_the_same_for_one_and_fifty(
    own_anchor: Path, country: object, client_of: ClientOf, alliance_officer: User, count: int
) -> None:
    now = timezone.now()
    Seal.objects.bulk_create(
        Seal(
            number=n, stream="audit.logentry", after=n - 1, upto=n, count=1, columns="id", earliest=now,
            latest=now, content="0" * 64, at=now, algorithm="sm3", key_id="k", mac="0" * 64,
        )
        for n in range(1, count + 1)
    )  # fmt: skip
    client = client_of(alliance_officer)
    client.get(PAGE)

    with CaptureQueriesContext(connection) as statements:
        client.get(PAGE, {"per_page": "50"})

    assert len(statements) == 10


@pytest.mark.browser
def test_it_fits_and_nothing_is_serious(
    transactional_db: None, round_under_seal: Project, page: Page, client_of: ClientOf, alliance_officer: User
) -> None:  # fmt: skip
    del transactional_db, round_under_seal
    tamper("UPDATE audit_logentry SET sentence = '改写' WHERE sentence = '第 3 条'")
    prove()
    session = client_of(alliance_officer).cookies["sessionid"].value
    page.goto("/healthz")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url}])

    for address in (PAGE, f"{PAGE}?since=2020-01-01&until=2020-01-02", "/audit/?kind=security"):
        page.goto(address)
        assert fits(page)
        assert serious(page) == []


@pytest.mark.parametrize(
    "query", [{"since": "x"}, {"stream": "x"}, {"sort": "mac"}, {"page": "999"}]
)
def test_a_query_without_sense_is_answered(
    client_of: ClientOf, alliance_officer: User, query: dict[str, str]
):
    html(client_of(alliance_officer), **query)
