"""What a hospital system writes: code and quantity alone, codes in lower case, packs, a sum below, CSV in GB18030."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.exchange.models import StoredUpload
from apps.scope.context import whole_country
from tests.exchange.samples import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


@pytest.fixture
def clerk(round_, client_of):
    return client_of(round_.clerk)


def uploaded(clerk, name, content):
    url = reverse("reporting:demand_import", args=["BL"])
    page = clerk.post(url, {"file": SimpleUploadedFile(name, content)})["Location"]
    with whole_country(reason="test"):
        return page, StoredUpload.objects.latest("pk")


LINES = [["p0001", "2盒3片"], ["Ｐ0002", "1,827.00"], ["P0003", "120盒"], ["合计", 9_999]]


@pytest.mark.parametrize("titles", [["品规编号", "预采购量"], ["药品编码", "数量"]])
def test_code_and_quantity_are_enough(clerk, round_, titles):
    file = made(*LINES, titles=titles, sheet="导出")

    page, upload = uploaded(clerk, "导出.xlsx", file.getvalue())
    clerk.post(page)

    assert (upload.problems, upload.counts["new"]) == ([], 3)
    assert "第 5 行是合计，没有读入" in upload.notes[0]
    planned = [round_.line(code).planned for code in ("P0001", "P0002", "P0003")]
    assert planned == [59, 1_827, 3_360]


def test_text_in_the_encoding_of_windows(clerk, round_):
    text = "\r\n".join(["药品编码,数量", *(f'"{code}","{amount}"' for code, amount in LINES), ""])

    page, upload = uploaded(clerk, "导出.csv", text.encode("gb18030"))
    clerk.post(page)

    assert upload.problems == []
    assert round_.line("P0003").planned == 3_360


def test_every_cell_that_is_wrong_is_told_at_once(clerk):
    file = made(["X9", 1.5], ["P0001", "3支"], ["X8", 5], titles=["品规编号", "预采购量"])

    _, upload = uploaded(clerk, "导出.xlsx", file.getvalue())

    assert [(row, column) for _sheet, row, column, _said in upload.problems] == [
        (2, "品规编号"), (2, "预采购量"), (3, "预采购量"), (4, "品规编号"),
    ]  # fmt: skip
    assert "不认识单位“支”" in upload.problems[2][3]
