"""Report, approve and choose without a mouse: from the login on, with nothing but the keyboard."""

from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.distribution.models import DeliveryRelation
from apps.distribution.models import relation_statuses as relations
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests import factories_relations as supply
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.journeys.conftest import Enter
from tests.journeys.keys import Keys

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL = "H42010600001"
BELOW = ("H42010600001", "H42010600002", "H42010000001")
BOUGHT = {"P0001": 1_000, "P0002": 500, "P0003": 100}


@pytest.fixture
def asked(tree: Tree, alliance_officer: User) -> Project:
    project = make.demand_project([tree[HOSPITAL]])
    make.bought(project, tree[HOSPITAL], BOUGHT)
    return make.published(project, alliance_officer)


@pytest.mark.covers("S2-17", "S2-23")
def test_an_institution_reports(
    asked: Project, enter: Enter, tree: Tree, hospital_clerk: User
) -> None:
    keys = Keys(enter("keys-report")).sign_in(hospital_clerk)
    keys.skip("跳到待办")
    assert keys.said() == "待填报上报"
    keys.leads()
    keys.page.wait_for_selector("[data-body] .spacer", state="attached")
    keys.skip("跳到表格")
    for quantity in ("1000", "500", "100", "0"):
        keys.type(quantity).press("Enter")
    keys.page.locator("[data-body] tr.is-dirty").first.wait_for(state="detached")
    keys.to("上报", "Shift+Tab").press("Enter").opened()
    keys.press("Escape").closed().press("Enter").opened()
    keys.to("确认上报").leads()

    assert make.filing_of(asked, tree[HOSPITAL]).state == Status.SUBMITTED


@pytest.fixture
def waiting(tree: Tree, alliance_officer: User) -> list[Filing]:
    """Three that wait for the city, in the order of their paths."""
    project = make.published(
        make.demand_project([tree[code] for code in BELOW], chain=["city", "province"]),
        alliance_officer,
    )
    found = put(Status.SUBMITTED, *filings_of(project, [tree[code] for code in BELOW]))
    return sorted(found, key=lambda filing: filing.path)


def statuses(filings: list[Filing]) -> list[str]:
    with whole_country(reason="test"):
        return [Filing.objects.get(pk=filing.pk).status for filing in filings]


@pytest.mark.covers("S3-12", "S3-13", "S3-14")
def test_a_reviewer_returns_one_and_approves_the_others(
    waiting: list[Filing], enter: Enter, city_reviewer: User
) -> None:
    keys = Keys(enter("keys-approve")).sign_in(city_reviewer)
    keys.skip("跳到待办")
    assert keys.said().startswith("待审核")
    keys.leads().skip("跳到表格").to("审核").leads()
    keys.skip("跳到操作").to("退回修改").press("Enter").opened().press("Escape").closed()
    assert keys.said() == "退回修改"
    keys.press("Enter").opened()
    keys.until(lambda said: said.startswith("退回原因"), "退回原因").type("第三行漏填")
    keys.to("确定").leads()
    assert statuses(waiting)[0] == Status.RETURNED

    keys.until(lambda said: said.startswith("需求量信息审核"), "the list").leads()
    keys.until(lambda said: said == "选择本页全部", "选择本页全部").press("Space")
    keys.to("审核通过", "Shift+Tab").leads()
    keys.to("审核通过").leads()

    assert sorted(statuses(waiting)) == [Status.APPROVED, Status.APPROVED, Status.RETURNED]


def ticked(page: "Page") -> int:
    return page.locator("#choosing .choice-list input:checked").count()


@pytest.mark.covers("S4-02", "S4-03")
def test_a_manufacturer_chooses_and_submits(
    enter: Enter, tree: Tree, manufacturer_agent: User
) -> None:
    supply.trade(manufacturer_agent, tree["42"])
    keys = Keys(enter("keys-choose")).sign_in(manufacturer_agent)
    keys.until(lambda said: said.startswith("子系统"), "子系统").press("Enter")
    keys.until(lambda said: "配送" in said, "the subsystem").leads()
    keys.to("选择配送企业").leads()
    for name in ("0.1g", "0.2g", "武汉市", "荆楚第0"):
        keys.until(lambda said, name=name: name in said, name).press("Space")
        keys.said()
    keys.page.get_by_text("将新增 2 条").wait_for()
    assert ticked(keys.page) == 4
    keys.to("保存并提交").leads()

    with whole_country(reason="test"):
        assert set(DeliveryRelation.objects.values_list("status", flat=True)) == {
            relations.Status.SUBMITTED
        }


def test_a_list_that_is_drawn_anew_keeps_the_focus(
    enter: Enter, tree: Tree, manufacturer_agent: User
) -> None:
    supply.trade(manufacturer_agent, tree["42"])
    keys = Keys(enter("keys-anew")).sign_in(manufacturer_agent)
    keys.visitor.open("/distribution/relations/choose/?province=42")
    keys.until(lambda said: "武汉市" in said, "武汉市").press("Space")
    with keys.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        keys.until(lambda said: "荆楚第1" in said, "荆楚第1")
    answer.value.finished()
    keys.page.locator("#choosing:not([aria-busy])").wait_for()

    assert "荆楚第1" in keys.said()
    keys.press("Space")
    assert ticked(keys.page) == 2
