"""What must be whole is never cut: check codes in footers, numbers and codes in cells, names on strips."""

import io
from types import SimpleNamespace

import pytest

from apps.accounts.domain.issuing import IssueLine
from apps.accounts.files.issue_sheets import as_pdf
from apps.exchange.files.lettering import lettering
from apps.exchange.files.line_breaks import lines_of
from apps.exchange.files.pdf import Document, Table, Text, write_pdf
from tests.pdf_reading import pages_of, squeezed

CODE = "4F61-02E5-F38A"
LONG = "内蒙古自治区鄂尔多斯市准格尔旗薛家湾镇第二中心卫生院"
SPECIFICATION = "含总黄酮醇苷9.6mg、萜类内酯2.4mg×24片/盒（0.25g:12,345.6789单位）"


@pytest.mark.parametrize("landscape", [False, True])
@pytest.mark.parametrize("length", [27, 60, 120, 260])
def test_a_footer_is_whole_however_long_a_name_is(length, landscape):
    footer = f"{(LONG * 10)[:length]}（H42010600001） 承诺函 校验码 {CODE}"
    file = io.BytesIO()

    write_pdf(file, Document("函", [Text("正文。\n" * 90)], footer=footer, landscape=landscape))

    texts = pages_of(file.getvalue())
    assert len(texts) > 1
    for number, text in enumerate(texts, 1):
        assert squeezed(footer) in squeezed(text)
        assert any(CODE in line for line in text.split("\n"))
        assert f"第 {number} 页 / 共 {len(texts)} 页" in text


@pytest.mark.parametrize("width", [40, 50, 60, 80, 130])
def test_no_number_is_broken_over_two_lines(width):
    lettering()

    lines = lines_of(SPECIFICATION, width, 8.5)

    assert "".join(lines) == SPECIFICATION
    for whole in ("9.6mg", "2.4mg", "0.25g"):
        assert any(whole in line for line in lines), lines
    assert not any(line.startswith(("、", "（", "）")) and len(line) == 1 for line in lines[1:])


def test_what_is_longer_than_a_line_is_cut_at_a_joint():
    lettering()

    assert lines_of("4F61-02E5-F38A", 40, 8.5) == ["4F61-", "02E5-", "F38A"]
    assert "".join(lines_of("a" * 64, 60, 8.5)) == "a" * 64


def test_a_cell_keeps_its_numbers_together():
    file = io.BytesIO()
    rows = [(SPECIFICATION, "每包装中选价格28.8000元，12,345.60")]

    write_pdf(file, Document("表", [Table(("规格", "说明"), rows, widths=(1, 1))]))

    lines = [line.strip() for line in "\n".join(pages_of(file.getvalue())).split("\n")]
    text = "\n".join(lines)
    for whole in ("9.6mg", "2.4mg×24", "28.8000", "12,345.60"):
        assert whole in text


@pytest.mark.parametrize("length", [10, 34, 35, 120])
def test_a_strip_says_whose_it_is_whole(length):
    unit = (LONG * 6)[:length]
    lines = [
        IssueLine(code=f"H4201{n:05d}", unit=unit, superior=LONG * 3, username=f"U{n}", password="x-9Y")
        for n in range(20)
    ]  # fmt: skip

    owner = SimpleNamespace(belongs_to=lambda: f"{LONG}医疗保障局")
    texts = pages_of(as_pdf(SimpleNamespace(title="发放单", owner=owner), lines))

    for line in lines:
        (page,) = [squeezed(t) for t in texts if line.code in t]
        assert f"{unit}（{line.code}）" in page
        assert LONG * 3 in page
        assert f"{LONG}医疗保障局" in page
    assert sum(text.count("x-9Y") for text in texts) == 20
