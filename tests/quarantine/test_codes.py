"""Reading QR codes off strangers' pages, within limits, in the probe's process."""

import io
import time

import pypdfium2
import pytest
import segno
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import (
    ArrayObject,
    FloatObject,
    NameObject,
    NumberObject,
    RectangleObject,
    StreamObject,
)
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from apps.quarantine.codes import read_codes
from apps.quarantine.inside import Inside
from apps.quarantine.pdf import look
from apps.quarantine.places import QUIET, place_of_codes
from apps.review.domain.attachments.checks import look_into
from tests.review.pdf_files import dictionary, pdf, photo, pictured
from tests.review.scanning import of_pages, scanned, with_qr

TEXT = "https://fenliang.example/v/7KQ2M9XW4TBD1FGH3JKN"


@pytest.mark.parametrize("angle", [-1.5, 0.8, 2.5, 90.4, 180.8, 269.3])
def test_a_code_is_read_however_the_page_lies(angle):
    assert read_codes(scanned(with_qr(TEXT), angle=angle)) == [[TEXT]]


def test_pages_answer_one_by_one():
    content = of_pages((with_qr(TEXT), 0), (pdf(), 0), (with_qr("x", TEXT), 0))

    found = look_into(content)

    assert (found.problem, [sorted(page) for page in found.codes]) == (
        "",
        [[TEXT], [], sorted(["x", TEXT])],
    )


def test_nothing_is_drawn_once_the_time_is_spent():
    assert read_codes(of_pages((with_qr(TEXT), 0), (with_qr(TEXT), 0)), seconds=0) == [[], []]


def test_a_page_as_large_as_a_house_is_drawn_small():
    writer = PdfWriter()
    writer.add_blank_page(14_400, 14_400)
    file = io.BytesIO()
    writer.write(file)

    found = look_into(file.getvalue())

    assert (found.problem, found.codes) == ("", ((),))


def test_long_texts_are_left_out():
    assert read_codes(with_qr("x" * 400, side=300)) == [[]]


def test_a_picture_that_no_decoder_likes_refuses_no_file():
    found = look_into(pictured(photo()))

    assert (found.problem, found.codes) == ("", ((),))


def lettered(pages: int) -> bytes:
    """Letters and a ruled table on every page, as office programs write them."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for page in range(pages):
        for line in range(45):
            canvas.drawString(50, 800 - 16 * line, f"{page}.{line} 1,200 boxes of 24 tablets " * 3)
            canvas.line(50, 796 - 16 * line, 545, 796 - 16 * line)
            canvas.rect(50, 796 - 16 * line, 495, 0.5, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize("content", [pdf(20), lettered(20)], ids=["blank", "letters and lines"])
def test_pages_that_hold_nothing_but_letters_and_lines_are_not_drawn(content):
    """Drawing one at both scales takes a tenth of a second of the processor."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        found = look(Inside([io.BytesIO(content)]), with_faces=False, with_codes=True)
        taken.append(time.process_time() - begun)

    assert (found["pages"], found["codes"]) == (20, ((),) * 20)
    assert min(taken) <= 0.3


def test_of_a_page_that_part_is_drawn_where_a_code_may_stand():
    """Of a ruled page with a code of 75 points beside its letters the code and the white around it."""
    paper = PdfWriter(clone_from=io.BytesIO(lettered(1)))
    paper.pages[0].merge_page(PdfReader(io.BytesIO(with_qr(TEXT))).pages[0])
    pages = pypdfium2.PdfDocument(written(paper))
    page = pages[0]

    left, bottom, right, top = place_of_codes(page) or (0, 0, 0, 0)
    width, height = page.get_size()
    page.close()
    pages.close()

    assert width - left - right <= 75 + 2 * QUIET
    assert height - bottom - top <= 75 + 2 * QUIET


def turned(content: bytes, degrees: int) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        page.rotate(degrees)
    return written(writer)


