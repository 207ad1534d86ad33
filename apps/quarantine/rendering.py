"""What the viewer makes of a PDF: PDFium, which shows it in the browser, judges. Runs inside alone.

Invariant: a file that passes opens in the viewer, and its first page is drawn; nothing is drawn larger than `SIDE`.
"""

from typing import Any

import pypdfium2
from PIL import Image

SIDE = 960  # pixels of the longer side
FACE = 24
"""Pixels of each side of what is compared of a page."""
IMAGE = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE


class NotShown(Exception):
    """The viewer can't show the file."""


def check_shown(content: bytes) -> None:
    """Raises `NotShown`, or whatever PDFium raises, for what opens no page or leaves a picture out."""
    pdf = pypdfium2.PdfDocument(content)
    if not len(pdf):
        raise NotShown
    first = drawn(pdf[0])
    lowest, highest = first.getextrema()
    pictures = any(True for _ in pdf[0].get_objects(filter=[IMAGE], max_depth=3))
    if pictures and lowest == highest:
        raise NotShown
    for number in range(1, len(pdf)):
        pdf[number].close()


def drawn(page: Any) -> Image.Image:
    """The page in grey, small."""
    scale = SIDE / max(page.get_size())
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    return picture


def faces(content: bytes) -> list[str]:
    """Each page as it is shown, in hex of `FACE` by `FACE` greys."""
    pdf = pypdfium2.PdfDocument(content)
    return [face_of(drawn(page)).hex() for page in pdf]


def face_of(picture: Image.Image) -> bytes:
    """A picture in grey as small as it is compared."""
    return picture.resize((FACE, FACE), Image.Resampling.BOX).tobytes()
