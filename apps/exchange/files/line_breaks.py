"""Where a line of print may break: between Chinese characters and at spaces, never inside a number, a code or a word.

Invariant: nothing is lost; only what is longer than a whole line is cut, behind a sign that joins parts if it has one.
"""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

from reportlab.pdfbase.pdfmetrics import stringWidth

from .lettering import FONT

NOT_FIRST = "，。、；：？！％）〕】》〉」』”’…,.;:?!%)]}"
NOT_LAST = "（〔【《〈「『“‘([{"
JOINTS = re.compile(r"(?<=[-/×*+_·,，;；])")


def lines_of(text: str, width: float, size: float) -> list[str]:
    """The text in lines of at most `width` points. Line feeds stay."""
    return [line for part in text.split("\n") for line in _wrapped(part, width, size)]


def _wrapped(text: str, width: float, size: float) -> Iterator[str]:
    if stringWidth(text, FONT, size) <= width:
        yield text
        return
    line, taken = "", 0.0
    for piece in _fitting(text, width, size):
        wide = stringWidth(piece, FONT, size)
        if line and taken + stringWidth(piece.rstrip(), FONT, size) > width:
            yield line.rstrip()
            line, taken = "", 0.0
        line, taken = line + piece, taken + wide
    yield line.rstrip()


def _fitting(text: str, width: float, size: float) -> Iterator[str]:
    """Pieces that each fit on a line of their own."""
    for piece in _pieces(text):
        if stringWidth(piece, FONT, size) <= width:
            yield piece
            continue
        for part in JOINTS.split(piece):
            if stringWidth(part, FONT, size) <= width:
                yield part
            else:
                yield from part


def _pieces(text: str) -> Iterator[str]:
    """The shortest stretches between which a line may break; spaces belong to what stands before them."""
    piece = ""
    for sign in text:
        if piece and _may_part(piece[-1], sign):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _may_part(before: str, after: str) -> bool:
    if after == " " or after in NOT_FIRST or before in NOT_LAST:
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(sign: str) -> bool:
    return east_asian_width(sign) in "WF"
