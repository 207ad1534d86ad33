"""登录与安全: failures, locks, refused rights and sessions that end by themselves stand in the log, with an address."""

import time
from collections.abc import Callable
from datetime import timedelta
from secrets import token_bytes
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.domain.sealing import seal_key
from apps.accounts.models import Authenticator, Session, User
from apps.accounts.tasks import clear_sessions
from apps.audit.domain.security import MOST, NO_MORE, Verb
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests.factories import PASSWORD
from tests.factories_projects import ready_project

ClientOf = Callable[[User], Client]
LOGIN, ADDRESS = "/accounts/login/", "10.1.2.3"


@pytest.fixture(autouse=True)
def without_captcha():
    with override_settings(CAPTCHA="off"):
        yield


def try_in(username: str, password: str = "wrong", address: str = ADDRESS) -> Any:
    return Client(REMOTE_ADDR=address).post(LOGIN, {"username": username, "password": password})


def told(*verbs: str) -> list[LogEntry]:
    with whole_country(reason="test"):
        entries = LogEntry.objects.order_by("pk").select_related("actor")
        return list(entries.filter(verb__in=verbs) if verbs else entries)


def test_a_failed_login_is_told_with_its_address(hospital_clerk: User):
    try_in(hospital_clerk.username, "not-the-password")

    (entry,) = told()
    assert (entry.verb, entry.object, entry.path) == (
        "登录失败",
        hospital_clerk.username,
        hospital_clerk.path,
    )
    assert (entry.actor_id, entry.actor_name, entry.address) == (None, "未登录", ADDRESS)
    assert "密码不正确" in entry.sentence


def test_the_name_counts_as_at_the_login(hospital_clerk: User):
    try_in("ｈ42010600001")

    assert told()[0].object == hospital_clerk.username


def test_what_was_typed_as_an_unknown_name_is_not_kept(
    hospital_clerk: User, alliance_officer: User
):
    try_in("Secret#2026-typed-into-the-wrong-field")

    (entry,) = told()
    assert (entry.object, entry.path) == ("（不存在的用户名）", "/0/")
    assert "Secret#2026" not in repr(vars(entry))


def test_no_entry_holds_a_password_or_a_code(
    hospital_clerk: User, city_reviewer: User, client_of: ClientOf
):
    try_in(hospital_clerk.username, "Wrong#Secret1")
    try_in(hospital_clerk.username, PASSWORD)
    change = {
        "old_password": "Old#Secret1",
        "new_password": "New#Secret1",
        "confirmation": "New#Secret1",
    }
    client_of(hospital_clerk).post("/accounts/password/", change)
    with override_settings(REQUIRE_TOTP="bureaus"):
        Authenticator.objects.create(
            user=city_reviewer, confirmed=True, sealed_key=seal_key(token_bytes(20))
        )
        city_reviewer.second_factor_at = timezone.now()
        city_reviewer.save(update_fields=["second_factor_at"])
        client_of(city_reviewer).post("/accounts/two-step/", {"token": "135790"})

    verbs = [entry.verb for entry in told()]
    assert verbs == ["登录失败", "登录", "原密码错误", "两步验证失败"]
    written = repr([vars(entry) for entry in told()])
    assert [word for word in ("Secret1", PASSWORD, "135790") if word in written] == []


def test_a_lock_is_told_once_while_it_lasts(hospital_clerk: User):
    for _ in range(8):
        try_in(hospital_clerk.username)

    (entry,) = told(Verb.LOCKED_OUT)
    assert (entry.object, entry.address) == (hospital_clerk.username, ADDRESS)
    assert "登录已锁定" in entry.sentence
    assert len(told(Verb.LOGIN_FAILED)) == 8


