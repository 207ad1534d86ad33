"""Time and supply in the course of a season, by links from the first page: 延期 with the provinces that had narrowed
theirs, 补报 below packages that went up, 暂停 of a product and its end. Each act is one line of the log.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Tier
from apps.projects.domain.windows.acts import set_province_window
from apps.projects.models import ProvinceWindow
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_allocation as allocation
from tests import factories_demand as make
from tests.factories_review import put
from tests.journeys import links
from tests.unit_changing import PNG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL, SHANXI = "H42010600001", "H14010500001"
HOUR = timedelta(hours=1)


@pytest.fixture
def season(tree, alliance_officer):
    """A hospital in each of two provinces; nobody has done anything yet."""
    units = [tree[HOSPITAL], tree[SHANXI]]
    project = make.demand_project(units, items=2, chain=["county", "city", "province"])
    return make.published(project, alliance_officer)


def test_more_time_for_one_of_two_provinces(
    enter, season, tree, hospital_clerk, neighbour_clerk, alliance_officer
):
    now = timezone.now()
    own = now.replace(microsecond=0, second=0) + 2 * HOUR
    for code in ("42", "14"):
        with whole_country(reason="test"):
            set_province_window(
                project=season, province=tree[code], tier=Tier.INSTITUTION, opens_at=now - HOUR,
                closes_at=own, is_on=True, by=Actor.of(alliance_officer),
            )  # fmt: skip
    office = enter("alliance").sign_in(alliance_officer)
    links.project_page(office, season).press("时间和开关").look().press("延期").look()
    office.page.get_by_label("湖北省").check()
    office.fill("顺延小时数", "24").fill("原因", "申报材料较多")
    office.press("预览").look().sees("顺延之后", "仍按本省时间")
    office.press("延期并通知").look()
    links.told_once(office, "延期", "申报材料较多", "湖北省")

    with whole_country(reason="test"):
        ends = dict(ProvinceWindow.objects.values_list("province__code", "closes_at"))
    assert ends == {"42": own + 24 * HOUR, "14": own}
    clerk = enter("institution").sign_in(hospital_clerk)
    links.desk(clerk, season)
    expect(clerk.page.locator("body")).to_contain_text("申报材料较多")
    links.message(clerk, "延期").sees("申报材料较多")


def test_late_ones_report_below_packages_that_went_up(
    enter, season, tree, hospital_clerk, alliance_officer, county_reviewer
):
    own, county, city, province = (
        make.filing_of(season, tree[code]) for code in (HOSPITAL, "420106", "420100", "42")
    )
    put(Status.LAPSED, own)
    put(Status.APPROVED, county, city)
    put(Status.SUBMITTED, province)

    above = enter("alliance").sign_in(alliance_officer)
    links.desk(above, season).go("逾期处理")
    row = above.row(tree[HOSPITAL].name)
    row.get_by_role("checkbox").check()
    above.press("补报").look()
    above.sees("将先从上到下退回 3", "湖北省医疗保障局、武汉市医疗保障局、武昌区医疗保障局")
    above.fill("补报原因", "断网").press("补报").look().sees("已补报")
    links.told_once(above, "开放补报", tree[HOSPITAL].name, "断网")

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open("/").sees("待填报上报")
    below = enter("county").sign_in(county_reviewer)
    below.open("/").sees("联采办退回，请更正后重新提交")


def test_a_product_is_suspended_and_supplied_again(enter, tree, alliance_officer, hospital_clerk):
    unit = tree[HOSPITAL]
    project = allocation.allocation_project([unit], chain=["county", "city", "province"])
    allocation.worked_products(project)
    allocation.volume(project, unit, "C", 8_003)
    allocation.published(project, alliance_officer)

    office = enter("alliance").sign_in(alliance_officer)
    links.project_page(office, project).press("取消中选和暂停").look().press("选择产品办理").look()
    office.follow(office.row("C制药").get_by_role("link", name="取消中选 / 暂停")).look()
    office.page.get_by_label("暂停").check()
    office.fill("原因", "原料短缺").press("预览影响").look()
    file = {"name": "通知.png", "mimeType": "image/png", "buffer": PNG}
    office.page.set_input_files("input[type=file]", file)
    office.press("办理并通知").look().sees("已暂停（第 1 号）")
    links.told_once(office, "暂停", "C制药", "原料短缺")
    clerk = enter("institution").sign_in(hospital_clerk)
    links.desk(clerk, project).go("供应清单列表").sees("起暂停")

    links.project_page(office, project).press("取消中选和暂停").look()
    office.follow(office.row("原料短缺").get_by_role("link", name="查看")).look()
    office.press("解除暂停").look().fill("原因", "恢复供应").press("解除暂停").look()
    office.sees("解除暂停第 2 号")
    links.told_once(office, "解除暂停", "C制药", "恢复供应")
    links.desk(clerk, project).go("供应清单列表")
    expect(clerk.page.locator("main")).not_to_contain_text("起暂停")
