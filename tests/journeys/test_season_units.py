"""Institutions and their people in the course of a season, by links from the first page: 更名 and 停业 asked for with
papers and decided above, 经办人交接, 复制名单 and 提醒设置. Each act is one line of the log that can be read.
"""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.journeys import links
from tests.journeys.visitor import Visitor
from tests.unit_changing import PNG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL = "H42010600001"
PAPER = {"name": "批复.png", "mimeType": "image/png", "buffer": PNG}


@pytest.fixture
def season(tree, alliance_officer):
    """One hospital of a county; nobody has done anything yet."""
    project = make.demand_project([tree[HOSPITAL]], items=2, chain=["county", "city", "province"])
    return make.published(project, alliance_officer)


def ask(clerk: Visitor, kind: str, name: str = "") -> Visitor:
    clerk.open("/").go("机构变更").press(f"申请{kind}").look()
    if name:
        clerk.fill("新名称", name)
    clerk.fill("生效日期", f"{timezone.localdate()}").fill("变更原因", "卫健部门批复")
    clerk.page.set_input_files("input[type=file]", PAPER)
    return clerk.press("提交申请").look().sees("待办理", "批复.png")


def decide(office: Visitor, kind: str) -> Visitor:
    office.open("/")
    office.follow(office.page.get_by_role("link", name="机构变更待办理")).look()
    office.follow(office.row("武昌区人民医院").get_by_role("link", name="办理")).look()
    office.sees("同意之后")
    return office.press(f"同意{kind}").look().sees("已同意")


def test_a_name_changes(enter, season, tree, hospital_clerk, county_reviewer):
    clerk = enter("institution").sign_in(hospital_clerk)
    ask(clerk, "更名", "武昌区中心医院")
    office = enter("county").sign_in(county_reviewer)
    decide(office, "更名")
    links.told_once(office, "申请更名", "武昌区人民医院", "武昌区中心医院")
    links.told_once(office, "同意更名", "武昌区人民医院", "武昌区中心医院")

    with whole_country(reason="test"):
        assert Organization.objects.get(code=HOSPITAL).name == "武昌区中心医院"
    clerk.open("/").sees("武昌区中心医院")
    links.message(clerk, "更名").sees("武昌区中心医院")


def test_a_hospital_closes(enter, season, hospital_clerk, county_reviewer):
    clerk = enter("institution").sign_in(hospital_clerk)
    ask(clerk, "停业")
    office = enter("county").sign_in(county_reviewer)
    office.follow(office.page.get_by_role("link", name="机构变更待办理")).look()
    office.follow(office.row("武昌区人民医院").get_by_role("link", name="办理")).look()
    office.sees(season.name, "未报（停业，自")
    office.press("同意停业").look().sees("已同意", "撤销停业")
    links.told_once(office, "同意停业", "武昌区人民医院")

    filing = make.filing_of(season, hospital_clerk.organization)
    since = f"停业，自 {timezone.localdate()}"
    assert (filing.status, filing.closed_as) == ("lapsed", since)


def test_another_clerk_takes_over(enter, season, hospital_clerk, county_reviewer):
    office = enter("county").sign_in(county_reviewer)
    office.go("密码重置")
    office.press("交接", within=office.row(hospital_clerk.username)).look()
    office.fill("新经办人姓名", "钱新办").fill("新经办人手机", "13900001111")
    office.press("交接").look().sees("一次性密码", hospital_clerk.organization.name)
    password = office.page.locator("[data-copy-source]").inner_text().strip()
    links.told_once(office, "经办人交接", "钱新办")

    newcomer = enter("successor").sign_in(hospital_clerk, password)
    newcomer.sees("新密码")
    with whole_country(reason="test"):
        held = User.objects.get(pk=hospital_clerk.pk)
    assert (held.name, held.must_change_password) == ("钱新办", True)


def test_names_are_copied_and_reminders_chosen(enter, season, hospital_clerk, county_reviewer):
    office = enter("county").sign_in(county_reviewer)
    links.desk(office, season).go("填报进度")
    office.press("复制名单").look()
    expect(office.page.locator("textarea")).to_have_value(hospital_clerk.organization.name)

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.go("消息").press("提醒设置").look()
    clerk.fill("手机号码", "13800138000")
    clerk.press("保存").look().sees("提醒设置已保存")
    links.told_once(clerk, "提醒设置", "短信提醒")
