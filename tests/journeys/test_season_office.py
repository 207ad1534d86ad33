"""联采办 in a season that does not go by the book, by links from the first page: 故障顺延 and 增补品规, 撤销发布, 演练.
Each act is one line of the log that can be read, and who is concerned finds it among the messages.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import decide
from apps.accounts.models import Approval
from apps.jobs.inline import run_waiting_jobs
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.journeys import links
from tests.rehearsals.rehearsing import schemas
from tests.unit_changing import PNG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL = "H42010600001"
ADDED = {
    "品规编号": "P0009",
    "标的": "标的一",
    "产品组": "产品组一",
    "竞争单元": "竞争单元一",
    "品种名称": "增补片",
    "规格": "10mg",
    "最小制剂单位": "片",
    "包装数量": "10",
    "生产企业": "测试制药",
    "日均使用量": "1",
    "增补原因": "公告漏列",
}


@pytest.fixture
def season(tree, alliance_officer):
    """One hospital of a county; nobody has done anything yet."""
    project = make.demand_project([tree[HOSPITAL]], items=2, chain=["county", "city", "province"])
    make.bought(project, tree[HOSPITAL], {"P0001": 2_800, "P0002": 560})
    return make.published(project, alliance_officer)


def test_more_time_and_an_item_that_was_forgotten(enter, season, hospital_clerk, alliance_officer):
    make.planned(
        season, hospital_clerk.organization, {"P0001": 280, "P0002": 56},
        is_saved=True, reason="stock",
    )  # fmt: skip
    with whole_country(reason="test"):
        own = make.filing_of(season, hospital_clerk.organization)
        perform([own], Action.SUBMIT, by=Actor.of(hospital_clerk))

    office = enter("alliance").sign_in(alliance_officer)
    links.project_page(office, season).press("时间和开关").look().press("延期").look()
    office.page.get_by_label("故障顺延").check()
    office.fill("顺延小时数", "24").fill("原因", "全省停电")
    office.press("预览").look().sees("顺延之后")
    office.press("延期并通知").look().sees("故障顺延")
    links.told_once(office, "故障顺延", "全省停电")

    links.project_page(office, season).press("更正记录").look().press("增补品规").look()
    for label, value in ADDED.items():
        office.fill(label, value)
    office.press("预览影响").look().sees("已上报、将退回", "涉及机构")
    file = {"name": "增补公告.png", "mimeType": "image/png", "buffer": PNG}
    office.page.set_input_files("input[type=file]", file)
    office.press("增补并通知").look().sees("已增补（更正第 1 号），退回 1 份申报", "增补公告.png")
    links.told_once(office, "增补品规", "增补片", "公告漏列")

    clerk = enter("institution").sign_in(hospital_clerk)
    links.message(clerk, "增补").press("去办理").look().sees("增补片")
    row = clerk.page.locator("[data-body] tr", has_text="增补片").locator("[data-field=planned]")
    row.fill("50")
    row.press("Enter")
    expect(clerk.page.locator("[data-saved]")).to_contain_text("已自动保存")
    assert make.line_of(season, hospital_clerk.organization, "P0009").planned == 50
    links.message(clerk, "故障顺延").sees("全省停电")


def test_a_publication_is_taken_back(
    enter, season, hospital_clerk, alliance_officer, administrator
):
    office = enter("alliance").sign_in(alliance_officer)
    links.project_page(office, season).press("撤销发布").look()
    office.fill("原因", "目录附件有误").press("申请撤销发布").look()
    office.sees("等待系统管理员或安全管理员批准")

    with whole_country(reason="test"):
        decide(by=Actor.of(administrator), pk=Approval.objects.get().pk, approve=True)
    office.open("/").go("双人审批")
    office.press("去办理", within=office.row("撤销发布")).look()
    office.press("撤销发布").look().sees("已撤销发布，全部单位已收到消息。")
    links.told_once(office, "撤销发布", "目录附件有误")
    clerk = enter("institution").sign_in(hospital_clerk)
    links.message(clerk, "撤销发布").sees("目录附件有误")
    clerk.open("/")
    expect(clerk.page.get_by_text("还没有参加的项目")).to_be_visible()


def test_a_round_is_rehearsed(enter, season, alliance_officer, hospital_clerk):
    before = schemas()
    office = enter("alliance").sign_in(alliance_officer)
    links.project_page(office, season).press("演练").look().press("制作演练").look()
    run_waiting_jobs()
    links.told_once(office, "制作演练", "1 家机构参加")
    links.project_page(office, season).press("演练").look().press("打开这个项目的演练").look()

    office.fill("单位", "人民医院").press("查询").look()
    office.follow(office.row("武昌区人民医院").get_by_role("link", name="进入演练")).look()
    expect(office.page.locator("[data-rehearsal], .notice", has_text="演练").first).to_be_visible()
    office.follow(office.page.locator(".topbar").get_by_role("link", name="离开演练")).look()

    day = timezone.localdate() + timedelta(days=9)
    office.page.locator("[name=to_0]").fill(f"{day:%Y-%m-%d}")
    office.page.locator("[name=to_1]").fill("09:00")
    office.press("推进").look().sees("演练日历已推进")
    links.told_once(office, "推进演练日历")
    links.project_page(office, season).press("演练").look().press("打开这个项目的演练").look()
    office.press("作废演练").look().press("作废演练").look().sees("没有演练")
    links.told_once(office, "作废演练")

    assert schemas() == before
    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open("/").go("消息")
    assert "演练" not in clerk.page.locator("main").inner_text()
