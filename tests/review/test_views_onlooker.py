"""Who may only query reads the queue; every button is by right."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Selection
from apps.review.models.statuses import Status
from tests import factories
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import tags, words_of

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"


@pytest.fixture
def onlooker(round_on_paper: Project, tree: Tree, city_reviewer: User) -> User:
    """A sub-account of 武汉市 that may query; one of its institutions has reported."""
    put(Status.SUBMITTED, *filings_of(round_on_paper, [tree["H42010600001"]]))
    return factories.sub_account_of(city_reviewer, permission_subset=["query"])


@pytest.mark.covers("S0-10", "S0-15")
def test_the_queue_is_read_without_the_right_to_review(onlooker: User, client_of: ClientOf) -> None:
    client = client_of(onlooker)

    projects = client.get("/review/").content.decode()
    page = client.get(URL).content.decode()

    assert tags(projects, "a", href=URL)
    assert "武昌区人民医院" in page
    assert not {"审核通过", "退回修改", "提交", "撤回", "导出"} & words_of(page, "button")
    assert not {"提交", "撤回", "办结", "导出"} & words_of(page, "a")
    assert tags(page, "input", name="selected") == []
    assert {"查看详情", "审核记录"} <= words_of(page, "a")


def test_a_unit_s_details_lead_to_the_next_and_offer_nothing(
    round_on_paper: Project, onlooker: User, tree: Tree, client_of: ClientOf
) -> None:
    both = filings_of(round_on_paper, [tree["H42010600001"], tree["H42010600002"]])
    put(Status.SUBMITTED, both[1])

    page = client_of(onlooker).get(f"{URL}filings/{both[0].pk}/").content.decode()

    assert [link["href"] for link in tags(page, "a", rel="next")] == [f"{URL}filings/{both[1].pk}/"]
    assert tags(page, "div", class_="savebar act-bar") == []


@pytest.mark.parametrize("action", ["approve", "return"])
def test_nothing_can_be_sent_from_the_list(
    onlooker: User, client_of: ClientOf, action: str
) -> None:
    response = client_of(onlooker).post(URL, {"action": action, "select_all": "1"}, follow=True)

    assert "您的账号没有“审核”权限" in response.content.decode()
    assert not Selection.objects.exists()


def test_the_rail_leads_there(onlooker: User, client_of: ClientOf) -> None:
    page = client_of(onlooker).get("/").content.decode()

    assert "中选结果分量信息审核（市医保）" in words_of(page, "a", "span")


def test_a_right_to_export_is_enough_to_export(
    round_on_paper: Project, city_reviewer: User, client_of: ClientOf
) -> None:
    exporter = factories.sub_account_of(city_reviewer, permission_subset=["query", "export"])

    response = client_of(exporter).get(f"{URL}export/")

    assert response.status_code == 200
    assert response.getvalue()
    response.close()
