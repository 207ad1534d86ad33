"""`/admin/`: what each of the three administrators may do, and everything they may not."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from apps.accounts.models import Approval, User
from apps.accounts.models.roles import Role
from apps.audit.models import LogEntry
from apps.organizations.models import Division, Enterprise, Organization
from apps.scope.context import whole_country
from tests.factories import PASSWORD
from tests.pages import shown

READABLE = {User, LogEntry, Organization, Enterprise, Division, Approval}
REFERENCE = {Organization, Enterprise, Division}
SHOWN = {
    "system_administrator": {User, Approval} | REFERENCE,
    "administrator": {User, Approval},
    "auditor": {LogEntry, Approval},
}
USERS, APPROVALS = "/admin/accounts/user/", "/admin/accounts/approval/"


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


@pytest.mark.parametrize(
    "address",
    ["r/1/1/", "r/abc/1/", "r/99999999999999999999/1/", "r/1/99999999999999999999/", "r/1/%00/"],
)
def test_there_is_no_shortcut_by_kinds_and_ids(browser, address):
    browser.raise_request_exception = False

    assert browser.get(f"/admin/{address}").status_code in {400, 404}


@pytest.mark.parametrize("model", sorted(READABLE, key=lambda model: model.__name__))
@pytest.mark.parametrize("person", SHOWN)
def test_each_of_the_three_sees_its_own(request, client_of, person, model, hospital_clerk):
    client = client_of(request.getfixturevalue(person))
    meta = model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")

    expected = model in SHOWN[person]

    assert client.get(url).status_code == (200 if expected else 403)
    assert (url in client.get("/admin/").content.decode()) == expected


@pytest.mark.parametrize(
    ("model", "person"),
    [(model, person) for person in SHOWN for model in sorted(SHOWN[person], key=str)],
)
def test_nothing_is_added_by_hand_or_deleted(request, client_of, model, person, hospital_clerk):
    browser = client_of(request.getfixturevalue(person))
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


def secret_of(response):
    return re.search(r"<dd><code>([\w-]+)</code></dd>\s*</dl>", response.content.decode())[1]


def decide(client, action):
    with whole_country(reason="test"):
        pk = Approval.objects.get().pk
    return client.post(APPROVALS, {"action": action, "_selected_action": [pk]}, follow=True)


def test_a_new_administrator_takes_two(browser, client_of, system_administrator):
    browser.post(f"{USERS}new/", {"role": Role.AUDIT, "username": "admin2", "name": "卫管理"})
    assert "没有批准" in decide(browser, "carry_out").content.decode()
    assert "不能由您批准" in decide(browser, "approve").content.decode()
    with whole_country(reason="test"):
        assert not User.objects.filter(username="admin2").exists()

    decide(client_of(system_administrator), "approve")
    password = secret_of(decide(browser, "carry_out"))

    with whole_country(reason="test"):
        account = User.objects.get(username="admin2")
    assert account.check_password(password)
    assert (account.role, account.is_staff, account.must_change_password) == (
        Role.AUDIT,
        True,
        True,
    )


def test_the_alliance_is_reset_by_two(browser, client_of, system_administrator, alliance_officer):
    page = browser.post(
        USERS, {"action": "reset", "_selected_action": [alliance_officer.pk]}, follow=True
    ).content.decode()
    assert "已申请重置账号 alliance" in page
    assert fresh(alliance_officer).check_password(PASSWORD)

    decide(client_of(system_administrator), "approve")
    password = secret_of(decide(browser, "carry_out"))

    assert fresh(alliance_officer).check_password(password)


@pytest.mark.parametrize("person", ["system_administrator", "auditor"])
@pytest.mark.parametrize("action", ["reset", "enable", "disable", "unlock"])
def test_only_one_of_them_keeps_accounts(request, client_of, hospital_clerk, person, action):
    act(client_of(request.getfixturevalue(person)), action, hospital_clerk)

    account = fresh(hospital_clerk)
    assert account.is_active
    assert account.check_password(PASSWORD)


def test_auditors_ask_and_decide_nothing(client_of, auditor, browser, alliance_officer):
    act(browser, "reset", alliance_officer)
    client = client_of(auditor)

    assert (
        client.post(f"{USERS}new/", {"role": Role.AUDIT, "username": "x1", "name": "x"}).status_code
        == 403
    )
    decide(client, "approve")

    with whole_country(reason="test"):
        assert Approval.objects.get().outcome == ""


@pytest.mark.parametrize(("username", "sentence"), [("ADMIN", "已被使用"), ("a b", "字母、数字")])
def test_usernames_of_administrators_are_checked(browser, username, sentence):
    typed = {"role": Role.SYSTEM, "username": username, "name": "x"}
    response = browser.post(f"{USERS}new/", typed)

    assert sentence in response.content.decode()


def test_of_a_unit_only_contacts_change(client_of, system_administrator, tree):
    browser = client_of(system_administrator)
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
