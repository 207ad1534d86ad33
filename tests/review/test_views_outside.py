"""A bureau that the chain leaves out is told so, calmly, and reads where its institutions stand (S2-10)."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models.statuses import Status
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import words_of
from tests.review.planting import draft_project, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"


@pytest.mark.covers("S2-10")
@pytest.mark.parametrize("page", ["", "confirm/", "export/"])
def test_a_county_that_does_not_review_reads_where_its_institutions_stand(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, county_reviewer: User, page: str
) -> None:
    put(Status.SUBMITTED, *filings_of(round_on_paper, [tree["H42010600001"]]))

    response = client_of(county_reviewer).get(URL + page)

    html = response.content.decode()
    assert response.status_code == 200
    assert "本项目不经区县医保审核" in words_of(html, "h1")
    assert {"武昌区人民医院", "武昌区中医医院"} <= words_of(html, "th")
    assert "武汉市第一医院" not in html
    assert {"待市医保审核", "填报中"} <= words_of(html, "span")
    assert {"查看项目", "查看详情"} <= words_of(html, "a")


def test_it_changes_nothing_there(
    round_on_paper: Project, client_of: ClientOf, county_reviewer: User
) -> None:
    client = client_of(county_reviewer)

    assert client.post(URL, {"action": "approve", "select_all": "1"}).status_code == 405
    assert client.post(f"{URL}withdraw/").status_code == 405


def test_the_project_s_page_names_the_door_honestly(
    round_on_paper: Project, client_of: ClientOf, county_reviewer: User, city_reviewer: User
) -> None:
    def doors(person: User) -> set[str]:
        page = client_of(person).get("/projects/PAPER/").content.decode()
        return words_of(page, "a") & {"进入审核", "查看审核", "查看办理情况"}

    assert doors(county_reviewer) == {"查看办理情况"}
    assert doors(city_reviewer) == {"进入审核"}


def test_a_county_in_its_province_s_chain_reviews(
    tree: Tree, country: object, paper: object, client_of: ClientOf, county_reviewer: User
) -> None:
    project = planted([tree["H42010600001"]], chain=["county", "city", "province"])

    page = client_of(county_reviewer).get(URL).content.decode()

    assert project.code in page
    assert "历史采购量审核（区县医保）" in words_of(page, "h1")


def test_a_province_before_publication_is_told_to_wait(
    tree: Tree, country: object, paper: object, client_of: ClientOf, province_officer: User
) -> None:
    draft_project([tree["H42010600001"]])

    response = client_of(province_officer).get(URL)

    assert response.status_code == 200
    assert "项目还没有发布" in words_of(response.content.decode(), "h1")


def test_what_lies_outside_the_scope_is_not_found(
    tree: Tree, country: object, paper: object, client_of: ClientOf, county_reviewer: User
) -> None:
    planted([tree["H14010500001"]])

    assert client_of(county_reviewer).get(URL).status_code == 404
