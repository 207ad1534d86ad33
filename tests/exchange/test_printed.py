"""Workbooks that people read look the same whoever writes them: openpyxl while they are short, the stream above."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from apps.exchange.files import writer
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.frames import ACROSS_FROM, Manifest
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.rendering import number_format
from apps.exchange.files.writer import write_xlsx
from tests.exchange.samples import BOOK, LINE, SHEET, TITLES

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MANIFEST = Manifest("导出目录", "FL-1 中成药", "张三（武汉市）", AT, (("类型", "药品"),))
ROWS = [
    ["007", "=1+1", 3, Decimal("1.5"), date(2026, 1, 31), "drug", True],
    ["A2", " 长" * 40 + "\r\n&<_x0041_\x07", None, None, None, "", None],
    ["", "#N/A", 10**15, float("nan"), date(1899, 12, 31), "旧值", False],
    ["-5", "TRUE", True, 0.1, datetime(2026, 1, 30, 20, tzinfo=UTC), "device", 0],
]


def opened(spec: WorkbookSpec = BOOK, rows: Any = ROWS, **options: Any) -> Workbook:
    file = io.BytesIO()
    sheets = {sheet.title: iter(rows) for sheet in spec.sheets}
    write_xlsx(file, spec, sheets, **{"manifest": MANIFEST, **options})
    return load_workbook(file)


@pytest.mark.usefixtures("way")
def test_the_rows_above_say_what_was_exported() -> None:
    sheet = opened()["目录"]

    assert [cell.value for cell in sheet["A"][:3]] == [
        "品种目录",
        "项目：FL-1 中成药　类型：药品　导出人：张三（武汉市）　导出时间：2026-11-22 10:00:00",
        "产品编码",
    ]
    assert [cell.value for cell in sheet[3]] == TITLES
    assert (sheet["A1"].font.b, sheet["A1"].font.sz, sheet["A2"].font.sz) == (True, 14, 9)
    assert sheet.row_dimensions[1].height == 24
    assert sorted(map(str, sheet.merged_cells)) == ["A1:G1", "A2:G2"]


@pytest.mark.usefixtures("way")
def test_it_is_ready_for_paper_and_filtered_by_its_titles() -> None:
    sheet, told = opened().worksheets

    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:G7"
    assert sheet.print_title_rows == "$3:$3"
    assert (told.auto_filter.ref, told.print_title_rows) == (None, None)
    for page in (sheet, told):
        assert page.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.page_setup.paperSize == 9


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("width", "turned"), [(ACROSS_FROM, "portrait"), (ACROSS_FROM + 1, "landscape")]
)
def test_paper_is_turned_where_the_sheet_is_wide(width: int, turned: str) -> None:
    sheet = SheetSpec("表", (Column("a", "甲", width=width),))

    book = opened(WorkbookSpec("tests.one", (sheet,), "一"), [["甲"]])

    assert book["表"].page_setup.orientation == turned
    assert book["导出说明"].page_setup.orientation == "portrait"


@pytest.mark.usefixtures("way")
def test_cells_have_borders_and_texts_are_wrapped() -> None:
    rows = opened()["目录"].iter_rows(min_row=3)

    for row in rows:
        for cell in row:
            assert cell.border.left.style == cell.border.bottom.style == "thin"
            assert cell.alignment.wrap_text or cell.column_letter in "CDE"


@pytest.mark.usefixtures("way")
def test_numbers_are_numbers_days_are_days_and_codes_keep_their_zeros() -> None:
    first = opened()["目录"][4]

    assert [cell.value for cell in first[2:5]] == [3, 1.5, datetime(2026, 1, 31)]  # noqa: DTZ001
    assert [cell.data_type for cell in first] == ["s", "s", "n", "n", "d", "s", "s"]
    assert (first[0].value, first[0].number_format) == ("007", "@")
    assert (first[1].value, first[1].quotePrefix) == ("=1+1", True)


@pytest.mark.usefixtures("way")
def test_what_was_exported_for_people_is_imported_again() -> None:
    file = io.BytesIO()
    rows = [{"code": "007", "name": "甲", "price": Decimal("1.5"), "ends_on": date(2026, 1, 31)}]
    write_xlsx(file, BOOK, {"目录": rows}, manifest=MANIFEST)

    reading = read_workbook(file, BOOK)

    assert reading.problems == []
    [row] = reading
    assert row.number == 4
    assert {key: row[key] for key in rows[0]} == rows[0]


@pytest.mark.usefixtures("way")
def test_long_conditions_are_wrapped_over_what_one_sees_at_once() -> None:
    wide = replace(SHEET, columns=tuple(replace(each, width=50) for each in SHEET.columns))
    long = replace(MANIFEST, conditions=(("机构", "武汉市" * 80),))

    sheet = opened(replace(BOOK, sheets=(wide,)), manifest=long)["目录"]

    assert sorted(map(str, sheet.merged_cells)) == ["A1:C1", "A2:C2"]
    assert sheet.row_dimensions[2].height == 60
    assert sheet["A2"].alignment.wrap_text


def looks(book: Workbook) -> Iterator[Any]:
    """Everything that a reader sees of the workbook."""
    for sheet in book.worksheets:
        yield sheet.title, sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows
        yield sorted(map(str, sheet.merged_cells)), repr(sheet.page_margins)
        yield (
            repr(sheet.page_setup),
            sheet.oddFooter.center.text,
            bool(sheet.sheet_view.tabSelected),
        )
        yield {letter: each.width for letter, each in sheet.column_dimensions.items()}
        yield {number: each.height for number, each in sheet.row_dimensions.items() if each.height}
        for row in sheet.iter_rows():
            for cell in row:
                yield cell.coordinate, cell.value, cell.data_type, cell.number_format
                if not cell.has_style:
                    continue
                yield face(cell.font), edges(cell.border), str(cell.fill.fgColor.rgb)[2:]
                yield cell.alignment.wrap_text, cell.alignment.horizontal, cell.alignment.vertical
                yield cell.quotePrefix


def face(font: Any) -> Any:
    return font.name, font.sz, bool(font.b), font.color and str(font.color.rgb)[2:]


def edges(border: Any) -> Any:
    sides = (border.left, border.right, border.top, border.bottom)
    return [(side.style, side.color and str(side.color.rgb)[2:]) for side in sides]


@pytest.mark.parametrize("manifest", [MANIFEST, None])
def test_both_ways_look_alike(monkeypatch: pytest.MonkeyPatch, manifest: Manifest | None) -> None:
    noted = replace(SHEET, title="甲's & 目录", notes=("项目：甲", "=1+1"))
    spec = replace(BOOK, sheets=(SHEET, noted))

    printed = list(looks(opened(spec, manifest=manifest)))
    monkeypatch.setattr(writer, "PRINTED_CELLS", -1)
    streamed = list(looks(opened(spec, manifest=manifest)))

    assert printed == streamed


@pytest.mark.parametrize(("more", "printed"), [(0, True), (1, False)])
def test_the_number_of_cells_decides_who_writes(
    monkeypatch: pytest.MonkeyPatch, more: int, printed: bool
) -> None:
    monkeypatch.setattr(writer, "PRINTED_CELLS", 2 * 3 * len(SHEET.columns))
    asked = []
    monkeypatch.setattr(writer, "write_printed", told(asked, writer.write_printed))
    spec = replace(BOOK, sheets=(SHEET, replace(SHEET, title="其余")))
    file = io.BytesIO()

    count = write_xlsx(
        file, spec, {"目录": iter([LINE] * 2), "其余": iter([LINE] * (4 + more))}, manifest=MANIFEST
    )

    book = load_workbook(file)
    assert (bool(asked), count) == (printed, 6 + more)
    assert [book[title].max_row for title in ("目录", "其余")] == [5, 7 + more]
    assert [book["导出说明"][f"B{at}"].value for at in (6, 7, 8)] == [2, 4 + more, 6 + more]


def told(asked: list[Any], real: Callable[..., int]) -> Callable[..., int]:
    """The real one, which leaves a note of having been asked."""

    def noted(*args: Any, **options: Any) -> int:
        asked.append(args)
        return real(*args, **options)

    return noted


def test_records_beyond_the_limit_are_not_held() -> None:
    read: list[int] = []
    told: list[int] = []

    def records() -> Iterator[list[Any]]:
        for number in range(1_000_000):
            read.append(number)
            yield LINE

    held, is_short = writer.hold(BOOK, {"目录": records()}, 700, told.append)

    assert not is_short
    assert len(read) == 101
    assert next(iter(held["目录"])) == LINE


@pytest.mark.usefixtures("way")
def test_a_moment_is_a_real_one() -> None:
    sheet = SheetSpec("表", (Column("at", "时间", Kind.MOMENT),))
    last = datetime(2026, 1, 31, 15, 59, 59, 7, UTC)

    cell = opened(WorkbookSpec("tests.one", (sheet,), "一"), [[last]])["表"]["A4"]

    assert (cell.value, cell.is_date) == (datetime(2026, 1, 31, 23, 59, 59), True)  # noqa: DTZ001
    assert cell.number_format == number_format(sheet.columns[0])
    assert cell.border.left.style == "thin"


@pytest.mark.usefixtures("way")
def test_whoever_waits_is_told_of_each_row_once() -> None:
    said: list[int] = []

    write_xlsx(io.BytesIO(), BOOK, {"目录": (LINE for _ in range(2_500))}, progress=said.append)

    assert said == [1_000, 2_000]
