"""The sheet as a workbook: template down, filled in offline, up again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from apps.reporting.domain.sheet.saving import Entry, save_lines
from tests.pages import changed_cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
PLANNED, WORDS = 8, 9


def url():
    return reverse("reporting:demand_import", args=["BL"])


@pytest.fixture
def clerk(round_, client_of):
    return client_of(round_.clerk)


def template(clerk):
    response = clerk.get(url(), {"template": ""})
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return book, book["采购需求"]


def upload(clerk, book):
    content = io.BytesIO()
    book.save(content)
    book.close()
    file = SimpleUploadedFile("采购需求.xlsx", content.getvalue())
    return clerk.post(url(), {"file": file}, follow=True)


def test_the_template_holds_the_sheet(clerk, round_):
    save_lines(entries=[Entry(round_.item("P0001"), 2_000, "decline")], **round_.place)

    book, sheet = template(clerk)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    book.close()

    assert rows[0] == [
        "P0001",
        "测试片1",
        "5mg×28片",
        "片",
        28,
        "按片填报",
        2_800,
        2_000,
        "业务量下降",
    ]
    assert rows[3][6:] == [0, None, None]


def test_what_was_filled_in_offline_comes_back(clerk, round_):
    save_lines(entries=[Entry(round_.item("P0001"), 2_000)], **round_.place)
    book, sheet = template(clerk)
    sheet.cell(3, PLANNED).value = None
    sheet.cell(4, PLANNED).value = 500
    sheet.cell(4, WORDS).value = "业务量下降：停诊"

    checked = upload(clerk, book)
    clerk.post(checked.redirect_chain[-1][0], follow=True)

    assert round_.line("P0001").planned == 2_000  # an empty cell changes nothing
    line = round_.line("P0002")
    assert (line.planned, line.reason, line.explanation) == (500, "decline", "停诊")
    assert round_.line("P0003") is None


def test_what_was_filled_in_before_and_changes_is_listed(clerk, round_):
    save_lines(entries=[Entry(round_.item("P0001"), 2_000, "decline")], **round_.place)
    book, sheet = template(clerk)
    sheet.cell(3, PLANNED).value = 1_500
    sheet.cell(3, WORDS).value = "政策调整"
    sheet.cell(4, PLANNED).value = 500

    checked = upload(clerk, book)

    assert changed_cells(checked.content.decode()) == [
        ("预采购量", "2,000", "1,500"),
        ("增幅降幅说明", "业务量下降", "政策调整"),
    ]


def test_a_broken_cell_imports_nothing(clerk, round_):
    book, sheet = template(clerk)
    sheet.cell(3, PLANNED).value = "很多"
    sheet.cell(4, PLANNED).value = 500

    page = upload(clerk, book).content.decode()

    assert "预采购量" in page
    assert round_.line("P0002") is None


def test_another_institution_s_template_is_refused(clerk, round_, neighbour_clerk, client_of):
    book, sheet = template(client_of(neighbour_clerk))
    sheet.cell(3, PLANNED).value = 5

    page = upload(clerk, book).content.decode()

    assert "这份模板的机构是" in page
    assert round_.line("P0001") is None
