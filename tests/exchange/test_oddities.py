"""Values are read wherever they can be, whatever surrounds them; and what could be read can be reported on."""

import io

import pytest

from apps.exchange.files.errors.report import error_workbook
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.readings import Problem
from apps.exchange.files.upload_checks import FileRefused
from tests.exchange.oddities import LINE, ODDITIES, ROWS, SECOND, plain
from tests.exchange.samples import BOOK, repacked


@pytest.mark.parametrize("name", ODDITIES)
def test_an_odd_workbook_is_read(name):
    reading = read_workbook(ODDITIES[name](), BOOK)

    assert reading.problems == []
    assert [(row["code"], row["name"], row["pack"]) for row in reading] == [
        tuple(LINE[:3]), tuple(SECOND[:3]),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ODDITIES)
def test_an_odd_workbook_comes_back_with_its_errors(name):
    file = ODDITIES[name]()

    with error_workbook(file, BOOK, [Problem("目录", 2, "转换比", "不对")]) as report:
        again = read_workbook(io.BytesIO(report.read()), BOOK)

    assert again.count() == ROWS


def renamed_part(name):
    return repacked(plain(), add={name: b"x"}, drop=["xl/workbook.xml"])


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("xl/workbook.bin", ".xlsb"),
        ("content.xml", ".ods"),
        ("Index/Document.iwa", "Numbers"),
        ("word/document.xml", "Word"),
    ],
)
def test_the_true_cause_is_told(part, sentence):
    with pytest.raises(FileRefused, match=sentence):
        read_workbook(renamed_part(part), BOOK)
