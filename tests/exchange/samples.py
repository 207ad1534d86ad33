"""A column table for tests, and workbooks as clerks, other programs and attackers make them."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec

SHEET = SheetSpec(
    "目录",
    (
        Column("code", "产品编码", Kind.CODE, required=True, max_length=30, help="平台统一编码"),
        Column("name", "品种名称", required=True, max_length=50),
        Column("pack", "转换比", Kind.WHOLE, minimum=1, maximum=10_000),
        Column("price", "价格（元）", Kind.DECIMAL, decimals=4, minimum=0),
        Column("ends_on", "周期止", Kind.DATE),
        Column("kind", "类型", Kind.CHOICE, choices=(("drug", "药品"), ("device", "耗材"))),
        Column("basic", "基本药物", Kind.YESNO),
    ),
    key=("code",),
)
BOOK = WorkbookSpec("tests.catalogue", filename="品种目录", sheets=(SHEET,))
TITLES = [column.title for column in SHEET.columns]
LINE = ["A01", "氨氯地平片", 28, 1.25, "2026-12-31", "药品", "是"]


def workbook(
    rows: Iterable[list[Any]], *, titles: list[str] = TITLES, sheet: str = "目录"
) -> Workbook:
    """An openpyxl workbook with the titles in its first row."""
    book = Workbook()
    book.active.title = sheet
    for row in ([titles] if titles else []) + list(rows):
        book.active.append(row)
    return book


def saved(book: Workbook) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def made(*rows: list[Any], **options: Any) -> io.BytesIO:
    return saved(workbook(rows, **options))


def repacked(
    file: io.BytesIO,
    *,
    replace: Mapping[str, bytes] | None = None,
    add: Mapping[str, bytes] | None = None,
    drop: Iterable[str] = (),
) -> io.BytesIO:
    """The same archive with parts replaced, added or left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in set(drop):
                new.writestr(name, (replace or {}).get(name, old.read(name)))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    target.seek(0)
    return target


def part_of(file: io.BytesIO, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    with zipfile.ZipFile(file) as archive:
        return archive.read(name)
