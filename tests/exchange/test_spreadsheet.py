"""The stream of XML: every value as `rendering.shown` says it, short cut or not."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook

from apps.exchange.files import writer
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.spreadsheet import letters
from apps.exchange.files.writer import write_xlsx
from tests.exchange.samples import BOOK


def written(kind: Kind, value: Any, **options: Any) -> Any:
    """The cell as openpyxl reads it."""
    column = Column("value", "值", kind, **options)
    book = WorkbookSpec("tests.one", filename="一", sheets=(SheetSpec("表", (column,)),))
    file = io.BytesIO()
    write_xlsx(file, book, {"表": [[value]]})
    return load_workbook(file)["表"]["A2"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.TEXT, "武昌区人民医院", "武昌区人民医院"),
        (Kind.TEXT, "a < b & c > d", "a < b & c > d"),
        (Kind.TEXT, " 前后有空格 ", " 前后有空格 "),
        (Kind.TEXT, "两\n行", "两\n行"),
        (Kind.TEXT, "_x0041_", "_x005F_x0041_"),  # as Excel writes it; openpyxl shows it raw
        (Kind.TEXT, "零\u200b宽\x07", "零宽"),
        (Kind.TEXT, "\ufffe", None),
        (Kind.TEXT, 12, "12"),
        (Kind.TEXT, True, "True"),
        (Kind.TEXT, datetime(2026, 1, 31, 2, tzinfo=UTC), "2026-01-31 10:00:00"),
        (Kind.TEXT, "", None),
        (Kind.CODE, "000012", "000012"),
        (Kind.WHOLE, 0, 0),
        (Kind.WHOLE, -5, -5),
        (Kind.WHOLE, True, 1),
        (Kind.WHOLE, 10**15, "1000000000000000"),
        (Kind.WHOLE, "12", "12"),
        (Kind.DECIMAL, Decimal("1.2500"), 1.25),
        (Kind.DECIMAL, Decimal("1E+3"), 1000),
        (Kind.DECIMAL, Decimal("0E+20"), 0),
        (Kind.DECIMAL, Decimal("12345678901234567.5"), "12345678901234567.5"),
        (Kind.DECIMAL, 0.1, 0.1),
        (Kind.DECIMAL, float("nan"), "nan"),
        (Kind.DATE, date(1899, 12, 31), "1899-12-31"),
        (Kind.DATE, date(1900, 3, 1), datetime(1900, 3, 1)),  # noqa: DTZ001
        (Kind.DATE, date(2026, 12, 31), datetime(2026, 12, 31)),  # noqa: DTZ001
        (Kind.DATE, datetime(2026, 1, 30, 20, tzinfo=UTC), datetime(2026, 1, 31)),  # noqa: DTZ001
        (Kind.YESNO, True, "是"),
        (Kind.YESNO, False, "否"),
        (Kind.YESNO, None, None),
    ],
)
def test_a_value_stands_in_its_cell(kind: Kind, value: Any, shown: Any) -> None:
    assert written(kind, value).value == shown


@pytest.mark.usefixtures("way")
def test_choices_show_their_labels_and_strangers_themselves() -> None:
    choices = (("drug", "药品"), ("risky", "=1+1"))

    assert written(Kind.CHOICE, "drug", choices=choices).value == "药品"
    assert written(Kind.CHOICE, "旧值", choices=choices).value == "旧值"
    assert written(Kind.CHOICE, "risky", choices=choices).data_type == "s"


@pytest.mark.parametrize(
    ("position", "name"),
    [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")],
)
def test_columns_have_excels_names(position: int, name: str) -> None:
    assert letters(position) == name


@pytest.mark.usefixtures("streamed")
def test_every_part_is_whole_xml_and_is_named_in_the_archive() -> None:
    file = io.BytesIO()
    write_xlsx(
        file,
        BOOK,
        {"目录": [["A", "甲 & 乙", 1, 2, None, "drug", True]]},
        manifest=writer.Manifest(),
    )

    with zipfile.ZipFile(file) as archive:
        parts = {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}
    kinds = parts["[Content_Types].xml"]
    named = {part.get("PartName") for part in kinds if part.get("PartName")}
    assert named == {f"/{name}" for name in parts if name.startswith("xl/") and "_rels" not in name}
    cells = parts["xl/styles.xml"].find("{*}cellXfs")
    used = {
        int(cell.get("s"))
        for name in parts
        if "sheet" in name
        for cell in parts[name].findall(".//{*}c")
    }
    assert cells is not None
    assert max(used) < len(cells) == int(cells.get("count"))


@pytest.mark.usefixtures("streamed")
def test_a_workbook_of_texts_alone_lists_no_formats() -> None:
    sheet = SheetSpec("表", (Column("value", "值"),))
    file = io.BytesIO()
    write_xlsx(file, WorkbookSpec("tests.one", filename="一", sheets=(sheet,)), {"表": [["甲"]]})

    with zipfile.ZipFile(file) as archive:
        styles = ET.fromstring(archive.read("xl/styles.xml"))
    order = [child.tag.rpartition("}")[2] for child in styles]
    assert order == ["fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"]
    for child in styles:
        assert int(child.get("count", 0)) == len(child) > 0


@pytest.mark.usefixtures("streamed")
def test_a_full_sheet_without_more_rows_has_no_empty_one_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "ROWS_PER_SHEET", 11)
    file = io.BytesIO()

    count = write_xlsx(file, BOOK, {"目录": ({"code": f"A{n}"} for n in range(20))})

    assert count == 20
    assert load_workbook(file).sheetnames == ["目录", "目录(2)"]


@pytest.mark.usefixtures("streamed")
def test_a_sheet_too_large_for_old_programs_goes_on_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "BYTES_PER_SHEET", 100_000)
    monkeypatch.setattr("apps.exchange.files.spreadsheet.BUFFER", 1_000)
    file = io.BytesIO()

    write_xlsx(file, BOOK, {"目录": ({"code": f"A{n}", "name": "甲"} for n in range(2_500))})

    book = load_workbook(file)
    assert [book[name].max_row - 1 for name in book.sheetnames] == [1_000, 1_000, 500]


@pytest.mark.usefixtures("streamed")
def test_what_fails_half_way_leaves_no_workbook() -> None:
    file = io.BytesIO()

    with pytest.raises(ZeroDivisionError):
        write_xlsx(file, BOOK, {"目录": ({"code": 1 // number} for number in range(2))})

    with zipfile.ZipFile(file) as archive:
        assert "xl/workbook.xml" not in archive.namelist()


@pytest.mark.usefixtures("streamed")
def test_the_titles_filter_the_rows_and_head_every_printed_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "ROWS_PER_SHEET", 11)
    quoted = replace(BOOK.sheets[0], title="甲's & 目录", notes=("说明",))
    file = io.BytesIO()

    write_xlsx(
        file,
        replace(BOOK, sheets=(quoted,)),
        {quoted.title: ({"code": f"A{n}"} for n in range(12))},
        manifest=writer.Manifest(),
    )

    first, second, told = load_workbook(file).worksheets
    last = letters(len(quoted.columns) - 1)
    assert (first.auto_filter.ref, second.auto_filter.ref) == (f"A4:{last}11", f"A4:{last}9")
    assert (first.print_title_rows, second.print_title_rows) == ("$4:$4", "$4:$4")
    assert (told.auto_filter.ref, told.print_title_rows) == (None, None)
