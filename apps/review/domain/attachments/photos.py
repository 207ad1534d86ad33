"""Photos of a signed document made into one PDF: upright, a page each, without what a phone writes into them.

Runs inside `apps.quarantine` alone. Invariants: no picture is decoded beyond what `pictures` allows; what the viewer
shows of each page is what the photo shows, no part of it missing and none of its shades lost.
"""

import io
from collections.abc import Sequence
from typing import IO

from PIL import Image, ImageOps
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from apps.quarantine import rendering
from apps.quarantine.inside import Inside, Refused
from apps.quarantine.pdf import codes_of, probe
from apps.quarantine.pictures import Giant, picture
from apps.quarantine.rendering import face_of

SIDE = 2200  # pixels of the longer side: some 190 dots an inch on A4
QUALITY = 78
MARGIN = 5 * mm
GREY = 960  # pixels of the longer side of what is compared
EDGES, FARTHEST = 5, 16
"""Greys of 255 that a page may be away from its photo: letters are some 3 away, noise 12, a blank page 30 to 110."""
DEEP = frozenset({"I", "F", "I;16", "I;16L", "I;16B"})


class PhotoRefused(Refused):
    """A photo can't be used; the message is the sentence for the person."""


def make(inside: Inside, *, names: Sequence[str]) -> Sequence[Sequence[str]]:
    """The photos as one PDF in the output, held against its pages; the codes on them. Raises `PhotoRefused`."""
    content = assemble(inside.files, names)
    compare(inside.files, names, () if probe(content).problem else rendering.faces(content))
    inside.written.write(content)
    return codes_of(content)


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
    try:
        with picture(file, "RGB", SIDE) as opened:
            turned = _on_white(ImageOps.exif_transpose(opened))
            turned.thumbnail((SIDE, SIDE))
            return turned
    except Giant as giant:
        raise PhotoRefused(f"照片“{name}”的尺寸过大，请压缩后再上传。") from giant
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PhotoRefused(f"照片“{name}”读不出来，可能已损坏，请重新拍摄后再上传。") from error


def compare(files: Sequence[IO[bytes]], names: Sequence[str], faces: Sequence[str]) -> None:
    """Hold the pages, as the viewer shows them, against the photos that they were made of. Raises `PhotoRefused`."""
    if len(faces) != len(files):
        raise PhotoRefused("照片是空白的，或没有能合成 PDF，请重新拍摄后再上传。")
    for file, name, shown in zip(files, names, faces, strict=True):
        due = face_of(_page_of(_in_grey(file)))
        if _distance(due, bytes.fromhex(shown)) > FARTHEST:
            raise PhotoRefused(
                f"照片“{name}”转换后与原图不一致，请另存为普通 JPG 或改为扫描件后再上传。"
            )


def _in_grey(file: IO[bytes]) -> Image.Image:
    """The photo by a way of its own: stretched over its own shades, so that one that lost them shows."""
    with picture(file, "L", SIDE) as opened:
        turned = ImageOps.exif_transpose(opened)
        if turned.mode in DEEP:
            return _of_deep(turned)
        if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
            ink = turned.convert("RGBA")
            paper = Image.new("L", ink.size, "white")
            paper.paste(ink.convert("L"), mask=ink.getchannel("A"))
            return paper
        return turned.convert("L")


def _page_of(photo: Image.Image) -> Image.Image:
    """The page in grey on which the photo stands whole, in the middle."""
    page = landscape(A4) if photo.width > photo.height else A4
    scale = GREY / max(page)
    paper = Image.new("L", (round(page[0] * scale), round(page[1] * scale)), "white")
    room = [(side - 2 * MARGIN) * scale for side in page]
    share = min(room[0] / photo.width, room[1] / photo.height)
    size = max(1, round(photo.width * share)), max(1, round(photo.height * share))
    small = photo.resize(size, Image.Resampling.BOX)
    paper.paste(small, ((paper.width - size[0]) // 2, (paper.height - size[1]) // 2))
    return paper


def _distance(one: bytes, other: bytes) -> int:
    """Of two faces: the difference of their greys, without the few places where an edge falls."""
    return sorted((abs(a - b) for a, b in zip(one, other, strict=True)), reverse=True)[EDGES]


def _of_deep(photo: Image.Image) -> Image.Image:
    """Sixteen bits of grey as eight; a plain conversion would make everything white."""
    whole = photo.convert("I").convert("F")
    return whole.point(lambda value: value / 257 + 0).convert("L")  # this form is all that it takes


def _on_white(photo: Image.Image) -> Image.Image:
    """Without transparency: what shows through is paper."""
    if photo.mode in DEEP:
        return _of_deep(photo).convert("RGB")
    if photo.mode in {"RGBA", "LA", "PA"} or "transparency" in photo.info:
        paper = Image.new("RGBA", photo.size, "white")
        return Image.alpha_composite(paper, photo.convert("RGBA")).convert("RGB")
    return photo.convert("RGB")


def _squeezed(photo: Image.Image) -> io.BytesIO:
    kept = io.BytesIO()
    photo.save(kept, "JPEG", quality=QUALITY)
    kept.seek(0)
    return kept
