"""CSV of hospital systems: GB18030, UTF-8 and UTF-16, any separator, zeros in front, cells with line breaks."""

import io

import pytest

from apps.exchange.files.delimited import as_workbook
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.upload_checks import FileRefused
from tests.exchange.samples import BOOK, made


def read(content, filename="导出.csv"):
    file, name = as_workbook(io.BytesIO(content), filename)
    assert name.endswith(".xlsx")
    return read_workbook(file, BOOK, filename=name)


HEAD = "产品编码,品种名称,转换比,价格（元）,周期止,类型,基本药物"
LINES = ['="001","阿托, 伐他汀\r\n片","1,827.00",1.5,2026/1/31,药品,是', 'A2,"他说""好""",,,,,']


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("filename", ["导出.csv", "导出.xls", "导出.TXT", "导出.xlsx"])
def test_fields_stay_as_they_were(encoding, filename):
    reading = read("\r\n".join([HEAD, *LINES, ""]).encode(encoding), filename)

    assert reading.problems == []
    rows = [(row.number, row["code"], row["name"], row["pack"]) for row in reading]
    assert rows == [(2, "001", "阿托, 伐他汀片", 1827), (3, "A2", '他说"好"', None)]


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_other_separators(separator):
    text = "\n".join(
        separator.join(line) for line in (HEAD.split(","), ["A1", "甲", "7", "", "", "", ""])
    )

    assert [row["pack"] for row in read(text.encode())] == [7]


def test_a_workbook_stays_what_it_is():
    file = made(["A", "B"])

    assert as_workbook(file, "目录.xlsx") == (file, "目录.xlsx")
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("编码，没有分列".encode(), "没有分成列"),
        (b"a,b\n\xff\xff\xff,\x81", "文字编码无法识别"),
        (b'a,b\nA1,"x\n' + b"A2,y\n" * 40_000, "双引号没有成对"),
    ],
)
def test_what_is_no_table_is_refused(content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        as_workbook(io.BytesIO(content), "x.csv")


def test_sums_are_said_and_not_read():
    rows = [["A1", "甲", 1], ["合计", None, 1], ["A2", "合计制药", 2], [None, "总 计：", 3]]
    titled = [[*row, 1.5, "2026-01-31", "药品", "是"] for row in rows]

    reading = read_workbook(made(*titled), BOOK)

    assert reading.problems == []
    assert [row["code"] for row in reading] == ["A1", "A2"]
    assert reading.notes == ["工作表“目录”第 3、5 行是合计，没有读入"]
