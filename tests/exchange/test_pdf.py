import io

import pypdfium2
import pytest
from pypdf import PdfReader

from apps.exchange.files.pdf import Document, NewPage, Qr, Signatures, Space, Table, Text, write_pdf

ROWS = [(n, f"H{n:05d}", "武昌区人民医院" * (1 + n % 4), "Abc<b>&-234") for n in range(120)]


def pages_of(document: Document) -> PdfReader:
    file = io.BytesIO()
    write_pdf(file, document)
    return PdfReader(file)


def test_every_page_has_its_number_and_tables_their_headers() -> None:
    table = Table(("序号", "用户名", "单位", "一次性密码"), ROWS, (1, 3, 4, 3), "rlll")

    pdf = pages_of(Document("账号发放单", (table,), footer="湖北省医疗保障局"))

    texts = [page.extract_text() for page in pdf.pages]
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert f"第 {number} 页 / 共 {len(texts)} 页" in text
        assert "一次性密码" in text
        assert "湖北省医疗保障局" in text
    assert sum(text.count("Abc<b>&-234") for text in texts) == len(ROWS)


def test_the_font_is_embedded_and_nothing_else_is_used() -> None:
    pdf = pages_of(
        Document("标题", (Text("正文 龑喆\n第二行"),), subtitle="副题", facts=(("项目", "甲"),))
    )

    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()
            if "NotoSansSC" in described["/BaseFont"]:
                assert "/FontFile2" in described["/FontDescriptor"]
    assert "正文 龑喆" in pdf.pages[0].extract_text()


@pytest.mark.parametrize("landscape", [False, True])
def test_a_page_is_drawn(landscape: bool) -> None:
    file = io.BytesIO()
    blocks = (
        Text("说明", size=12, align="c", quiet=True),
        Space(3),
        Qr("HTTPS://X/1"),
        NewPage(),
        Text("二"),
    )
    write_pdf(file, Document("标题", blocks, landscape=landscape))

    pdf = pypdfium2.PdfDocument(file.getvalue())
    image = pdf[0].render(scale=0.5).to_pil().convert("L")

    assert len(pdf) == 2
    assert (image.width > image.height) is landscape
    assert image.getextrema()[0] < 60
    pdf.close()


def test_places_to_sign_have_their_lines_and_stay_with_the_letter() -> None:
    file = io.BytesIO()
    write_pdf(
        file, Document("承诺函", (Text("　　本机构承诺如下。"), Signatures(("负责人", "盖章"))))
    )

    pdf = pypdfium2.PdfDocument(file.getvalue())
    page = pdf[0].render(scale=1).to_pil().convert("L")
    words = pdf[0].get_textpage()
    assert len(pdf) == 1
    assert "负责人：" in words.get_text_range()
    dark_rows = [
        y
        for y in range(page.height)
        if sum(page.getpixel((x, y)) < 160 for x in range(page.width)) > 250
    ]
    assert len({y // 3 for y in dark_rows}) == 1  # one line under both, nothing else so wide
    words.close()
    pdf.close()
