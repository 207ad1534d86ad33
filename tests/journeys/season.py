"""联采办 from approved provinces to an open allocation: base, results, agreed volumes, 生成分量任务, publication."""

from collections.abc import Iterable, Mapping
from typing import Any

from apps.organizations.domain.uscc import check_character
from tests.journeys import alliance
from tests.journeys.visitor import Visitor
from tests.journeys.workbooks import Records, completed

WINNERS = "中选结果"
NAME = "2026 年第一批分量"


def won(item: str, name: str, number: int, **columns: object) -> Mapping[str, object]:
    """A winning result as it is announced; price and the rest come later."""
    first = f"91420100MA4K{number:05d}"
    return {
        "品规编号": item, "统一社会信用代码": first + check_character(first), "中选企业": name, **columns,
    }  # fmt: skip


def import_results(office: Visitor, code: str, results: Records) -> None:
    office.open(f"/analysis/{code}/agreed/results/")
    alliance.upload(office, "中选结果.xlsx", 中选结果=results)


def import_conversions(office: Visitor, code: str, records: Iterable[Mapping[str, Any]]) -> None:
    """The template has every item with coefficient 1; the clerk changes the rows of the folded ones."""
    office.open(f"/analysis/{code}/base/").press("导入折算系数").look()
    given = {record["品规编号"]: record for record in records}
    book = completed(office.download("模板下载"), "折算系数", given)
    alliance.bring(office, "折算系数.xlsx", book)


def publish_base(office: Visitor, code: str) -> None:
    office.open(f"/analysis/{code}/base/").press("汇总生成").look().press("汇总生成").look()
    _settle(office)


def publish_agreed(office: Visitor, code: str) -> None:
    office.open(f"/analysis/{code}/agreed/").press("生成").look()
    _settle(office)


def _settle(office: Visitor) -> None:
    """Somebody looks at it, then it is published."""
    office.sees("待复核").press("复核").look().press("复核通过").look().sees("已复核")
    office.press("发布").look().press("确认发布").look().sees("已发布")


def generate(office: Visitor, source: str, code: str) -> None:
    """The draft; its winners came along and stand there."""
    office.open("/allocation/generate/").sees("由报量项目生成", "从 Excel 导入")
    office.field("报量项目").select_option(label=source)
    office.fill("项目编码", code).fill("项目名称", NAME).press("生成草稿").look()
    office.sees("还没有生成分配量")


def complete_terms(office: Visitor, code: str, terms: Mapping[str, Mapping[str, object]]) -> None:
    """Prices, packs and capacities by item, in the template that has the winners already."""
    office.open(f"/allocation/{code}/generation/").press("导入中选结果").look()
    book = completed(office.download("模板下载"), WINNERS, terms)
    alliance.bring(office, "中选结果.xlsx", book)


def generate_volumes(office: Visitor, code: str, rows: int) -> None:
    office.open(f"/allocation/{code}/generation/")
    office.press("生成分配量").look().press("生成").look()
    office.sees(f"已生成分配量 {rows} 行", "按产品组预览")


def publish(office: Visitor, code: str) -> None:
    alliance.set_windows(office, code)
    alliance.prepare_and_publish(office, code)
