"""Who may act for whom, by links from the first page: 代填授权 with the switcher, 申诉 from the return to the answer.
Each act is one line of the log that can be read.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.domain.actors import Actor
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_demand as make
from tests.factories import PASSWORD
from tests.journeys import links

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL, OTHER = "H42010600001", "H42010600002"


@pytest.fixture
def season(tree, alliance_officer):
    """Two hospitals of a county; nobody has done anything yet."""
    units = [tree[HOSPITAL], tree[OTHER]]
    project = make.demand_project(units, items=2, chain=["county", "city", "province"])
    return make.published(project, alliance_officer)


def test_another_hospital_fills_in(enter, season, tree, hospital_clerk):
    holder = factories.account_of(tree[OTHER], name="徐代填")
    clerk = enter("institution").sign_in(hospital_clerk)
    links.project_page(clerk, season).press("代填授权").look().press("授权代填").look()
    clerk.fill("被授权账号的用户名", holder.username)
    clerk.fill("被授权单位的名称", tree[OTHER].name)
    clerk.fill("授权至", f"{timezone.localdate() + timedelta(days=5)}")
    clerk.press("授权代填").look()
    clerk.page.locator("[name=proof]").fill(PASSWORD)
    clerk.press("验证并办理").look().sees("徐代填")
    links.told_once(clerk, "代填授权", tree[OTHER].name, "徐代填")

    other = enter("holder").sign_in(holder)
    switcher = other.page.locator(".topbar").get_by_role("link", name=tree[OTHER].name)
    other.follow(switcher).look()
    other.press("代填", within=other.row(tree[HOSPITAL].name)).look()
    expect(other.page.locator("[data-acting]")).to_contain_text(tree[HOSPITAL].name)
    row = other.page.locator("[data-body] tr", has_text="P0001").locator("[data-field=planned]")
    row.fill("111")
    row.press("Enter")
    expect(other.page.locator("[data-saved]")).to_contain_text("已自动保存")
    assert make.line_of(season, tree[HOSPITAL], "P0001").planned == 111

    links.project_page(clerk, season).press("代填授权").look()
    clerk.press("终止", within=clerk.row("徐代填")).look()
    links.told_once(clerk, "终止代填授权", tree[OTHER].name)


def test_a_return_is_appealed(enter, season, tree, hospital_clerk, county_reviewer):
    unit = tree[HOSPITAL]
    make.planned(season, unit, {"P0001": 280, "P0002": 0}, is_saved=True, reason="first")
    with whole_country(reason="test"):
        own = make.filing_of(season, unit)
        perform([own], Action.SUBMIT, by=Actor.of(hospital_clerk))
        own = make.filing_of(season, unit)
        ends = timezone.now() + timedelta(days=3)
        told = {"by": Actor.of(county_reviewer), "reason": "数量偏大", "deadline": ends}
        perform([own], Action.RETURN, **told)

    clerk = enter("institution").sign_in(hospital_clerk)
    links.desk(clerk, season).go("审查结果查看").press("审核记录").look()
    clerk.follow(clerk.page.locator("#history").get_by_role("link", name="申诉")).look()
    clerk.fill("申诉内容", "数量属实，有进货单").press("提交申诉").look()
    clerk.sees("已提交申诉，由武昌区医疗保障局答复")
    links.told_once(clerk, "申诉", "数量属实")

    office = enter("county").sign_in(county_reviewer)
    office.follow(office.page.get_by_role("link", name="申诉待答复")).look()
    office.follow(office.page.locator("main tbody").get_by_role("link", name="查看").first).look()
    office.page.get_by_label("支持：申诉成立").check()
    office.page.get_by_label("答复", exact=False).last.fill("核实无误，请重新上报")
    office.press("提交答复").look().sees("核实无误")
    links.told_once(office, "答复申诉", "核实无误")
    links.message(clerk, "申诉").sees("核实无误")
