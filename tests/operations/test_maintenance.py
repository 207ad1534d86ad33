"""While the platform is worked on people look, or not even that; nothing that they send is lost or half done."""

from typing import Any

import pytest
from django.core.management import call_command

from apps.accounts.models import User
from apps.operations.domain.maintenance import current

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Any) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance.json"


def test_who_only_looks_is_told_and_goes_on(client_of: Any, hospital_clerk: User) -> None:
    browser = client_of(hospital_clerk)
    assert "系统正在维护" not in browser.get("/").content.decode()

    call_command("maintenance", "read_only", until="22:30")

    answer = browser.get("/")
    assert answer.status_code == 200
    assert "暂时只能查看、不能保存。预计 22:30 恢复。" in answer.content.decode()


def test_what_is_sent_is_refused_and_kept(client_of: Any, hospital_clerk: User) -> None:
    browser = client_of(hospital_clerk)
    call_command("maintenance", "read_only")

    page = browser.post("/accounts/password/", headers={"Referer": "http://testserver/x/"})
    told = browser.post("/accounts/password/", headers={"Accept": "application/json"})

    assert (page.status_code, page.headers["Refresh"]) == (503, "5; url=http://testserver/x/")
    assert "已填的内容会保留" in page.content.decode()
    assert told.json() == {"message": "系统正在维护，暂时只能查看、不能保存。"}


def test_people_come_in_to_look(client: Any) -> None:
    call_command("maintenance", "read_only")

    assert client.post("/accounts/login/", {}).status_code == 200


def test_closed_is_closed_for_all_but_machines(
    client: Any, client_of: Any, hospital_clerk: User
) -> None:
    call_command("maintenance", "closed")

    answer = client_of(hospital_clerk).get("/")

    assert answer.status_code == 503
    assert "系统正在维护，暂时不能使用。" in answer.content.decode()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_afterwards_all_is_as_before(client_of: Any, hospital_clerk: User) -> None:
    call_command("maintenance", "closed")
    call_command("maintenance", "off")

    assert current() is None
    assert client_of(hospital_clerk).get("/").status_code == 200


@pytest.mark.parametrize("said", ["", "x", "{}", "[]", '{"mode": "x", "until": ""}'])
def test_a_file_that_says_nothing_shuts_nobody_out(settings: Any, said: str) -> None:
    settings.MAINTENANCE_FILE.write_text(said)

    assert current() is None
