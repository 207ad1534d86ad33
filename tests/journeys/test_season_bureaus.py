"""A bureau above in the place of one that nobody is at (上级代办), and who handed in does not pass it (审核回避): by
links from the first page, each act one line of the log that can be read.
"""

import re

import pytest
from playwright.sync_api import expect

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.projects.models import Project
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories
from tests import factories_demand as make
from tests.journeys import links
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL, CITY = "H42010000001", "武汉市医疗保障局"
DETAILS = re.compile("^(查看详情|审核)$")


def below_city(above: Visitor, project: Project) -> Visitor:
    """The city's filing, by the number of units that haven't reported: it has not handed in."""
    links.desk(above, project)
    number = above.page.locator("main").get_by_role("link", name="未上报", exact=True)
    above.follow(number.locator("visible=true").first).look()
    return above.follow(above.row(CITY).get_by_role("link", name="查看详情")).look()


def test_the_province_hands_in_for_the_city_and_a_colleague_passes_it(
    enter, tree, second_clerk, city_reviewer, province_officer, alliance_officer
):
    project = make.demand_project(
        [tree[HOSPITAL]], items=2, chain=["city", "province"], recusal=True
    )
    make.bought(project, tree[HOSPITAL], {"P0001": 280, "P0002": 56})
    make.published(project, alliance_officer)
    make.planned(project, tree[HOSPITAL], {"P0001": 280, "P0002": 56}, is_saved=True)
    with whole_country(reason="test"):
        own = make.filing_of(project, tree[HOSPITAL])
        perform([own], Action.SUBMIT, by=Actor.of(second_clerk))
    colleague = factories.sub_account_of(
        province_officer, username="colleague", name="吴同事",
        permission_subset=[Permission.QUERY, Permission.REVIEW],
    )  # fmt: skip

    above = enter("province").sign_in(province_officer)
    below_city(above, project).follow(
        above.row(tree[HOSPITAL].name).get_by_role("link", name="查看详情")
    ).look()
    above.press("审核通过").look().fill("代办原因", "市局经办人请假")
    above.press("审核通过").look().sees("审核通过")
    links.told_once(above, "审核通过", tree[HOSPITAL].name)
    expect(above.page.locator("tbody")).to_contain_text(f"代 {CITY}")
    below_city(above, project).press("提交").look().fill("代办原因", "市局经办人请假")
    above.press("提交").look()
    links.told_once(above, "提交", CITY)

    links.desk(above, project)
    above.follow(above.row(CITY).get_by_role("link", name=DETAILS)).look()
    assert above.page.get_by_role("button", name="审核通过", exact=True).count() == 0
    above.press("为什么不能办理").look()
    expect(above.page.locator("#approve")).to_contain_text("本项目要求审核回避")
    other = enter("colleague").sign_in(colleague)
    links.desk(other, project)
    other.follow(other.row(CITY).get_by_role("link", name=DETAILS)).look()
    other.press("审核通过").look().sees("审核通过")

    assert make.filing_of(project, tree["420100"]).state == Status.APPROVED
    below = enter("city").sign_in(city_reviewer)
    links.desk(below, project).press("审核记录").look()
    below.sees("湖北省医疗保障局", "市局经办人请假")
