"""统一门户: systems for visitors, for accounts what waits for them, at next to no cost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests import factories
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.review.acting import act
from tests.review.planting import Paper, filing_of, planted, register_paper

ClientOf = Callable[[User], Client]
STATEMENTS = {"hospital_clerk": 6, "city_reviewer": 7, "alliance_officer": 8}
"""Of a home. One is 机构变更: the app stands above the portal and asks for itself."""
CITY = ("H42010600001", "H42010600002", "H42010000001")


@pytest.fixture
def paper() -> Paper:
    return register_paper()


@pytest.fixture
def begun(tree: Tree, country: object, paper: Paper) -> Project:
    """A published round of all institutions of the test tree."""
    del country, paper
    return planted([unit for unit in tree.values() if unit.tier == "institution"])


def todos(client: Client) -> list[Any]:
    return client.get("/").context["desk"].todos


@pytest.mark.covers("S1-02", "S1-07", "S3-04")
def test_visitors_see_the_systems_and_one_login(db: None, client: Client) -> None:
    html = client.get("/").content.decode()

    assert "单位/经办人登录" in html
    assert "/accounts/login/" in html
    for system in ("报量", "分量"):
        assert system in html


def test_the_visitors_page_asks_the_database_nothing(db: None, client: Client) -> None:
    with CaptureQueriesContext(connection) as statements:
        client.get("/")

    assert len(statements) == 0


def test_the_first_password_must_be_changed_first(tree: Tree, client_of: ClientOf) -> None:
    newcomer = factories.account_of(tree["H42010600001"], must_change_password=True)

    response = client_of(newcomer).get("/")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/password/")


def test_administrators_go_to_the_administration(client_of: ClientOf, administrator: User) -> None:
    assert client_of(administrator).get("/")["Location"] == "/admin/"


@pytest.mark.covers("S0-34")
def test_every_account_sees_its_subsystems(
    client_of: ClientOf, city_reviewer: User, manufacturer_agent: User
) -> None:
    html = client_of(city_reviewer).get("/").content.decode()

    assert "中选结果分量信息审核（市医保）" in html
    assert "操作日志" in html
    assert html.index('class="home"') < html.index('class="subsystems"'), "what waits stands first"
    assert client_of(manufacturer_agent).get("/").status_code == 200


@pytest.mark.covers("S2-12", "S3-05")
def test_an_institution_chooses_between_the_new_batch_and_earlier_ones(
    client_of: ClientOf, hospital_clerk: User
) -> None:
    client = client_of(hospital_clerk)

    html = client.get("/").content.decode()

    doors = {"新批次报量": "/demand/new/", "历史报量查询": "/demand/history/"}
    for name, address in doors.items():
        assert re.search(rf"href=\"{address}\"[^>]*>\s*{name}", html)
        assert client.get(address, follow=True).status_code == 200
    assert "待分配量选择和确认" in html  # the other system of the platform


def test_an_institution_is_told_to_report_and_by_when(
    begun: Project, client_of: ClientOf, hospital_clerk: User
) -> None:
    (todo,) = todos(client_of(hospital_clerk))

    assert (todo.title, todo.project) == ("待填报上报", "测试项目")
    assert todo.until == begun.windows.get(tier="institution").closes_at


def test_a_returned_report_shows_reason_and_correction_deadline(
    begun: Project, client_of: ClientOf, hospital_clerk: User, city_reviewer: User, tree: Tree
) -> None:
    filing = filing_of(begun, tree["H42010600001"])
    act(Action.SUBMIT, hospital_clerk, filing)
    deadline = timezone.now() + timedelta(days=20)
    act(Action.RETURN, city_reviewer, filing, reason="漏填", deadline=deadline)

    (todo,) = todos(client_of(hospital_clerk))

    assert todo.title == "市医保退回，请更正后重新上报"
    assert (todo.note, todo.until) == ("漏填", deadline)


def test_nothing_waits_once_the_window_is_over(
    begun: Project, client_of: ClientOf, hospital_clerk: User
) -> None:
    past = timezone.now() - timedelta(hours=1)
    begun.windows.filter(tier="institution").update(closes_at=past)

    assert todos(client_of(hospital_clerk)) == []
    assert "没有待办" in client_of(hospital_clerk).get("/").content.decode()


def test_a_bureau_counts_what_waits_for_review(
    begun: Project, tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, *filings_of(begun, [tree[code] for code in CITY[:2]]))

    (todo,) = todos(client_of(city_reviewer))

    assert (todo.title, todo.count, todo.note) == ("待审核", 2, "1 家未上报")
    assert todo.url == "/review/PAPER/?status=submitted"


def test_a_bureau_is_told_when_its_package_is_complete(
    begun: Project, tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.APPROVED, *filings_of(begun, [tree[code] for code in CITY]))

    (todo,) = todos(client_of(city_reviewer))

    assert (todo.title, todo.url) == ("可以提交上级", "/review/PAPER/confirm/")


def test_the_strict_gate_waits_for_everybody(
    tree: Tree, country: object, paper: Paper, client_of: ClientOf, city_reviewer: User
) -> None:
    project = planted([tree[code] for code in CITY], gate="strict")
    put(Status.APPROVED, *filings_of(project, [tree[code] for code in CITY[:2]]))

    assert todos(client_of(city_reviewer)) == []


def test_a_sub_account_without_the_right_is_told_nothing(
    begun: Project, tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.SUBMITTED, *filings_of(begun, [tree[code] for code in CITY[:2]]))
    onlooker = factories.sub_account_of(city_reviewer, permission_subset=["query"])

    response = client_of(onlooker).get("/")

    assert response.context["desk"].todos == []
    assert "/review/PAPER/" not in response.content.decode()


def test_after_submission_nothing_waits(
    begun: Project, tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.APPROVED, *filings_of(begun, [tree[code] for code in CITY]))
    act(Action.SUBMIT, city_reviewer, filing_of(begun, tree["420100"]))

    response = client_of(city_reviewer).get("/")

    assert response.context["desk"].todos == []
    assert "待省医保审核" in response.content.decode()


def test_the_alliance_concludes_and_prepares(
    begun: Project, tree: Tree, client_of: ClientOf, alliance_officer: User
) -> None:
    put(Status.APPROVED, *filings_of(begun, [tree["42"], tree["14"]]))
    Project.objects.create(code="NEXT", name="下一批", kind="history")

    found = {(todo.title, todo.project) for todo in todos(client_of(alliance_officer))}

    assert found == {("可以办结", "测试项目"), ("草稿中，待设置和发布", "下一批")}


def test_strangers_see_none_of_it(
    tree: Tree, country: object, paper: Paper, client_of: ClientOf, neighbour_officer: User
) -> None:
    planted([tree["H42010600001"]])

    response = client_of(neighbour_officer).get("/")

    assert "测试项目" not in response.content.decode()


@pytest.mark.parametrize("rounds", [1, 12])
@pytest.mark.parametrize("who", ["hospital_clerk", "city_reviewer", "alliance_officer"])
def test_the_page_costs_the_same_however_many_projects(
    tree: Tree,
    country: object,
    paper: Paper,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
    rounds: int,
    who: str,
) -> None:
    for number in range(rounds):
        planted([tree[code] for code in CITY], code=f"P{number}")
    put(Status.SUBMITTED, *Filing.objects.institutions())
    put(Status.DRAFT, *Filing.objects.filter(organization=tree["H42010600001"]))
    client = client_of(request.getfixturevalue(who))
    client.get("/")

    with CaptureQueriesContext(connection) as statements:
        client.get("/")

    assert len(statements) == STATEMENTS[who]
