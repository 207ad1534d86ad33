"""Reading QR codes off strangers' pages, within limits, in the probe's process."""

import io

import pytest
from pypdf import PdfWriter

from apps.quarantine.codes import read_codes
from apps.review.domain.attachments.checks import look_into
from tests.review.pdf_files import pdf, photo, pictured
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
