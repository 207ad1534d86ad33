"""`/admin/`: what each of the three administrators may do, and everything they may not."""

import re

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext
from guardian.models import UserObjectPermission

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.grants import set_granted_projects
from apps.accounts.models import Approval, Provider, User
from apps.accounts.models.roles import Role
from apps.audit.models import LogEntry
from apps.audit.services import record
from apps.jobs.models import Job
from apps.organizations.models import Division, Enterprise, Organization
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.factories import PASSWORD
from tests.factories_review import put
from tests.pages import shown
from tests.review.planting import filing_of, planted, register_paper

ROUNDS = {Project, Filing, Job}
READABLE = {
    *{User, LogEntry, Organization, Enterprise, Division, Approval},
    *{AccessAttempt, UserObjectPermission, Provider},
    *ROUNDS,
}
REFERENCE = {Organization, Enterprise, Division}
SHOWN = {
    "system_administrator": {User, Approval, UserObjectPermission, Provider} | REFERENCE | ROUNDS,
    "administrator": {User, Approval, AccessAttempt, UserObjectPermission, Provider},
    "auditor": {LogEntry, Approval, Provider},
}
ADDED_BY_HAND = {("administrator", Provider)}
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


def test_packages_bear_names_that_people_read(browser):
    page = browser.get("/admin/").content.decode()

    assert "按项目授权" in page
    assert "登录失败和锁定" in page
    assert "最近动作" not in page, "a list that is never filled"
    assert not re.search(r">\s*(Guardian|Axes|GUARDIAN|AXES)\s*<", page)
    assert gettext("Some rows failed to validate") == "有些行没有通过检查，没有导入任何数据"


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
    [
        (model, person)
        for person in SHOWN
        for model in sorted(SHOWN[person], key=str)
        if (person, model) not in ADDED_BY_HAND
    ],
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


@pytest.fixture
def filing(tree, country):
    """Of an institution that reported in a round under way."""
    del country
    register_paper()
    unit = tree["H42010600001"]
    (filing,) = put(Status.SUBMITTED, filing_of(planted([unit]), unit))
    return filing


def test_rounds_filings_and_jobs_are_found_and_told(
    client_of, system_administrator, filing, hospital_clerk
):
    with whole_country(reason="test"):
        Job.objects.create(name="x.y", title="导出审核列表", owner=hospital_clerk, path="/0/")
    client = client_of(system_administrator)

    for address, asked, told in (
        ("projects/project", "q=PAPER", "测试项目"),
        ("review/filing", "q=武昌区人民医院&status__exact=submitted", "待审核"),
        ("jobs/job", "q=导出审核&status__exact=waiting", "排队中"),
    ):
        page = client.get(f"/admin/{address}/?{asked}").content.decode()
        assert told in page
        assert "1 " in page


def test_a_filing_is_read_and_not_moved(client_of, system_administrator, filing):
    client = client_of(system_administrator)
    address = f"/admin/review/filing/{filing.pk}/change/"

    page = client.get(address)
    refused = client.post(address, {"status": "approved", "version": "9"})

    assert page.status_code == 200
    assert 'name="status"' not in page.content.decode()
    assert refused.status_code == 403
    assert fresh(filing).status == Status.SUBMITTED


@pytest.mark.parametrize("who", SHOWN)
def test_every_row_that_is_listed_opens(request, client_of, who, hospital_clerk, filing):
    """Also a row that has a page of its own among the units' pages."""
    with whole_country(reason="test"):
        Job.objects.create(name="x.y", title="导出审核列表", owner=hospital_clerk, path="/0/")
        by = Actor.of(hospital_clerk)
        record(by=by, verb="上报", object="x", sentence="报了", path=filing.path)
        rows = [row for model in SHOWN[who] for row in model._default_manager.order_by("pk")[:1]]
    client = client_of(request.getfixturevalue(who))

    answers = {
        (row._meta.label, page): client.get(
            reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])
        ).status_code
        for row in rows
        for page in ("change", "history")
    }

    assert set(answers.values()) == {200}, answers
    assert {type(row) for row in rows} >= SHOWN[who] & {User, LogEntry, Organization, *ROUNDS}


def test_failed_logins_are_read_without_what_was_typed(browser, client):
    client.post("/accounts/login/", {"username": "nobody", "password": "Geheim#2026"})
    with whole_country(reason="test"):
        AccessAttempt.objects.get_or_create(
            username="nobody",
            ip_address="127.0.0.1",
            defaults={"user_agent": "x", "failures_since_start": 1, "post_data": "Geheim#2026"},
        )
        attempt = AccessAttempt.objects.get(username="nobody")

    pages = [
        browser.get(address).content.decode()
        for address in (
            "/admin/axes/accessattempt/?q=nobody",
            f"/admin/axes/accessattempt/{attempt.pk}/change/",
        )
    ]

    assert all("nobody" in page and "Geheim" not in page for page in pages)
    assert "登录失败和锁定" in pages[0]


def test_who_is_limited_to_which_project_is_told(browser, tree, country, city_reviewer):
    del country
    register_paper()
    project = planted([tree["H42010600001"]])
    set_granted_projects(city_reviewer, frozenset({project.pk}))

    page = browser.get(f"/admin/guardian/userobjectpermission/?q={city_reviewer.username}").content

    assert project.name in page.decode()


@pytest.mark.parametrize("person", sorted(SHOWN))
def test_the_short_way_from_a_kind_of_row_to_its_page_is_not_there(person, request, client_of):
    """Django's `/admin/r/<kind>/<object>/`, which failed on ids that are none."""
    client = client_of(request.getfixturevalue(person))
    kinds = (ContentType.objects.get_for_model(Project).pk, 10**30, "x", "%00")

    answers = {client.get(f"/admin/r/{kind}/{key}/").status_code for kind in kinds for key in kinds}

    assert answers == {404}
