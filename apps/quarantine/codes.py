"""The QR codes on the pages of a PDF, as a scanner finds them. Runs inside alone.

Only the red of a picture is looked at: a red seal over a code is white there. Of a page only that part is drawn where a
code may stand (`places`); a page of letters and lines is not drawn at all.

Invariants: no page is drawn larger than `MOST_SIDE`, and none once the seconds are spent: what was not reached reads
like a page without a code, and no file is refused for its pictures.
"""

import time
from collections.abc import Callable
from typing import Any

import pypdfium2
import zxingcpp

from apps.quarantine.places import Margins, place_of_codes

SCALES = (200 / 72, 300 / 72)
"""Dots a point: most codes are found at 200 dots an inch, the small ones of a poor scan at 300."""
MOST_SIDE = 5_000  # pixels
SECONDS, PATIENCE = 10.0, 15.0  # of the processor, and of the clock on a busy machine
MOST_CODES, LONGEST = 8, 300
ONLY_QR = zxingcpp.barcode_formats_from_str("QRCode")


def read_codes(
    content: bytes, *, seconds: float = SECONDS, everywhere: bool = False
) -> list[list[str]]:
    """By page, the texts of its QR codes, as far as so many seconds of the processor reach.

    `everywhere`: letters and patterns of the file are pictures too.
    """
    spent, given_up = time.process_time() + seconds, time.monotonic() + PATIENCE

    def is_over() -> bool:
        return time.process_time() >= spent or time.monotonic() >= given_up

    pdf = pypdfium2.PdfDocument(content)
    try:
        return [_codes_of(pdf, number, is_over, everywhere) for number in range(len(pdf))]
    finally:
        pdf.close()


def _codes_of(pdf: Any, number: int, is_over: Callable[[], bool], everywhere: bool) -> list[str]:  # noqa: FBT001
    if is_over():
        return []
    page = pdf[number]
    try:
        margins = (0.0, 0.0, 0.0, 0.0) if everywhere else place_of_codes(page)
        if margins is None:
            return []
        for scale in SCALES:
            if is_over():
                break
            if codes := _found_at(page, scale, margins):
                return codes
    finally:
        page.close()
    return []


def _found_at(page: Any, scale: float, margins: Margins) -> list[str]:
    fitting = min(scale, MOST_SIDE / max(page.get_size()))
    drawn = page.render(scale=fitting, crop=margins, rev_byteorder=True).to_pil()
    red = drawn.getchannel("R")
    barcodes = zxingcpp.read_barcodes(red, formats=ONLY_QR, try_invert=False)
    return [code.text for code in barcodes[:MOST_CODES] if len(code.text) <= LONGEST]
