"""`/accounts/sub-accounts/`: some of the main account's rights, in its name."""

import re

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import granted_projects, scope_of
from apps.accounts.domain.sub_accounts import NotMainAccount, RightsNotHeld, create_sub_account
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.audit.models import LogEntry
from apps.projects.models import Phase, Project, ProjectKind
from apps.scope.context import enter, whole_country
from tests import factories
from tests.pages import shown

URL = "/accounts/sub-accounts/"


def created(client, **typed):
    typed = {"name": "刘审核", "phone": "", "permissions": ["query", "review"], **typed}
    return client.post(f"{URL}new/", typed)


def sub_account():
    with whole_country(reason="test"):
        return User.objects.get(parent_account__isnull=False)


@pytest.fixture
def projects(db):
    with whole_country(reason="test"):
        return [
            Project.objects.create(
                code=f"P{number}", name=f"项目{number}", kind=ProjectKind.ALLOCATION
            )
            for number in range(3)
        ]


@pytest.mark.covers("S3-09")
def test_create_shows_the_password_once_and_gives_the_subset(client_of, city_reviewer):
    client = client_of(city_reviewer)

    response = created(client)

    password = re.search(r"<code data-copy-source>([^<]+)</code>", response.content.decode())[1]
    account = sub_account()
    assert (account.username, account.path) == ("city4201-01", city_reviewer.path)
    assert account.check_password(password)
    assert account.permissions == {Permission.QUERY, Permission.REVIEW}
    assert password not in client.get(URL).content.decode()
    with whole_country(reason="test"):
        entry = LogEntry.objects.get()
    assert entry.sentence == "新增了子账号 city4201-01（刘审核），权限：查询、审核。"


def test_only_rights_of_the_main_account_are_on_offer(client_of, city_reviewer):
    response = created(client_of(city_reviewer), permissions=["manage_accounts"])

    assert "选择一个有效的选项" in response.content.decode()
    with enter(scope_of(city_reviewer)), pytest.raises(RightsNotHeld):
        create_sub_account(
            by=Actor.of(city_reviewer), name="x", phone="", permissions=["manage"], project_ids=None
        )


def test_sub_account_works_within_its_rights_and_has_no_sub_accounts(client_of, city_reviewer):
    account = factories.sub_account_of(city_reviewer, permission_subset=["query"])
    client = client_of(account)

    assert client.get("/accounts/subordinates/").status_code == 403
    assert client.get(URL).status_code == 403
    with enter(scope_of(account)), pytest.raises(NotMainAccount):
        create_sub_account(
            by=Actor.of(account), name="x", phone="", permissions=["query"], project_ids=None
        )


def test_limited_accounts_see_their_projects_only(client_of, alliance_officer, projects):
    client = client_of(alliance_officer)
    with whole_country(reason="test"):
        assert Project.objects.filter(phase=Phase.DRAFT).count() == 3

    created(client, limited="on", projects=[projects[1].pk])

    account = sub_account()
    assert granted_projects(account) == {projects[1].pk}
    with enter(scope_of(account)):
        assert list(Project.objects.all()) == [projects[1]]


def test_limited_without_a_project_is_refused(client_of, alliance_officer, projects):
    assert (
        "请至少勾选一个项目" in created(client_of(alliance_officer), limited="on").content.decode()
    )


def test_projects_that_the_main_account_cannot_see_are_not_passed_on(city_reviewer, projects):
    with enter(scope_of(city_reviewer)), pytest.raises(RightsNotHeld):
        create_sub_account(
            by=Actor.of(city_reviewer), name="x", phone="", permissions=["query"],
            project_ids=[projects[0].pk],
        )  # fmt: skip


def test_edit_changes_rights_and_grants(client_of, alliance_officer, projects):
    client = client_of(alliance_officer)
    created(client, limited="on", projects=[projects[0].pk, projects[1].pk])
    account = sub_account()
    assert 'value="刘审核"' in client.get(f"{URL}{account.pk}/").content.decode()

    edit, typed = f"{URL}{account.pk}/", {"name": "刘", "permissions": ["query"]}
    granted = {"limited": "on", "projects": [projects[1].pk]}
    client.post(edit, typed | granted | shown(client, edit))
    account = sub_account()
    assert (account.name, account.permissions) == ("刘", {Permission.QUERY})
    assert granted_projects(account) == {projects[1].pk}

    client.post(edit, typed | shown(client, edit))
    assert scope_of(sub_account()).project_ids is None


@pytest.mark.parametrize("act", ["", "reset/", "unlock/", "enable/", "disable/"])
def test_other_units_sub_accounts_are_not_found(client_of, city_reviewer, province_officer, act):
    account = factories.sub_account_of(city_reviewer)

    assert client_of(province_officer).post(f"{URL}{account.pk}/{act}").status_code == 404


def test_disable_ends_its_work(client_of, city_reviewer):
    account = factories.sub_account_of(city_reviewer)
    running = client_of(account)

    client_of(city_reviewer).post(f"{URL}{account.pk}/disable/")

    assert running.get("/accounts/password/").status_code == 302


def test_reset_of_a_sub_account(client_of, city_reviewer):
    account = factories.sub_account_of(city_reviewer)

    response = client_of(city_reviewer).post(f"{URL}{account.pk}/reset/")

    password = re.search(r"<code data-copy-source>([^<]+)</code>", response.content.decode())[1]
    assert sub_account().check_password(password)


def test_enterprises_have_sub_accounts_too(client_of, manufacturer_agent):
    created(client_of(manufacturer_agent), permissions=["query", "delivery"])

    account = sub_account()
    assert account.enterprise == manufacturer_agent.enterprise
    with enter(scope_of(account)):
        assert set(User.objects.all()) == {account, manufacturer_agent}


def test_administrators_have_none(client_of, administrator):
    assert client_of(administrator).get(URL).status_code == 403
