"""Where on a page of a PDF a QR code may stand: what isn't drawn need not be looked for. Runs inside alone.

Invariant: what is neither a letter nor a line or a field of a table may be a code; a page of too many parts is one
whole. Letters that are drawn and patterns, which look like letters and fields from here, are the caller's to know.
"""

from collections.abc import Iterator
from ctypes import c_int
from math import ceil
from typing import Any

from pypdfium2 import raw

Box = tuple[float, float, float, float]
"""Left, bottom, right, top; points of the page's own content."""
Margins = tuple[float, float, float, float]
"""What is left out of the page as it is shown at its left, bottom, right and top; points."""
THINNEST, LONGEST = 0.6, 40.0
"""Points of a side of what may be a dark square of a code, or some in a row; anything else that is so plain is a rule
or a field of a table."""
PLAIN = 5  # segments of a rectangle, or of a line
FEWEST = 200  # segments of the smallest code that people print, drawn in any way
MOST_PARTS = 20_000
QUIET = 14.0  # points around: a code is found by the white that it stands in
FINE = 100  # parts of a point in which the viewer is asked


def place_of_codes(page: Any) -> Margins | None:
    """The part of the page that holds all that may be a code; nothing where nothing may."""
    boxes: list[Box] = [*_stamps(page)]
    drawn: list[Box] = []
    segments = 0
    for number, part in enumerate(page.get_objects()):
        if number >= MOST_PARTS:
            return (0.0, 0.0, 0.0, 0.0)
        if part.type == raw.FPDF_PAGEOBJ_PATH:
            if found := _segments(part):
                segments += found
                drawn.append(_outermost(part))
        elif part.type not in {raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM}:
            boxes.append(_outermost(part))
    if segments >= FEWEST:
        boxes += drawn
    return _margins(page, boxes) if boxes else None


def _segments(path: Any) -> int:
    """Of a path, as far as it may be of a code."""
    segments: int = raw.FPDFPath_CountSegments(path)
    if segments > PLAIN or path.level:
        return segments
    filled, stroked = c_int(), c_int()
    raw.FPDFPath_GetDrawMode(path, filled, stroked)
    left, bottom, right, top = path.get_bounds()
    sides = right - left, top - bottom
    is_square = filled.value and min(sides) >= THINNEST and max(sides) <= LONGEST
    return segments if is_square else 0


def _outermost(part: Any) -> Box:
    """Where it stands; of what is inside a form where that stands, for it says nothing of the page."""
    while part.container is not None:
        part = part.container
    bounds: Box = part.get_bounds()
    return bounds


def _stamps(page: Any) -> Iterator[Box]:
    """What lies on top of the page, but for links."""
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        stamp = raw.FPDFPage_GetAnnot(page, number)
        try:
            box = raw.FS_RECTF()
            is_link = raw.FPDFAnnot_GetSubtype(stamp) == raw.FPDF_ANNOT_LINK
            if not is_link and raw.FPDFAnnot_GetRect(stamp, box):
                yield box.left, box.bottom, box.right, box.top
        finally:
            raw.FPDFPage_CloseAnnot(stamp)


def _margins(page: Any, boxes: list[Box]) -> Margins:
    """However the page lies and wherever its corner is; something is left of it even for what stands beside it."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    corners = (min(lefts), min(bottoms)), (max(rights), max(tops))
    shown = [_shown(page, *corner) for corner in corners]
    width, height = page.get_size()
    left, right = sorted(min(max(x, 0.0), width) for x, _ in shown)
    above, below = sorted(min(max(y, 0.0), height) for _, y in shown)
    return _less(left), _less(height - below), _less(width - right), _less(above)


def _less(margin: float) -> float:
    """Without the white that stays around."""
    return max(0.0, margin - QUIET)


def _shown(page: Any, x: float, y: float) -> tuple[float, float]:
    """Points from the left and from the top of the page as it is shown."""
    width, height = (ceil(side * FINE) for side in page.get_size())
    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
    return across.value / FINE, down.value / FINE
