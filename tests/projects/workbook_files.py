"""Uploads as clerks make them: the template's headings, rows as given by title."""

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook

from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.columns import SheetSpec, WorkbookSpec
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.readings import Reading

ITEM = {
    "品规编号": "ZCY001", "标的": "心脑血管", "产品组": "丹参类", "竞争单元": "丹参片",
    "品种名称": "复方丹参片", "剂型": "片剂", "规格": "0.32g", "最小制剂单位": "片",
    "包装数量": 36, "生产企业": "江城制药有限公司", "日均使用量": 9,
}  # fmt: skip
WINNER = {
    "品规编号": "ZCY001", "统一社会信用代码": "91420100MA4K00001U", "中选企业": "江城制药有限公司",
    "包装中选价": 28.8, "最小包装数量": 36, "日均使用量": 9, "降幅": "52%",
    "最大产能": 1000000, "主供/备供": "主供", "供应省": "湖北、山西省",
}  # fmt: skip

Rows = Mapping[str, list[dict[str, Any]]]


def upload(spec: WorkbookSpec, rows: Rows) -> io.BytesIO:
    """A workbook with the sheets named in `rows` and the headings of `spec`."""
    book = Workbook()
    book.remove(book.active)
    for title, records in rows.items():
        _fill(book.create_sheet(title), spec.sheet(title), records)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _fill(worksheet: Any, sheet: SheetSpec, records: list[dict[str, Any]]) -> None:
    titles = [column.title for column in sheet.columns]
    worksheet.append(titles)
    for record in records:
        worksheet.append([record.get(title) for title in titles])


def reading(spec: WorkbookSpec, rows: Rows) -> Reading:
    return read_workbook(upload(spec, rows), spec)


def told(read: Reading, outcome: DryRun) -> list[tuple[str, int | None, str, str]]:
    """Every problem with its place."""
    problems = [*read.problems, *outcome.problems]
    return [(p.sheet, p.row, p.column, p.message) for p in problems]
