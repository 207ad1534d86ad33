"""切换项目: the name of a round in the head of its pages leads to the others, where work waits first."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.portal.domain.rounds import page_of
from apps.projects.models import Phase, Project, ProjectWindow
from apps.review.models.statuses import Status
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import tags
from tests.review.planting import planted, register_paper

ClientOf = Callable[[User], Client]
UNITS = ("H42010600001", "H42010600002")


@pytest.fixture
def three(tree: Tree, country: object) -> list[Project]:
    """Three rounds under way, the latest last."""
    del country
    register_paper()
    units = [tree[code] for code in UNITS]
    return [planted(units, code=code) for code in ("FIRST", "SECOND", "THIRD")]


def rounds(client: Client, of: str = "") -> list[Any]:
    return client.get("/rounds/", {"of": of}).context["rounds"]


def codes(client: Client) -> list[str]:
    return [each.project.code for each in rounds(client)]


def conclude(project: Project) -> None:
    now = timezone.now()
    Project.objects.filter(pk=project.pk).update(phase=Phase.CONCLUDED, concluded_at=now)


def test_what_waits_comes_first_then_what_is_open_then_the_rest(
    three: list[Project], tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    conclude(three[2])
    put(Status.SUBMITTED, *filings_of(three[0], [tree[UNITS[0]]]))

    client = client_of(city_reviewer)
    assert codes(client) == ["FIRST", "SECOND", "THIRD"]
    (waiting, *others) = rounds(client)
    assert (waiting.todo.title, waiting.todo.count) == ("待审核", 1)
    assert [each.todo for each in others] == [None, None]


def test_each_line_says_status_and_deadline(
    three: list[Project], client_of: ClientOf, hospital_clerk: User
) -> None:
    ends = ProjectWindow.objects.get(project=three[2], tier="institution").closes_at

    latest = next(each for each in rounds(client_of(hospital_clerk)) if each.project == three[2])
    page = client_of(hospital_clerk).get("/rounds/").content.decode()

    assert latest.until == ends
    assert latest.status in page
    assert "截止" in page


def test_a_round_opens_on_the_page_that_one_comes_from(
    three: list[Project], client_of: ClientOf, city_reviewer: User
) -> None:
    found = rounds(client_of(city_reviewer), of="/review/THIRD/overdue/?page=2")

    assert {each.url for each in found} == {f"/review/{each.code}/overdue/" for each in three}
    assert [each.project.code for each in found if each.current] == ["THIRD"]


@pytest.mark.parametrize(
    ("address", "name", "code"),
    [
        ("/review/A/", "review:filing_list", "A"),
        ("/review/A/filings/7/?queue=x", "review:filing_list", "A"),
        ("/review/A/filings/7/return/", "review:filing_list", "A"),
        ("/demand/A/entry/check/", "reporting:demand_edit", "A"),
        ("/demand/A/letter/", "", "A"),
        ("/allocation/A/pending/5/lowest/", "allocation:pending_list", "A"),
        ("/analysis/A/agreed/items/3/", "volumes:agreed_list", "A"),
        ("/projects/A/windows/edit/", "projects:window_list", "A"),
        ("/distribution/choices/?project=A", "distribution:choice_list", "A"),
    ],
)
def test_what_belongs_to_one_row_hangs_on_its_list(address: str, name: str, code: str) -> None:
    found = page_of(address)

    assert found is not None
    assert (found.name, found.code) == (name, code)


@pytest.mark.parametrize(
    "address", ["", "/", "/notices/", "//evil.example/", "https://evil.example/review/A/"]
)
def test_an_address_of_no_round_leads_to_where_one_works(
    three: list[Project], client_of: ClientOf, city_reviewer: User, address: str
) -> None:
    found = rounds(client_of(city_reviewer), of=address)

    assert {each.url for each in found} == {f"/review/{each.code}/" for each in three}


def test_the_head_of_every_page_of_a_round_names_it_and_asks_nothing_for_it(
    three: list[Project], client_of: ClientOf, city_reviewer: User
) -> None:
    client = client_of(city_reviewer)
    with CaptureQueriesContext(connection) as statements:
        page = client.get("/review/THIRD/").content.decode()

    (menu,) = [each for each in tags(page, "details") if "data-rounds-of" in each]
    assert menu["data-rounds-of"] == "/rounds/?of=%2Freview%2FTHIRD%2F"
    assert "项目名称" not in [crumb.words for crumb in tags(page, "li", class_="crumb")]
    assert not [each for each in statements if "published_at IS" in each["sql"]]


def test_the_rail_leads_to_where_work_waits_and_stays_where_one_is_at_work(
    three: list[Project], tree: Tree, client_of: ClientOf, city_reviewer: User
) -> None:
    rail = "/review/latest/demand/list/"
    client = client_of(city_reviewer)
    assert client.get(rail)["Location"] == "/review/THIRD/"

    client.get("/review/SECOND/")
    assert client.get(rail)["Location"] == "/review/SECOND/"

    put(Status.SUBMITTED, *filings_of(three[0], [tree[UNITS[0]]]))
    assert client.get(rail)["Location"] == "/review/FIRST/"


def test_with_nothing_open_the_rail_leads_to_the_latest(
    three: list[Project], client_of: ClientOf, city_reviewer: User
) -> None:
    for each in three:
        conclude(each)

    assert (
        client_of(city_reviewer).get("/review/latest/demand/list/")["Location"] == "/review/THIRD/"
    )
