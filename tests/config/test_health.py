import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import health
from tests.running import as_owner


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Readiness as a process sees it that has just started."""
    monkeypatch.setattr(health, "_migrated", False)


def test_healthz_answers_without_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_ok_with_every_migration(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_refuses_traffic_while_a_migration_is_missing(client):
    with as_owner():
        MigrationRecorder.Migration.objects.filter(app="axes").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "reason": "migrations"}


@pytest.mark.django_db
def test_readyz_looks_at_the_migrations_once(client, django_assert_num_queries):
    client.get("/readyz")

    with django_assert_num_queries(1):  # whether the server takes writes
        assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_readyz_refuses_traffic_where_nothing_can_be_written(client, monkeypatch):
    connection.close()
    with monkeypatch.context() as reading:
        reading.setitem(
            connection.settings_dict["OPTIONS"], "options", "-c default_transaction_read_only=on"
        )
        response = client.get("/readyz")
    connection.close()

    assert (response.status_code, response.json()["reason"]) == (503, "recovery")


@pytest.mark.django_db
def test_readyz_refuses_traffic_while_the_machine_is_drained(client, settings, tmp_path):
    settings.DRAIN_FILE = tmp_path / "draining"
    settings.DRAIN_FILE.touch()

    response = client.get("/readyz")

    assert (response.status_code, response.json()["reason"]) == (503, "draining")
    settings.DRAIN_FILE.unlink()
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_readyz_refuses_traffic_without_a_database(client, monkeypatch):
    connection.close()
    with monkeypatch.context() as elsewhere:
        elsewhere.setitem(connection.settings_dict, "NAME", "there_is_no_such_database")
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "reason": "database"}


@pytest.mark.django_db
def test_without_a_token_metrics_are_for_this_machine(client, settings):
    settings.METRICS_TOKEN = ""
    response = client.get("/metrics")

    assert response.status_code == 200
    assert b"django_http_requests_before_middlewares_total" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "client",
    [
        Client(REMOTE_ADDR="192.0.2.1"),
        Client(headers={"X-Forwarded-For": "127.0.0.1"}),
        Client(REMOTE_ADDR=""),
        Client(REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer wrong"}),
        Client(),
    ],
    ids=["stranger", "through_a_proxy", "unknown", "wrong_token", "this_machine"],
)
def test_metrics_are_not_found_by_others(client, settings):
    settings.METRICS_TOKEN = "right"

    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_metrics_without_a_token_set_refuse_an_empty_one(settings):
    settings.METRICS_TOKEN = ""
    client = Client(REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer "})

    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_behind_a_proxy_nobody_is_this_machine(client, settings):
    """What a tunnel or a proxy passes on without a word would be taken for it."""
    settings.METRICS_TOKEN, settings.PROXIES = "", 1

    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_visitors_make_no_series(client):
    """Neither paths nor methods nor hosts that somebody thinks of: the names of ours bound the figures."""

    def series():
        lines = client.get("/metrics").content.decode().splitlines()
        return {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}

    def visit(number):
        client.get(f"/nowhere{number}/?x={number}")
        client.get(f"/accounts/login/?x={number}")
        assert client.generic(f"BREW{number}", "/accounts/login/").status_code == 501
        client.get(
            "/accounts/login/", headers={"Host": f"h{number}.example", "Accept": f"a/{number}"}
        )

    visit(0)
    series()
    before = series()
    for number in range(1, 30):
        visit(number)

    assert series() - before == set()
    assert not [line for line in before if "BREW" in line or "nowhere" in line]
    steps = {line for line in before if "seconds_by_view_method_bucket" in line and "login" in line}
    assert len(steps) in {6, 12, 18}  # six for each method that was used


@pytest.mark.django_db
def test_metrics_are_shown_to_who_has_the_token(settings):
    settings.METRICS_TOKEN = "right"
    client = Client(REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer right"})

    assert client.get("/metrics").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_machines_are_not_sent_to_tls(client, settings, path):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200
