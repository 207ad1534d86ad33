import csv
import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from apps.exchange.files import writer
from apps.exchange.files.frames import Manifest
from apps.exchange.files.normalizing import is_like_formula, unquoted
from apps.exchange.files.reader import TOTALS, read_workbook
from apps.exchange.files.writer import write_csv, write_xlsx
from apps.folding.domain.folding import folded, narrow, one_line
from tests.exchange.samples import BOOK, SHEET

LIKE_FORMULAS = [
    "=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "＝1+1", "＋86", "－5", "＠SUM(A1)",
    "\n=1", " =1", "\u00a0=1", "\u3000=1", "\u3000 ＝1", "\u2003@A1", "\n\n＋1",
]  # fmt: skip
UNSEEN = ["\u200b=1", "\ufeff=1", "\u202e\u00a0=1", "\x00=1"]


def says_total(text: str) -> bool:
    """A row that does is one of sums, and not read."""
    return folded(text).strip(":") in TOTALS


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
records = st.fixed_dictionaries(
    {
        # As codes are stored: the small letter of a capital with a mark may be one character, not two.
        "code": texts.map(lambda text: narrow(folded(unquoted(text.strip())))[:30]).filter(
            lambda code: code and not code.startswith("#") and not says_total(code)
        ),
        "name": texts.map(lambda text: one_line(unquoted(text.strip()))).filter(
            lambda name: name and not name.startswith(("#", "'", "\u2018")) and not says_total(name)
        ),
        "pack": st.none() | st.integers(1, 10_000),
        "price": st.none() | st.decimals(0, 10**9, places=4),
        "ends_on": st.none() | st.dates(date(1900, 3, 1), date(2200, 12, 31)),
        "kind": st.sampled_from(["", "drug", "device"]),
        "basic": st.none() | st.booleans(),
    }
)


def written(rows: list[Any], **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    write_xlsx(file, BOOK, {"目录": iter(rows)}, **options)
    file.seek(0)
    return file


@pytest.mark.usefixtures("way")
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(records, min_size=1, max_size=8, unique_by=lambda row: row["code"]))
def test_what_is_exported_is_imported_unchanged(rows: list[dict[str, Any]]) -> None:
    reading = read_workbook(written(rows), BOOK)

    assert reading.problems == []
    assert [dict(row.values) for row in reading] == rows


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("text", ["_x0000_", "_x005F_", "_x0041_x0042_", "a_x005f_b"])
def test_text_like_an_escape_comes_back_as_it_was(text: str) -> None:
    reading = read_workbook(written([{"code": "A", "name": text}]), BOOK)

    assert [row.values["name"] for row in reading] == [text]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("text", LIKE_FORMULAS)
def test_text_is_never_a_formula(text: str) -> None:
    sheet = load_workbook(written([{"code": "A", "name": text}]))["目录"]
    file = io.BytesIO()
    write_csv(file, SHEET, [{"code": "A", "name": text}])

    cell = sheet["B2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    [_, [_, name, *_]] = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""))
    assert name == f"'{text}"


@pytest.mark.parametrize("title", LIKE_FORMULAS + UNSEEN)
def test_a_title_in_a_csv_is_never_a_formula(title: str) -> None:
    """Titles may come from data: years, items, dimensions."""
    sheet = replace(SHEET, columns=(replace(SHEET.columns[0], title=title), *SHEET.columns[1:]))
    file = io.BytesIO()
    write_csv(file, sheet, [])

    [titles] = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""))
    assert titles[0][0] == "'"
    assert titles[1:] == [column.title for column in SHEET.columns[1:]]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("text", UNSEEN)
def test_what_nobody_sees_hides_no_formula(text: str) -> None:
    cell = load_workbook(written([{"code": "A", "name": text}]))["目录"]["B2"]
    file = io.BytesIO()
    write_csv(file, SHEET, [{"code": "A", "name": text}])

    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    [_, [_, name, *_]] = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""))
    assert name[0] == "'"


@pytest.mark.parametrize("text", ["甲＝乙", "a-b", "5-10", "　甲", "（－）", "1＋1"])
def test_signs_within_a_text_are_no_formula(text: str) -> None:
    assert not is_like_formula(text)