def test_a_flood_leaves_a_bounded_trail(client_of: ClientOf, hospital_clerk: User):
    client = client_of(hospital_clerk)
    for _ in range(MOST + 5):
        client.get("/accounts/subordinates/")

    entries = told(Verb.REFUSED)
    assert len(entries) == MOST
    assert [entry.sentence.endswith(NO_MORE) for entry in entries] == [False] * (MOST - 1) + [True]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("/accounts/subordinates/", "403，没有权限"),
        ("/allocation/NOT-MINE/supply/", "404，不存在或不在本账号的数据范围内"),
    ],
)
def test_refused_rights_are_told(client_of: ClientOf, hospital_clerk: User, address: str, why: str):
    response = client_of(hospital_clerk).get(address, {"secret": "x"})

    assert str(response.status_code) in why
    (entry,) = told(Verb.REFUSED)
    assert entry.sentence == f"访问被拒（{why}）：GET {address}。"
    assert (entry.actor_id, entry.path) == (hospital_clerk.pk, hospital_clerk.path)
    assert entry.address == "127.0.0.1"


def test_an_address_of_nothing_and_a_stranger_are_not_told(
    client_of: ClientOf, hospital_clerk: User
):
    assert client_of(hospital_clerk).get("/wp-login.php").status_code == 404
    Client().get("/accounts/subordinates/")

    assert told(Verb.REFUSED) == []


def test_the_neighbours_project_is_refused_and_told(
    tree: Any, client_of: ClientOf, neighbour_clerk: User
):
    with whole_country(reason="test"):
        project = ready_project(tree["H42010600001"])

    assert client_of(neighbour_clerk).get(f"/projects/{project.code}/").status_code in {403, 404}
    assert told(Verb.REFUSED)[0].path == neighbour_clerk.path


def test_an_idle_end_is_told(client_of: ClientOf, city_reviewer: User):
    client = client_of(city_reviewer)
    session = client.session
    session["last_seen"] = int(time.time()) - 31 * 60
    session.save()

    client.get("/audit/")

    (entry,) = told(Verb.IDLE_END)
    assert (entry.actor_id, entry.sentence) == (
        city_reviewer.pk,
        "超过 30 分钟没有操作，系统自动退出。",
    )


def test_sessions_that_ran_out_are_told_and_removed(
    client_of: ClientOf, city_reviewer: User, hospital_clerk: User
):
    client_of(city_reviewer)
    client_of(hospital_clerk)
    old = timezone.now() - timedelta(minutes=1)
    Session.objects.filter(account=city_reviewer).update(expire_date=old)

    with whole_country(reason="test"):
        clear_sessions()
        clear_sessions()

    (entry,) = told(Verb.SESSION_EXPIRED)
    assert (entry.object, entry.path) == (city_reviewer.username, city_reviewer.path)
    assert Session.objects.count() == 1


def test_every_tier_reads_its_own_subtree(
    client_of: ClientOf,
    hospital_clerk: User,
    city_reviewer: User,
    neighbour_officer: User,
    alliance_officer: User,
):
    try_in(hospital_clerk.username)
    try_in("nobody")

    def read(person: User) -> list[str]:
        page = client_of(person).get("/audit/", {"kind": "security"}).context["page"]
        return [entry.object for entry in page.entries]

    assert read(hospital_clerk) == read(city_reviewer) == [hospital_clerk.username]
    assert read(neighbour_officer) == []
    assert read(alliance_officer) == ["（不存在的用户名）", hospital_clerk.username]


def test_the_log_shows_addresses_and_tells_acts_from_security(
    client_of: ClientOf, hospital_clerk: User
):
    try_in(hospital_clerk.username)
    client = client_of(hospital_clerk)

    assert f"网络地址 {ADDRESS}" in " ".join(client.get("/audit/").content.decode().split())
    assert client.get("/audit/", {"kind": "acts"}).context["page"].entries == []


def test_acts_carry_the_address_of_their_request(hospital_clerk: User):
    try_in(hospital_clerk.username, PASSWORD, address="fe80::1")

    (entry,) = told(Verb.LOGIN)
    assert entry.address == "fe80::1"
