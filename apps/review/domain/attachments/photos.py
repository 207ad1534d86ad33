"""Photos of a signed document made into one PDF: upright, a page each, without what a phone writes into them.

Invariant: no picture is decoded beyond `MOST_PIXELS`, whatever it declares.
"""

import io
from collections.abc import Sequence
from typing import IO

from PIL import Image, ImageOps
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

MOST_PHOTOS = 20
MOST_PIXELS = 60_000_000
SIDE = 2200  # pixels of the longer side: some 190 dots an inch on A4
QUALITY = 78
MARGIN = 5 * mm


class PhotoRefused(ValueError):
    """A photo can't be used; the message is the sentence for the person."""


def assemble(files: Sequence[IO[bytes]], names: Sequence[str]) -> bytes:
    """The photos in their order as one PDF. Raises `PhotoRefused`."""
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=1)
    for file, name in zip(files, names, strict=True):
        photo = _upright(file, name)
        page = landscape(A4) if photo.width > photo.height else A4
        canvas.setPageSize(page)
        room = page[0] - 2 * MARGIN, page[1] - 2 * MARGIN
        share = min(room[0] / photo.width, room[1] / photo.height)
        size = photo.width * share, photo.height * share
        place = (page[0] - size[0]) / 2, (page[1] - size[1]) / 2
        canvas.drawImage(ImageReader(_squeezed(photo)), *place, *size)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _upright(file: IO[bytes], name: str) -> Image.Image:
    file.seek(0)
    try:
        with Image.open(file, formats=["JPEG", "PNG"]) as opened:
            _refuse_giant(opened, name)
            opened.draft("RGB", (SIDE, SIDE))
            turned = ImageOps.exif_transpose(opened)
            turned.thumbnail((SIDE, SIDE))
            return _on_white(turned)
    except PhotoRefused:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PhotoRefused(f"照片“{name}”读不出来，可能已损坏，请重新拍摄后再上传。") from error


def _refuse_giant(photo: Image.Image, name: str) -> None:
    """Before anything is decoded."""
    if photo.width * photo.height > MOST_PIXELS:
        raise PhotoRefused(f"照片“{name}”的尺寸过大，请压缩后再上传。")


def _on_white(photo: Image.Image) -> Image.Image:
    """Without transparency: what shows through is paper."""
    if photo.mode in {"RGBA", "LA", "PA"} or "transparency" in photo.info:
        paper = Image.new("RGBA", photo.size, "white")
        return Image.alpha_composite(paper, photo.convert("RGBA")).convert("RGB")
    return photo.convert("RGB")


def _squeezed(photo: Image.Image) -> io.BytesIO:
    kept = io.BytesIO()
    photo.save(kept, "JPEG", quality=QUALITY)
    kept.seek(0)
    return kept