def moved(content: bytes, x: float, y: float) -> bytes:
    """The same page whose corner is not where counting begins."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        page.add_transformation(Transformation().translate(x, y))
        page.mediabox = page.cropbox = RectangleObject((x, y, x + 595, y + 842))
    return written(writer)


def in_a_form(content: bytes, scale: float, down: float = 0) -> bytes:
    """The page's content as a form that is placed elsewhere, larger or smaller."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    page = writer.pages[0]
    form = StreamObject()
    form.set_data(page.get_contents().get_data())
    form.update(
        dictionary(Type="/XObject", Subtype="/Form")
        | {NameObject("/BBox"): RectangleObject((0, 0, 595, 842))}
    )
    held = dictionary(Held=writer._add_object(form))
    page[NameObject("/Resources")] = dictionary(XObject=held)
    placed = StreamObject()
    placed.set_data(f"q {scale} 0 0 {scale} 30 {30 - down} cm /Held Do Q".encode())
    page[NameObject("/Contents")] = writer._add_object(placed)
    return written(writer)


def stroked(text: str) -> bytes:
    """Row by row in one thick line, as programs do that make pictures of lines."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setLineWidth(2)
    drawn = canvas.beginPath()
    for row, line in enumerate(segno.make(text, error="m").matrix):
        for column, dark in enumerate(line):
            if dark:
                drawn.moveTo(80 + 2 * column, 700 - 2 * row)
                drawn.lineTo(82 + 2 * column, 700 - 2 * row)
    canvas.drawPath(drawn)
    canvas.save()
    return file.getvalue()


def lettered_code(text: str) -> bytes:
    """A page whose code is a letter of a font that is drawn, as some drivers of printers make them."""
    rows = segno.make(text, error="m").matrix
    squares = [
        f"{column} {len(rows) - row} 1 1 re"
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
    ]
    side = len(rows)
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    drawn = StreamObject()
    drawn.set_data(f"{side} 0 0 0 {side} {side + 1} d1 {' '.join(squares)} f".encode())
    numbers = [NumberObject(number) for number in (0, 0, side, side + 1)]
    font = dictionary(
        Type="/Font",
        Subtype="/Type3",
        FontBBox=ArrayObject(numbers),
        FontMatrix=ArrayObject([FloatObject(each) for each in (0.01, 0, 0, 0.01, 0, 0)]),
        FirstChar=NumberObject(65),
        LastChar=NumberObject(65),
        Widths=ArrayObject([NumberObject(side)]),
        CharProcs=dictionary(code=writer._add_object(drawn)),
        Encoding=dictionary(
            Type="/Encoding", Differences=ArrayObject([NumberObject(65), NameObject("/code")])
        ),
    )
    page = writer.pages[0]
    page[NameObject("/Resources")] = dictionary(Font=dictionary(F=writer._add_object(font)))
    shown = StreamObject()
    shown.set_data(b"BT /F 250 Tf 90 500 Td (A) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(shown)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


DRAWN = {
    "as squares": lambda: with_qr(TEXT),
    "small": lambda: with_qr(TEXT, side=40),
    "on a page that lies": lambda: turned(with_qr(TEXT), 90),
    "upside down": lambda: turned(with_qr(TEXT), 180),
    "on a page that begins elsewhere": lambda: moved(with_qr(TEXT), 300, -200),
    "in a form": lambda: in_a_form(with_qr(TEXT), 0.7),
    "in a form that makes it large": lambda: in_a_form(with_qr(TEXT, side=8), 6, down=3_200),
    "in one line": lambda: stroked(TEXT),
    "as a letter": lambda: lettered_code(TEXT),
    "as a picture": lambda: scanned(with_qr(TEXT), angle=0),
}


@pytest.mark.parametrize("way", DRAWN)
def test_a_code_is_found_however_it_is_drawn(way):
    assert look_into(DRAWN[way]()).codes == ((TEXT,),)