@pytest.mark.usefixtures("way")
def test_codes_keep_their_zeros_and_numbers_are_numbers() -> None:
    sheet = load_workbook(
        written(
            [
                {
                    "code": "007",
                    "name": "甲",
                    "pack": 3,
                    "price": Decimal("1.5"),
                    "ends_on": date(2026, 1, 31),
                }
            ]
        )
    )["目录"]

    assert [sheet["A2"].value, sheet["C2"].value, sheet["D2"].value] == ["007", 3, 1.5]
    assert sheet["A2"].number_format == "@"
    assert sheet["D2"].number_format == "#,##0.00##"
    assert (sheet["E2"].is_date, sheet["E2"].value.date()) == (True, date(2026, 1, 31))


@pytest.mark.usefixtures("way")
def test_the_manifest_proves_what_was_exported() -> None:
    at = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    manifest = Manifest("导出目录", "FL-1 中成药", "张三（武汉市）", at, (("类型", "药品"),))

    book = load_workbook(written([["A", "甲", 1, 2, None, "drug", True]] * 3, manifest=manifest))

    assert [tuple(cell.value for cell in row) for row in book["导出说明"]] == [
        ("内容", "导出目录"),
        ("项目", "FL-1 中成药"),
        ("类型", "药品"),
        ("导出人", "张三（武汉市）"),
        ("导出时间", "2026-11-22 10:00:00"),
        ("工作表“目录”行数", 3),
        ("总行数", 3),
    ]


@pytest.mark.usefixtures("streamed")
def test_a_sheet_that_is_full_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ROWS_PER_SHEET", 101)  # as if Excel ended there

    book = load_workbook(
        written([{"code": f"A{n}", "name": "甲"} for n in range(250)], manifest=Manifest())
    )

    assert book.sheetnames == ["目录", "目录(2)", "目录(3)", "导出说明"]
    assert [book[name].max_row for name in book.sheetnames[:3]] == [101, 101, 57]
    assert [book["目录(3)"][f"A{at}"].value for at in (1, 3)] == ["品种目录", "产品编码"]
    assert book["导出说明"]["B4"].value == 250


@pytest.mark.usefixtures("way")
def test_control_characters_and_endless_texts_do_not_break_the_file() -> None:
    sheet = load_workbook(written([{"code": "A\x00\x08", "name": "长" * 40_000}]))["目录"]

    assert sheet["A2"].value == "A"
    assert len(sheet["B2"].value) == 32_767


def test_csv_opens_in_excel_with_its_types_told() -> None:
    file = io.BytesIO()
    rows = [["007", "甲,“乙”", 3, Decimal("1.5000"), date(2026, 1, 31), "drug", False]]

    assert write_csv(file, SHEET, rows) == 1

    assert (
        file.getvalue()
        == (
            "\ufeff产品编码,品种名称,转换比,价格（元）,周期止,类型,基本药物\r\n"
            '007,"甲,“乙”",3,1.5000,2026-01-31,药品,否\r\n'
        ).encode()
    )


def test_memory_stays_constant_for_a_hundred_thousand_rows(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.exchange.peak_memory", str(tmp_path / "rows.xlsx")]

    printed = subprocess.run(command, cwd=settings.BASE_DIR, check=True, capture_output=True)

    after_few, after_many = map(int, printed.stdout.split())
    assert after_many - after_few < 8 * 1024  # kB; the rows' own text is three times that


@pytest.mark.usefixtures("way")
def test_notes_stand_above_the_titles_and_stay_in_sight():
    noted = replace(SHEET, notes=("项目：甲", "=1+1"))
    file = io.BytesIO()
    write_xlsx(file, replace(BOOK, sheets=(noted,)), {noted.title: [{"code": "A1"}]})

    sheet = load_workbook(file)[noted.title]
    column = [cell.value for cell in sheet["A"]]
    assert column == ["项目：甲", "=1+1", noted.columns[0].title, "A1"]
    assert (sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("s", True)
    assert sheet.freeze_panes == "A4"
