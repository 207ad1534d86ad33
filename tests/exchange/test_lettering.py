"""Paper prints every name: what GB 18030 can write is drawn and can be read back, everything else is refused."""

import csv
import io
from pathlib import Path

import pypdfium2
import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory

from apps.exchange.files.lettering import Unprintable, lettering, printable
from apps.exchange.files.pdf import Document, Heading, Qr, Signatures, Table, Text, write_pdf
from apps.exchange.pages.unprintable import UnprintableMiddleware
from tests.pdf_reading import pages_of, squeezed

IDEOGRAPHS = (
    range(0x4E00, 0x9FF0),  # unified, with what GB 18030-2022 added
    range(0x3400, 0x4DB6),  # extension A
    range(0x20000, 0x2A6D7),  # B
    range(0x2A700, 0x2B735),  # C
    range(0x2B740, 0x2B81E),  # D
    range(0x2B820, 0x2CEA2),  # E
    range(0x2CEB0, 0x2EBE1),  # F
)
TOWNSHIPS = Path(__file__).parents[2] / "fixtures" / "townships.csv"
NAMES = ("麦㙦镇卫生院", "塘㙍镇卫生院", "㳇湖龦鿯医院", "𬭎𫖯𠀀𪛖卫生院", "𪜀𫝀𫠠𬺡𮯠诊所")


def pdf_of(document: Document) -> bytes:
    file = io.BytesIO()
    write_pdf(file, document)
    return file.getvalue()


def test_every_ideograph_of_the_standard_has_a_glyph():
    lacking = {
        chr(code) for block in IDEOGRAPHS for code in block if lettering().missing(chr(code))
    }

    assert lacking == set()


def test_every_place_of_the_country_can_be_printed():
    with TOWNSHIPS.open(encoding="utf-8", newline="") as file:
        text = "".join(row[1] for row in csv.reader(file))

    assert lettering().missing(text) == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_rare_name_is_read_back_wherever_it_stands(name):
    document = Document(
        name,
        (
            Heading((("机构", name),), Qr("X")),
            Text(f"{name}承诺。"),
            Table(("机构", name), [(name, f"{name}{name}")], widths=(3, 1)),
            Signatures((name,)),
        ),
        subtitle=name,
        facts=(("甲方", name),),
        footer=f"{name} 校验码 4F61-02E5-F38A",
    )

    text = squeezed("".join(pages_of(pdf_of(document))))

    assert text.count(name) == 11


def test_a_document_holds_only_what_it_shows():
    assert len(pdf_of(Document("标题", (Text("".join(NAMES)),)))) < 120_000


def test_a_rare_character_has_ink_of_its_own():
    drawn = set()
    for sign in "㙦㙍𠀀𪜀𬭎𮯠":
        pdf = pypdfium2.PdfDocument(pdf_of(Document("一", (Text(sign, size=60),), footer="一")))
        page = pdf[0].render(scale=0.5).to_pil().convert("L")
        drawn.add(page.tobytes())
        pdf.close()

    assert len(drawn) == 6


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (Document("甲", (Text("乙\U00030000"),)), "“乙\U00030000”"),
        (Document("甲", (), facts=(("医疗机构", "丙\U00030000"),)), "医疗机构“丙\U00030000”"),
        (Document("甲", (Table(("品名",), [("一",), ("\U00030000",)]),)), "第 2 行“品名”“\U00030000”"),
        (Document("甲\U00030000", (), footer="页"), "标题“甲\U00030000”"),
        (Document("甲", (), footer="\U00030000院"), "页脚“\U00030000院”"),
        (Document("甲", (Signatures(("\U00030000",)),)), "“\U00030000”"),
    ],
)  # fmt: skip
def test_a_character_without_a_glyph_is_refused_with_its_place(document, place):
    file = io.BytesIO()

    with pytest.raises(Unprintable) as refused:
        write_pdf(file, document)

    assert str(refused.value).startswith(f"{place}里的“\U00030000”（U+30000）不在可打印的字库中")
    assert file.getvalue() == b""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("葛\U000e0100城", "葛城"),
        ("甲\u200b乙", "甲乙"),
        ("甲\t乙", "甲 乙"),
        ("u\u0308", "ü"),
        ("甲\n乙", "甲\n乙"),
        (None, ""),
        (3, "3"),
    ],
)
def test_what_has_no_ink_needs_no_glyph(text, shown):
    assert printable(text) == shown


def test_the_page_that_asked_says_why(rf: RequestFactory):
    request = rf.get("/somewhere/", headers={"Referer": "http://testserver/list/?q=1"})
    request.session = {}
    request._messages = FallbackStorage(request)
    middleware = UnprintableMiddleware(lambda _request: None)

    answer = middleware.process_exception(request, Unprintable("\U00030000", "甲\U00030000"))

    assert answer.url == "/list/?q=1"
    assert "U+30000" in str(next(iter(get_messages(request))))
    assert middleware.process_exception(request, ValueError()) is None
