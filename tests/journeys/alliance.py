"""联采办: from an empty project to a published round, and from approved provinces to 办结."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.organizations.domain.uscc import check_character
from tests.factories_allocation import UNSELECTED, WORKED
from tests.journeys.visitor import Visitor
from tests.journeys.workbooks import Records, filled

CODE, NAME = "ZCY-2026", "中成药联盟2026年分量"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What was reported: unit, item, smallest units. The third participant reported too and will never allocate.
REPORTED = (
    ("H42010600001", UNSELECTED, 12_503),
    ("H42010600001", "C", 8_003),
    ("H42010000001", "A", 5_000),
    ("H42010600002", UNSELECTED, 47),
)


def create_project(office: Visitor) -> None:
    office.open("/projects/").press("新建项目").look()
    office.field("任务类型").select_option(label="分量")
    office.fill("项目编码", CODE).fill("项目名称", NAME)
    office.fill("日均费用最低份额（%）", "20").fill("降幅最高份额（%）", "30")
    office.fill("其他中选份额（%）", "50")
    office.press("保存").look().sees(NAME, "发布之前还要完成")


def import_catalogue(office: Visitor) -> None:
    office.open(f"/projects/{CODE}/catalogue/import/")
    upload(office, "目录和中选结果.xlsx", 目录=items(), 中选结果=winners())
    office.sees("测试胶囊A").open(f"/projects/{CODE}/winners/").sees("A制药")


def items() -> Iterable[Mapping[str, Any]]:
    """Three that are selected and one that isn't, in one product group."""
    usages = {code: terms[0] for code, terms in WORKED.items()} | {UNSELECTED: "6"}
    packs = {code: terms[1] for code, terms in WORKED.items()} | {UNSELECTED: 24}
    for code, usage in usages.items():
        yield {
            "品规编号": code, "标的": "标的一", "产品组": "产品组一", "竞争单元": "竞争单元一",
            "品种名称": f"测试胶囊{code}", "规格": "0.3g", "最小制剂单位": "粒", "包装数量": packs[code],
            "药品统一编码": f"ZA{code}", "生产企业": f"{code}制药", "日均使用量": usage,
        }  # fmt: skip


def winners() -> Iterable[Mapping[str, Any]]:
    for number, (code, (usage, pack, price, cut)) in enumerate(WORKED.items()):
        first = f"91420100MA4K{number:05d}"
        yield {
            "品规编号": code, "统一社会信用代码": first + check_character(first),
            "中选企业": f"{code}制药", "包装中选价": price, "最小包装数量": pack, "日均使用量": usage,
            "降幅": cut, "最大产能": 1_000_000,
        }  # fmt: skip


def upload(office: Visitor, name: str, **sheets: Records) -> None:
    """模板下载, fill it, upload it, read what the check says, 导入."""
    bring(office, name, filled(office.download("模板下载"), **sheets))


def bring(office: Visitor, name: str, book: bytes) -> None:
    office.page.set_input_files("#import-file", {"name": name, "mimeType": XLSX, "buffer": book})
    office.press("上传并检查").look().sees("检查通过")
    office.press("导入").look().press("导入").look().sees("导入成功")


def choose_participants(office: Visitor) -> None:
    """武汉's three institutions, found by the query and ticked together."""
    office.open(f"/projects/{CODE}/participants/").press("选择机构").look()
    office.page.get_by_label("省份", exact=True).select_option(label="湖北省")
    office.press("查询").look()
    for name in ("武昌区人民医院", "武昌区中医医院", "武汉市第一医院"):
        office.row(name).get_by_role("checkbox").check()
    office.press("加入（必报）").look().sees("3").press("加入").look().sees("已加入 3 家机构")


def import_volumes(office: Visitor) -> None:
    office.open(f"/allocation/{CODE}/volumes/").press("导入").look()
    rows = (
        {"机构编码": unit, "品规编号": item, "填报量": number} for unit, item, number in REPORTED
    )
    upload(office, "分配量.xlsx", 分配量=list(rows))
    office.sees("12,503", "10,002").open(f"/allocation/{CODE}/designations/").sees("A制药", "B制药")


def set_windows(office: Visitor, code: str = CODE) -> None:
    """From yesterday to the end of a day, for every tier but its own."""
    office.open(f"/projects/{code}/windows/").press("修改时间").look()
    today = timezone.localdate()
    for place, tier in enumerate(("医疗机构", "市医保", "省医保")):
        row = office.row(tier)
        days = row.locator("input[type=date]")
        clocks = row.locator("input[type=text]")
        days.nth(0).fill((today - timedelta(days=1)).isoformat())
        clocks.nth(0).fill("9:00")
        days.nth(1).fill((today + timedelta(days=7 + place)).isoformat())
        clocks.nth(1).fill("24:00")
    office.press("保存").look().sees("24:00")


def prepare_and_publish(office: Visitor, code: str = CODE) -> None:
    office.open(f"/projects/{code}/").press("进入筹备").look().press("进入筹备").look()
    office.sees("内容已经齐全").press("发布").look().press("发布").look()
    office.open(f"/projects/{code}/").sees("已发布")
