"""The doors of 申请撤回 (S3-27) and of a new batch (S2-12): what a page speaks of, it leads to."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project, Withdrawal
from apps.review.models import WithdrawalRequest
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as demand
from tests.cast import Tree
from tests.factories_review import put
from tests.net.access_world import request_of
from tests.net.crawling import links_of, reached
from tests.pages import tags

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
ASKING = "/review/BL/withdrawal/"


@pytest.fixture
def on_request(tree: Tree, alliance_officer: User) -> Project:
    """武昌区's hospital has reported and its county has submitted; both may ask to withdraw."""
    policy = Withdrawal.ON_REQUEST
    project = demand.demand_project(
        [tree["H42010600001"]],
        chain=["county", "city", "province"],
        institution_withdrawal=policy,
        bureau_withdrawal=policy,
    )
    return demand.published(project, alliance_officer)


def reported(project: Project, tree: Tree, *codes: str) -> None:
    put(Status.SUBMITTED, *(demand.filing_of(project, tree[code]) for code in codes))


@pytest.mark.covers("S3-27")
@pytest.mark.parametrize("page", ["/demand/BL/entry/", "/demand/BL/results/"])
def test_an_institutions_pages_lead_to_asking_for_withdrawal(
    on_request: Project, tree: Tree, hospital_clerk: User, client_of: ClientOf, page: str
):
    client = client_of(hospital_clerk)
    before = client.get(page).content.decode()
    reported(on_request, tree, "H42010600001")

    after = client.get(page).content.decode()

    assert tags(before, "a", href=ASKING) == []
    assert {link.words for link in tags(after, "a", href=ASKING)} == {"申请撤回"}
    assert "review:withdrawal_ask" in reached(client)


def test_nothing_leads_there_once_the_tier_above_has_submitted(
    on_request: Project, tree: Tree, hospital_clerk: User, client_of: ClientOf
):
    reported(on_request, tree, "H42010600001", "420106")

    page = client_of(hospital_clerk).get("/demand/BL/entry/").content.decode()

    assert "上级已提交；需要修改时请联系上级逐级退回。" in page
    assert tags(page, "a", href=ASKING) == []


@pytest.mark.covers("S3-27")
@pytest.mark.parametrize("page", ["/review/BL/", "/review/BL/confirm/"])
def test_a_bureaus_pages_lead_to_asking_for_withdrawal(
    on_request: Project, tree: Tree, county_reviewer: User, client_of: ClientOf, page: str
):
    client = client_of(county_reviewer)
    before = client.get(page).content.decode()
    reported(on_request, tree, "H42010600001", "420106")

    after = client.get(page).content.decode()

    assert tags(before, "a", href=ASKING) == []
    assert [link.words for link in tags(after, "a", href=ASKING)] == ["申请撤回"]


def test_who_has_asked_finds_the_request_on_the_portal(
    on_request: Project, tree: Tree, hospital_clerk: User, client_of: ClientOf
):
    reported(on_request, tree, "H42010600001")
    request_of(demand.filing_of(on_request, tree["H42010600001"]))
    client = client_of(hospital_clerk)

    (link,) = tags(client.get("/").content.decode(), "a", href=ASKING)

    assert link.words == "已申请撤回，等待上级处理"
    with whole_country(reason="test"):
        now = timezone.now()
        WithdrawalRequest.objects.update(state="refused", closed_at=now, answer="数据无误")
    assert ASKING not in links_of("/", client.get("/").content.decode())


@pytest.mark.covers("S2-12")
def test_an_institution_chooses_a_new_batch_or_an_earlier_one(
    on_request: Project, hospital_clerk: User, alliance_officer: User, client_of: ClientOf
):
    client = client_of(hospital_clerk)
    client.get("/demand/BL/entry/")
    newer = demand.demand_project([hospital_clerk.organization], code="BL-NEW", chain=["province"])
    demand.published(newer, alliance_officer)

    page = client.get("/").content.decode()

    for words, address in (("新批次报量", "/demand/new/"), ("历史报量查询", "/demand/history/")):
        assert tags(page, "a", href=address)[-1].words == words
    assert client.get("/demand/new/")["Location"] == "/demand/BL-NEW/entry/"


@pytest.mark.covers("S2-12")
def test_without_a_new_batch_the_door_says_so(hospital_clerk: User, client_of: ClientOf):
    page = client_of(hospital_clerk).get("/demand/new/").content.decode()

    assert "现在没有报量项目" in page
