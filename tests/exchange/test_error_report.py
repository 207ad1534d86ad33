import io
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from apps.exchange.files.errors import report as reporting
from apps.exchange.files.errors.report import error_workbook
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.readings import Problem
from apps.exchange.files.templates import write_template
from tests.exchange.samples import BOOK, LINE, TITLES, made, saved, workbook

BAD = ["B02", "乙", "三盒", None, None, None, None]


def report_of(file: io.BytesIO) -> io.BytesIO:
    problems = read_workbook(file, BOOK).problems
    with error_workbook(file, BOOK, problems) as report:
        return io.BytesIO(report.read())


@pytest.mark.parametrize("way", ["in place", "copied"])
def test_each_error_is_marked_in_its_cell_and_listed(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "copied":
        monkeypatch.setattr(reporting, "MARKED_IN_PLACE", 0)
    book = load_workbook(report_of(made(LINE, BAD)))

    assert book.sheetnames == ["问题清单", "目录"]
    cell = book["目录"]["C3"]
    assert (cell.value, cell.fill.fgColor.rgb[-6:]) == ("三盒", "FFD6D6")
    assert "“三盒”不是整数" in cell.comment.text
    assert book["目录"]["C2"].comment is None
    assert [cell.value for cell in book["问题清单"][2]][:3] == ["目录", 3, "转换比"]
    assert book["目录"]["A2"].value == "A01"


def test_the_clerks_looks_and_formulas_stay() -> None:
    book = workbook([LINE, ["B02", "乙", "=1+1", None, None, None, None], ["", "丙"]])
    book.active.column_dimensions["B"].width = 44
    book.active["B2"].font = Font(bold=True)

    report = load_workbook(report_of(saved(book)))

    assert report["目录"].column_dimensions["B"].width == 44
    assert report["目录"]["B2"].font.bold is True
    assert report["目录"]["C3"].value == "=1+1"


def test_a_corrected_report_uploads_like_the_original_and_loses_its_marks() -> None:
    report = load_workbook(report_of(made(LINE, BAD)))
    report["目录"]["C3"] = 3
    report["目录"]["A2"] = ""

    again = load_workbook(report_of(saved(report)))

    assert again.sheetnames == ["问题清单", "目录"]
    assert again["目录"]["C3"].comment is None
    assert again["目录"]["C3"].fill.fill_type is None
    assert again["目录"]["A2"].comment.text == "必填，不能为空"


def test_templates_keep_their_hidden_stamp_in_the_report() -> None:
    template = io.BytesIO(
        write_template(BOOK, {"目录": [["", "甲", *[None] * 5]]}, stamp={"项目": "P"})
    )

    report = report_of(template)

    assert read_workbook(report, BOOK).stamp["项目"] == "P"


def test_a_file_that_cannot_be_opened_gets_the_list_alone() -> None:
    with error_workbook(
        io.BytesIO(b"PK nonsense"), BOOK, [Problem("", None, "", "文件已损坏")]
    ) as report:
        book = load_workbook(io.BytesIO(report.read()))

    assert book.sheetnames == ["问题清单"]
    assert book["问题清单"]["D2"].value == "文件已损坏"


def test_a_missing_column_is_marked_in_the_header_row() -> None:
    report = load_workbook(report_of(made(titles=[*TITLES[:-1], "别的"])))

    assert "缺少列“基本药物”" in report["目录"]["A1"].comment.text


def test_a_workbook_with_much_beside_its_table_is_not_held_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reporting, "TAGS_IN_PLACE", 500)
    book = workbook([LINE, BAD])
    for column in range(50, 190):
        book.active.cell(2, column, "x")

    report = load_workbook(report_of(saved(book)))

    assert report["目录"].max_column < 50
    assert "“三盒”不是整数" in report["目录"]["C3"].comment.text


def test_a_long_file_keeps_values_of_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "MARKED_IN_PLACE", 0)
    values = [" <甲>&乙\n", 1.5, True, date(2026, 1, 31), time(8, 30), timedelta(days=2)]
    book = workbook([["A01", *values], ["", "=1+1", *[None] * 5]])
    book.active["B3"].data_type = "s"

    sheet = load_workbook(report_of(saved(book)))["目录"]

    copied = [cell.value for cell in sheet[2]]
    assert copied[1:4] == values[:3]
    assert copied[4:] == [datetime(2026, 1, 31), time(8, 30), timedelta(days=2)]  # noqa: DTZ001
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=1+1", "s")
    assert (sheet["A3"].value, sheet["A3"].fill.fgColor.rgb[-6:]) == (None, "FFD6D6")


def test_a_long_file_keeps_the_looks_of_its_cells_and_its_stamp(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reporting, "MARKED_IN_PLACE", 0)
    content = write_template(BOOK, {"目录": [["", "甲", 12, *[None] * 4]]}, stamp={"项目": "P"})
    book = load_workbook(io.BytesIO(content))
    book["目录"]["B3"].font = Font(bold=True, color="FF0000")
    book["目录"]["C3"].number_format = "0.000"

    report = report_of(saved(book))

    sheet = load_workbook(report)["目录"]
    assert (sheet["B3"].font.bold, sheet["B3"].font.color.rgb) == (True, "00FF0000")
    assert (sheet["C3"].value, sheet["C3"].number_format) == (12, "0.000")
    assert sheet["A2"].fill.fgColor.rgb == "00FFF3D6"  # the title of a column that is required
    assert sheet["A3"].comment.text == "必填，不能为空"
    assert sheet.freeze_panes == "A3"
    assert read_workbook(report, BOOK).stamp["项目"] == "P"
