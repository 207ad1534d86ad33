"""`/admin/`: what administrators may do, and everything they may not."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.organizations.models import Division, Enterprise, Organization
from apps.scope.context import whole_country
from tests.pages import shown

READABLE = {User, LogEntry, Organization, Enterprise, Division}
USERS = "/admin/accounts/user/"


@pytest.fixture
def browser(client_of, administrator):
    return client_of(administrator)


def act(browser, action, *accounts):
    return browser.post(
        USERS, {"action": action, "_selected_action": [account.pk for account in accounts]}
    )


def fresh(row):
    with whole_country(reason="test"):
        return type(row).objects.get(pk=row.pk)


def test_only_named_models_are_there():
    assert set(admin.site._registry) == READABLE


def test_only_administrators_come_in(client, client_of, alliance_officer, hospital_clerk, browser):
    assert client.get("/admin/")["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    for person in (alliance_officer, hospital_clerk):
        response = client_of(person).get("/admin/", follow=True)
        assert response.status_code == 403
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("model", sorted(READABLE, key=lambda model: model.__name__))
def test_nothing_is_added_by_hand_or_deleted(browser, model, hospital_clerk):
    meta = model._meta
    changelist = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    with whole_country(reason="test"):
        row = model.objects.first()

    assert browser.get(changelist).status_code == 200
    assert browser.get(f"{changelist}add/").status_code == 403
    if row is not None:
        assert browser.post(f"{changelist}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_accounts_and_log_are_not_edited(browser, hospital_clerk):
    url = f"{USERS}{hospital_clerk.pk}/change/"
    assert "H42010600001" in browser.get(url).content.decode()

    assert browser.post(url, {"username": "x", "is_superuser": "on"}).status_code == 403

    assert fresh(hospital_clerk).username == "H42010600001"


def test_reset_shows_the_password_once(browser, hospital_clerk):
    response = act(browser, "reset", hospital_clerk)

    password = re.search(r"<dd><code>([\w-]+)</code></dd>\s*</dl>", response.content.decode())[1]
    assert fresh(hospital_clerk).check_password(password)
    assert "no-store" in response["Cache-Control"]
    with whole_country(reason="test"):
        entry = LogEntry.objects.get()
    assert (entry.actor_name, entry.verb, password in str(vars(entry))) == (
        "冯管理",
        "重置密码",
        False,
    )


def test_disable_spares_oneself(browser, administrator, hospital_clerk):
    act(browser, "disable", administrator, hospital_clerk)

    assert fresh(administrator).is_active
    assert not fresh(hospital_clerk).is_active
    act(browser, "enable", hospital_clerk)
    assert fresh(hospital_clerk).is_active


def test_new_administrator(browser):
    response = browser.post(f"{USERS}new/", {"username": "admin2", "name": "卫管理"})

    password = re.search(r"<dd><code>([\w-]+)</code></dd>\s*</dl>", response.content.decode())[1]
    with whole_country(reason="test"):
        account = User.objects.get(username="admin2")
    assert account.check_password(password)
    assert (account.is_staff, account.must_change_password, account.organization) == (
        True,
        True,
        None,
    )


@pytest.mark.parametrize(("username", "sentence"), [("ADMIN", "已被使用"), ("a b", "字母、数字")])
def test_usernames_of_administrators_are_checked(browser, username, sentence):
    response = browser.post(f"{USERS}new/", {"username": username, "name": "x"})

    assert sentence in response.content.decode()


def test_of_a_unit_only_contacts_change(browser, tree):
    unit = tree["420106"]
    url = f"/admin/organizations/organization/{unit.pk}/change/"

    typed = {"name": "x", "path": "/0/", "contact_name": "李科长", "phone": "027-1"}
    browser.post(url, typed | shown(browser, url))

    unit = fresh(unit)
    assert (unit.name, unit.contact_name) == ("武昌区医疗保障局", "李科长")
    with whole_country(reason="test"):
        assert LogEntry.objects.get().verb == "修改机构"


def test_all_across_pages_is_refused(browser, hospital_clerk):
    answer = browser.post(
        USERS,
        {"action": "disable", "_selected_action": [hospital_clerk.pk], "select_across": "1"},
        follow=True,
    )

    assert "跨页全选无法核对" in answer.content.decode()
    assert fresh(hospital_clerk).is_active
