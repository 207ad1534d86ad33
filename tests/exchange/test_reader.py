import re
from decimal import Decimal

from openpyxl import Workbook

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.readings import Problem
from tests.exchange.samples import BOOK, LINE, TITLES, made, part_of, repacked, saved, workbook

SHEET1 = "xl/worksheets/sheet1.xml"


def test_rows_are_read_with_their_numbers() -> None:
    reading = read_workbook(made(LINE, [], ["B02", "甲", None, None, None, None, None]), BOOK)

    assert reading.problems == []
    assert [(row.number, row["code"], row["price"]) for row in reading] == [
        (2, "A01", Decimal("1.25")),
        (4, "B02", None),
    ]


def test_columns_are_found_by_their_titles_in_any_order_below_anything() -> None:
    titles = ["品种名称 ", "*产品编码", "价格(元)", "类型", "周期\n止", "转换比", "基本药物"]
    book = workbook(
        [["省里发的表"], ["说明"], titles, ["甲", "A01", 1, "药品", None, 3, "否"]], titles=[]
    )

    reading = read_workbook(saved(book), BOOK)

    [row] = reading
    assert reading.problems == []
    assert (row.number, row["code"], row["name"], row["pack"], row["basic"]) == (
        4,
        "A01",
        "甲",
        3,
        False,
    )


def test_missing_repeated_and_unknown_columns_are_named() -> None:
    titles = [*TITLES[:2], "产品编码", "转换率", *TITLES[3:]]
    reading = read_workbook(made(titles=titles), BOOK)

    assert [(problem.column, problem.message) for problem in reading.problems] == [
        ("转换比", "缺少列“转换比”，请使用下载的模板；“转换率” 不是模板里的列"),
        ("产品编码", "列“产品编码”出现了两次，请删去一列"),
    ]


def test_a_clerks_own_extra_column_is_left_out_and_said() -> None:
    reading = read_workbook(made([*LINE, "x"], titles=[*TITLES, "我的备注"]), BOOK)

    assert reading.problems == []
    assert reading.notes == ["工作表“目录”中 “我的备注” 不是模板里的列，没有读入"]


def test_every_problem_has_its_cell() -> None:
    reading = read_workbook(made(["", "甲", "3盒", 1.23456, "昨天", "药", "也许"]), BOOK)

    assert [(problem.row, problem.column) for problem in reading.problems] == [
        (2, "产品编码"),
        (2, "转换比"),
        (2, "价格（元）"),
        (2, "周期止"),
        (2, "类型"),
        (2, "基本药物"),
    ]
    assert list(reading.whole_rows) == []


def test_rows_with_the_same_key_are_refused() -> None:
    reading = read_workbook(made(LINE, ["Ａ01 ", *LINE[1:]]), BOOK)

    assert reading.problems == [Problem("目录", 3, "产品编码", "与第 2 行重复（产品编码相同）")]


def test_a_merged_cell_counts_for_every_row_it_covers() -> None:
    book = workbook([["A01", "甲", 1], ["A02", None, 2], ["A03", None, 3], [None] * 7])
    book.active.merge_cells("B2:B5")

    reading = read_workbook(saved(book), BOOK)

    assert reading.problems == []
    assert [(row["code"], row["name"]) for row in reading] == [
        ("A01", "甲"),
        ("A02", "甲"),
        ("A03", "甲"),
    ]


def test_a_merged_number_is_refused_rather_than_counted_twice() -> None:
    book = workbook([["A01", "甲", 5], ["A02", "乙", None]])
    book.active.merge_cells("C2:C3")

    reading = read_workbook(saved(book), BOOK)

    assert [(problem.row, problem.column) for problem in reading.problems] == [
        (2, "转换比"),
        (3, "转换比"),
    ]


def test_hidden_rows_are_read_and_said() -> None:
    book = workbook([LINE, ["A02", *LINE[1:]]])
    book.active.row_dimensions[3].hidden = True

    reading = read_workbook(saved(book), BOOK)

    assert [row["code"] for row in reading] == ["A01", "A02"]
    assert reading.notes == ["工作表“目录”有 1 行被隐藏或筛掉，这些行也已读入"]


def test_a_wrong_dimension_hides_nothing() -> None:
    file = made(LINE, ["A02", *LINE[1:]])
    sheet = re.sub(rb'(<dimension ref=")[^"]+', rb"\1A1:A1", part_of(file))
    lying = repacked(file, replace={SHEET1: sheet})

    assert read_workbook(lying, BOOK).count() == 2


def test_a_row_far_below_costs_nothing_and_is_read() -> None:
    book = workbook([LINE])
    book.active.cell(200_000, 1, "Z99")
    book.active.cell(200_000, 2, "远处")

    assert [row.number for row in read_workbook(saved(book), BOOK)] == [2, 200_000]


def test_the_only_sheet_may_have_any_name() -> None:
    assert read_workbook(made(LINE, sheet="Sheet1"), BOOK).count() == 1


def test_a_missing_sheet_and_an_empty_one_are_named() -> None:
    two = WorkbookSpec(
        "tests.two",
        filename="两表",
        sheets=(*BOOK.sheets, SheetSpec("企业", (Column("uscc", "统一社会信用代码", Kind.CODE),))),
    )
    empty = Workbook()
    empty.active.title = "目录"

    reading = read_workbook(saved(empty), two)

    assert [(problem.sheet, problem.message) for problem in reading.problems] == [
        ("目录", "工作表是空的"),
        ("企业", "缺少工作表“企业”（文件里有“目录”），请使用下载的模板，或把工作表改成这个名称"),
    ]


def test_a_table_without_header_or_without_rows_says_what_it_needs() -> None:
    without_header = read_workbook(made(LINE, titles=[]), BOOK)
    without_rows = read_workbook(made(), BOOK)

    assert without_header.problems[0].message.startswith(
        "找不到表头：前 10 行里应有一行写着“产品编码、品种名称"
    )
    assert [problem.message for problem in without_rows.problems] == [
        "没有数据：表头下面没有填写任何一行"
    ]


def test_zeros_that_only_the_format_shows_stay() -> None:
    book = workbook([[12, *LINE[1:]]])
    book.active["A2"].number_format = "000000"

    assert [row["code"] for row in read_workbook(saved(book), BOOK)] == ["000012"]
