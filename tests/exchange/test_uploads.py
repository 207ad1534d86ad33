"""An upload read in a process of its own gives what reading it here would give, and no more than that."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from apps.exchange.files import reader
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.quantities import Written
from apps.exchange.files.readings import Problem, Reading
from apps.exchange.files.templates import write_template
from apps.exchange.files.upload_checks import FileRefused
from apps.exchange.files.uploads import asking as uploads
from apps.exchange.files.uploads.told import RowHearer
from apps.quarantine.turns import PAGE, acting, turn
from tests.exchange.oddities import ODDITIES
from tests.exchange.samples import BOOK, LINE, TITLES, made, saved, workbook


def known_of(reading: Reading) -> Any:
    rows = [
        (row.sheet.title, row.number, dict(row.values), row.broken, row.absent) for row in reading
    ]
    return rows, reading.problems, reading.notes, dict(reading.stamp), reading.count()


def both(build: Any, spec: WorkbookSpec = BOOK) -> tuple[Any, Any]:
    found = []
    for read in (uploads.read_workbook, reader.read_workbook):
        try:
            found.append(known_of(read(build(), spec)))
        except FileRefused as refusal:
            found.append(str(refusal))
    return found[0], found[1]


BAD = ["", "乙", "三盒", "x", None, "无此", "也许"]
SECOND = SheetSpec(
    "数量",
    (Column("code", "编码", Kind.CODE), Column("n", "数量", Kind.WHOLE, is_quantity=True)),
    optional=True,
)


class Ours(str):
    """A choice of a type that only we know."""

    __slots__ = ()


CHOOSING = WorkbookSpec(
    "tests.choosing",
    filename="选",
    sheets=(
        SheetSpec("目录", (Column("kind", "类型", Kind.CHOICE, choices=((Ours("a"), "甲"), (2, "乙"))),)),
        SECOND,
    ),
)  # fmt: skip


def hidden() -> io.BytesIO:
    book = workbook([LINE, ["A02", *LINE[1:]], ["合计"]])
    book.active.row_dimensions[3].hidden = True
    return saved(book)


def with_quantities() -> io.BytesIO:
    book = workbook([["甲"], ["乙"], [None]], titles=["类型"])
    sheet = book.create_sheet("数量")
    for row in (["编码", "数量"], ["A1", "2盒3片"], ["A2", 7], ["A3", None]):
        sheet.append(row)
    return saved(book)


@pytest.mark.parametrize(
    "build",
    [
        lambda: made(LINE, [], BAD, ["A01", *LINE[1:]]),
        made,
        lambda: made(titles=[*TITLES[:-1], "别的"]),
        lambda: io.BytesIO(b"%PDF-1.7"),
        lambda: io.BytesIO(write_template(BOOK, {"目录": [LINE]}, stamp={"项目": "P"})),
        hidden,
        lambda: made(*[[f"A{n}", "甲", n, None, "2026-01-31", "", ""] for n in range(1_200)]),
    ],
    ids=[
        "good and bad rows",
        "empty",
        "a column too few",
        "no workbook",
        "a template",
        "hidden",
        "many",
    ],
)
def test_it_is_the_same_reading(build: Any) -> None:
    there, here = both(build)

    assert there == here


@pytest.mark.parametrize("oddity", list(ODDITIES)[::4])
def test_it_is_the_same_reading_of_odd_files(oddity: str) -> None:
    there, here = both(ODDITIES[oddity])

    assert there == here


def test_choices_and_quantities_come_back_as_ours() -> None:
    reading = uploads.read_workbook(with_quantities(), CHOOSING)

    kinds = [row["kind"] for row in reading.rows["目录"]]
    assert [(kind, type(kind)) for kind in kinds] == [("a", Ours), (2, int)]
    numbers = [row["n"] for row in reading.rows["数量"]]
    assert numbers == [Written("2盒3片", 2, "盒", 3, "片"), 7, None]


def test_an_altered_stamp_is_found_where_the_key_is() -> None:
    book = load_workbook(io.BytesIO(write_template(BOOK, {}, stamp={"项目": "P"})))
    book["_fenliang"]["B2"] = "0" * 64

    with pytest.raises(FileRefused, match="隐藏信息被改动过"):
        uploads.read_workbook(saved(book), BOOK)


LIES = {
    "a sheet that is none": ["别的", [], [[2, ["A"] * 7]]],
    "a value too few": ["目录", [], [[2, ["A"]]]],
    "a text for a number": ["目录", [], [[2, ["A", "甲", "3", None, None, "", None]]]],
    "a number for a text": ["目录", [], [[2, [1, "甲", None, None, None, "", None]]]],
    "no day": ["目录", [], [[2, ["A", "甲", None, None, "昨天", "", None]]]],
    "no decimal": ["目录", [], [[2, ["A", "甲", None, "1e", None, "", None]]]],
    "no choice": ["目录", [], [[2, ["A", "甲", None, None, None, "bomb", None]]]],
    "an object": ["目录", [], [[2, [{}, "甲", None, None, None, "", None]]]],
    "no rows": ["目录", [], None],
    "no number": ["目录", [], [["x", ["A", "甲", None, None, None, "", None]]]],
}


@pytest.mark.parametrize("lie", LIES)
def test_what_does_not_fit_the_table_is_damage(lie: str) -> None:
    with pytest.raises(FileRefused, match="文件已损坏"):
        RowHearer(BOOK).hear_rows(*LIES[lie])


def test_what_fits_the_table_is_taken() -> None:
    hearer = RowHearer(BOOK)
    hearer.hear_rows(
        "目录", ["basic"], [[2, ["A", "甲", 3, "1.50", "2026-01-31", "drug", None], ["pack", "?"]]]
    )
    [row] = hearer.finish(
        {"problems": [["目录", 2, "转换比", "不对"]], "notes": ["好"], "sheets": ["目录"]}
    )

    assert list(row.values.values()) == [
        "A",
        "甲",
        3,
        Decimal("1.50"),
        date(2026, 1, 31),
        "drug",
        None,
    ]
    assert (row.broken, row.absent) == ({"pack"}, {"basic"})
    assert hearer.reading.problems == [Problem("目录", 2, "转换比", "不对")]


def test_the_error_report_is_made_there_too() -> None:
    problems = uploads.read_workbook(made(LINE, BAD), BOOK).problems

    with uploads.error_workbook(made(LINE, BAD), BOOK, problems) as report:
        book = load_workbook(io.BytesIO(report.read()))

    assert book.sheetnames == ["问题清单", "目录"]
    assert "“三盒”不是整数" in book["目录"]["C3"].comment.text


def test_a_file_that_cannot_be_opened_gets_the_list_alone() -> None:
    with uploads.error_workbook(io.BytesIO(b"PK"), BOOK, [Problem("", None, "", "坏")]) as report:
        assert load_workbook(io.BytesIO(report.read())).sheetnames == ["问题清单"]


def test_text_with_separators_is_taken_as_a_workbook() -> None:
    text = "\n".join([",".join(TITLES), "A1,甲,三盒,,,,"]).encode()

    with uploads.taken(io.BytesIO(text), "导出.csv") as found:
        assert (found.filename, found.rows) == ("导出.xlsx", 2)
        assert reader.read_workbook(found.file, BOOK).problems[0].column == "转换比"


def test_somebody_whose_other_file_is_still_read_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with (
        acting(7, replace(PAGE, own_patience=0.1)),
        turn(),
        pytest.raises(uploads.FileBusy, match="另一个文件还没有检查完"),
    ):
        uploads.read_workbook(made(LINE), BOOK)
