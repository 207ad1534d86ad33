"""查看详情: lines, history, what is offered, previous and next."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.factories_review import filings_of, put, units_below
from tests.review.acting import act
from tests.review.planting import filing_of, planted

ClientOf = Callable[[User], Client]
CITY = ("H42010600001", "H42010600002", "H42010000001")


def url(filing: Filing, queue: str = "") -> str:
    return f"/review/PAPER/filings/{filing.pk}/" + (f"?queue={queue}" if queue else "")


@pytest.fixture
def waiting(round_on_paper: Project, tree: Tree) -> list[Filing]:
    """Three institutions that wait for the city's review, in the order of their paths."""
    found = put(Status.SUBMITTED, *filings_of(round_on_paper, [tree[code] for code in CITY]))
    return sorted(found, key=lambda filing: filing.path)


def labels(response: Any) -> set[str]:
    return {button.label for button in response.context["buttons"]}


@pytest.mark.covers("S0-26")
def test_shows_the_lines_that_the_kind_draws(
    waiting: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    response = client_of(city_reviewer).get(url(waiting[0]))

    html = response.content.decode()
    assert waiting[0].organization.name in html
    assert "还没有明细" in html
    assert "待市医保审核" in html


def test_the_reviewer_may_approve_and_return(
    waiting: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    assert labels(client_of(city_reviewer).get(url(waiting[0]))) == {"审核通过", "退回修改"}


def test_the_province_reads_it_and_may_stand_in_for_the_city(
    waiting: list[Filing], client_of: ClientOf, province_officer: User
) -> None:
    response = client_of(province_officer).get(url(waiting[0]))

    assert {(b.label, b.in_place_of) for b in response.context["buttons"]} == {
        ("审核通过", "武汉市医疗保障局")
    }
    assert [hop.organization.name for hop in response.context["hops"]] == [
        waiting[0].organization.name
    ]


def test_the_filer_sees_it_with_its_history(
    round_on_paper: Project,
    tree: Tree,
    client_of: ClientOf,
    hospital_clerk: User,
    city_reviewer: User,
) -> None:
    filing = filing_of(round_on_paper, tree["H42010600001"])
    act(Action.SUBMIT, hospital_clerk, filing)
    act(Action.RETURN, city_reviewer, filing, reason="第三行漏填")

    html = client_of(hospital_clerk).get(url(filing)).content.decode()

    assert "市医保退回" in html
    assert "第三行漏填" in html
    assert "陈市审" in html
    assert "更正截止" in html


def test_outside_the_scope_is_not_found(
    waiting: list[Filing],
    client_of: ClientOf,
    neighbour_officer: User,
    neighbour_clerk: User,
    manufacturer_agent: User,
) -> None:
    for person in (neighbour_officer, neighbour_clerk, manufacturer_agent):
        assert client_of(person).get(url(waiting[0])).status_code == 404


def test_the_address_names_the_project_too(
    waiting: list[Filing], tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    planted([tree["H42010600001"]], code="OTHER")

    client = client_of(city_reviewer)

    assert client.get(f"/review/OTHER/filings/{waiting[0].pk}/").status_code == 404


def test_previous_and_next_stay_within_the_filter(
    waiting: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.APPROVED, waiting[1])

    near = client_of(city_reviewer).get(url(waiting[0], "status%3Dsubmitted")).context["near"]

    assert (near.previous, near.following) == (None, waiting[2].pk)
    assert (near.place, near.total) == (1, 2)


def test_a_package_lists_the_units_below_and_leads_down(
    waiting: list[Filing],
    round_on_paper: Project,
    tree: Tree,
    client_of: ClientOf,
    province_officer: User,
) -> None:
    city = filing_of(round_on_paper, tree["420100"])

    response = client_of(province_officer).get(url(city))

    assert [row.record for row in response.context["table"].paginated_rows] == waiting
    assert f"/review/PAPER/filings/{waiting[0].pk}/" in response.content.decode()
    assert [tab["label"] for tab in response.context["tabs"]] == ["下级单位", "汇总明细"]


def test_the_second_tab_of_a_package_shows_its_lines(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, province_officer: User
) -> None:
    city = filing_of(round_on_paper, tree["420100"])

    response = client_of(province_officer).get(f"{url(city)}?view=lines")

    assert response.context["table"] is None
    assert "还没有明细" in response.content.decode()


def test_steps_name_where_it_stands(
    waiting: list[Filing], client_of: ClientOf, city_reviewer: User
) -> None:
    put(Status.APPROVED, waiting[0])

    steps = client_of(city_reviewer).get(url(waiting[0])).context["steps"]

    assert [(step.label, step.state) for step in steps] == [
        ("医疗机构填报", "done"),
        ("市医保审核", "current"),
        ("省医保审核", "todo"),
        ("联采办审核", "todo"),
    ]


@pytest.mark.parametrize("count", [2, 50])
def test_the_page_costs_the_same_in_a_short_and_a_long_list(
    tree: Tree, country: object, paper: object, client_of: ClientOf, city_reviewer: User, count: int
) -> None:
    project = planted(units_below(tree["420106"], count))
    filings = put(Status.SUBMITTED, *Filing.objects.of_project(project).institutions())
    client = client_of(city_reviewer)
    client.get(url(filings[0]))

    with CaptureQueriesContext(connection) as statements:
        client.get(url(filings[1], "status%3Dsubmitted"))

    assert len(statements) == 8


def test_what_is_still_being_filled_in_is_the_filers_own(
    round_on_paper: Project,
    tree: Tree,
    paper: Any,
    client_of: ClientOf,
    city_reviewer: User,
    hospital_clerk: User,
) -> None:
    filing = filing_of(round_on_paper, tree["H42010600001"])
    paper.shown = [("协议明细", "7 条")]

    seen = {
        person: client_of(person).get(url(filing)) for person in (city_reviewer, hospital_clerk)
    }

    assert seen[city_reviewer].context["detail"] is None
    assert "7 条" not in seen[city_reviewer].content.decode()
    assert seen[hospital_clerk].context["detail"] is not None
    assert "7 条" in seen[hospital_clerk].content.decode()
