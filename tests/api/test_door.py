"""The way in: a token and nothing else, at its own rate, with every refusal as a problem."""

import gzip

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests import factories_demand as demand

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json; charset=utf-8"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


def test_it_says_who_the_token_is(program_of, hospital_clerk):
    told = program_of(hospital_clerk, rights=["query", "maintain"]).ask("me")

    assert told["unit_code"] == "H42010600001"
    assert told["unit_name"] == "武昌区人民医院"
    assert told["token"]["rights"] == ["query", "maintain"]
    assert told["token"]["all_projects"] is True


def test_a_session_counts_for_nothing(client_of, hospital_clerk):
    response = client_of(hospital_clerk).get("/api/v1/me")

    assert response.status_code == 401
    assert response["Content-Type"] == PROBLEM
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "token_invalid"


def test_a_token_counts_for_nothing_elsewhere(program_of, hospital_clerk):
    assert program_of(hospital_clerk).get("/accounts/security/").status_code == 302


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer flt_x", "Basic YTpi", "Bearer 令牌", "Bearer " + "x" * 9000]
)
def test_what_is_no_token_is_refused(db, sent):
    response = Client(headers={"Authorization": sent}).get("/api/v1/me")

    assert response.status_code == 401


@override_settings(API_PER_MINUTE=2)
def test_each_token_has_its_own_rate(program_of, hospital_clerk):
    first = program_of(hospital_clerk)
    second = program_of(hospital_clerk, name="LIS")
    statuses = [first.get("/api/v1/me").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert second.get("/api/v1/me").status_code == 200
    assert first.get("/api/v1/me")["Retry-After"].isdigit()


def test_who_guesses_waits(db):
    guesser = Client(headers={"Authorization": "Bearer flt_guess"})
    with override_settings(VERIFY_PER_MINUTE=3):
        statuses = [guesser.get("/api/v1/me").status_code for _ in range(4)]

    assert statuses == [401, 401, 401, 429]


def test_a_password_that_is_due_comes_first(program_of, hospital_clerk):
    program = program_of(hospital_clerk)
    with whole_country(reason="test"):
        User.objects.filter(pk=hospital_clerk.pk).update(must_change_password=True)

    response = program.get("/api/v1/me")

    assert response.status_code == 403
    assert response.json()["code"] == "password_due"


def test_an_unknown_method_is_a_problem(program_of, hospital_clerk):
    response = program_of(hospital_clerk).delete("/api/v1/me")

    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"


def test_refused_rights_stand_in_the_log_with_the_name_of_the_token(program_of, hospital_clerk):
    sub = program_of(hospital_clerk, rights=["export"])

    response = sub.get("/api/v1/projects")

    assert response.status_code == 403
    assert response.json()["code"] == "right_missing"
    with whole_country(reason="test"):
        entry = LogEntry.objects.get(verb="访问被拒")
    assert entry.actor_name == "王医办（接口令牌：HIS）"


def test_long_answers_are_compressed_for_who_asks(
    program_of, tree, alliance_officer, hospital_clerk
):
    demand.published(demand.demand_project([tree["H42010600001"]], items=30), alliance_officer)
    program, address = program_of(hospital_clerk), "/api/v1/projects/BL/items"
    plain = program.get(address)

    packed = program.get(address, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) * 4 < len(plain.content)
