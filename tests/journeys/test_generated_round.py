"""From approved provinces to an open allocation: base, agreed volumes, 办结, 生成分量任务, publication."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.organizations.uscc import check_character
from tests import factories_generation as make
from tests.journeys.visitor import Visitor
from tests.journeys.workbooks import filled
from tests.volumes import rounds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CODE = "FL-2026"


def settle(office: Visitor, page: str, generate: str) -> None:
    """Generate a version, review it, publish it."""
    office.open(page).press(generate).look()
    if generate == "汇总生成":
        office.press(generate).look()
    office.sees("待复核").press("复核").look().press("复核通过").look().sees("已复核")
    office.press("发布").look().press("确认发布").look().sees("已发布")


def import_winners(office: Visitor) -> None:
    office.press("导入中选结果").look()
    book = filled(office.download("模板下载"), 中选结果=list(winners()))
    file = {"name": "中选结果.xlsx", "mimeType": XLSX, "buffer": book}
    office.page.set_input_files("#import-file", file)
    office.press("上传并检查").look().sees("检查通过")
    office.press("导入").look().press("导入").look().sees("导入成功")


def winners():
    for number, (code, cut) in enumerate(make.CUTS.items()):
        first = f"91420100MA4K{number:05d}"
        yield {
            "品规编号": code, "统一社会信用代码": first + check_character(first),
            "中选企业": f"{code}制药", "包装中选价": "28.00" if code == "P1" else "21.00",
            "最小包装数量": 28, "日均使用量": "1", "降幅": cut, "最大产能": 1_000_000,
        }  # fmt: skip


def set_windows(office: Visitor) -> None:
    office.open(f"/projects/{CODE}/windows/").press("修改时间").look()
    today = timezone.localdate()
    for place, tier in enumerate(("医疗机构", "市医保", "省医保")):
        row = office.row(tier)
        days, clocks = row.locator("input[type=date]"), row.locator("input[type=text]")
        days.nth(0).fill((today - timedelta(days=1)).isoformat())
        clocks.nth(0).fill("9:00")
        days.nth(1).fill((today + timedelta(days=7 + place)).isoformat())
        clocks.nth(1).fill("24:00")
    office.press("保存").look().sees("24:00")


def test_from_approved_provinces_to_the_institutions_task(
    enter, tree, hospital_clerk, alliance_officer
):
    reports = {tree["H42010600001"]: {"P1": 10_000, "P2": 8_003, "P3": 5_001, "P4": 77}}
    demand = rounds.approved_round(reports, alliance_officer, units=make.UNITS)
    rounds.set_rules(demand, rule="r2")
    rounds.won(demand, *((item, f"{item}制药", cut, None) for item, cut in make.CUTS.items()))

    office = enter("alliance").sign_in(alliance_officer)
    settle(office, f"/analysis/{demand.code}/base/", "汇总生成")
    settle(office, f"/analysis/{demand.code}/agreed/", "生成")
    office.open(f"/review/{demand.code}/").press("办结").look().press("办结").look().sees("已办结")

    office.open("/allocation/generate/").sees("由报量项目生成", "从 Excel 导入")
    office.field("报量项目").select_option(label=demand.name)
    office.fill("项目编码", CODE).fill("项目名称", "2026 年第一批分量").press("生成草稿").look()
    office.sees("还没有生成分配量")
    import_winners(office)
    office.open(f"/allocation/{CODE}/generation/")
    office.press("生成分配量").look().press("生成").look()
    office.sees("已生成分配量 3 行", "按产品组预览", "13,761")
    set_windows(office)
    office.open(f"/projects/{CODE}/").press("进入筹备").look().press("进入筹备").look()
    office.press("发布").look().press("发布").look()
    office.open(f"/projects/{CODE}/").sees("已发布")

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open(f"/allocation/{CODE}/selected/").sees("8,000", "5,761")
    clerk.open(f"/allocation/{CODE}/pending/").sees("4,000", "641")
    link = clerk.page.get_by_role("link", name=re.compile("分量 测试片P3.*其他中选"))
    clerk.follow(link).look().sees("P1制药", "P2制药")
