"""A manual as PDF: the same text and pictures as on the page, laid out as every paper of the product."""

import io
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it.token import Token
from reportlab.lib.units import mm
from reportlab.platypus import Image

from apps.exchange.files.pdf import (
    Block,
    Document,
    Room,
    Space,
    Text,
    table_width,
    write_pdf,
)
from apps.portal.files.manuals import PICTURES, Manual, manual_of, picture_of, plain

SIZES = {"h2": 15.0, "h3": 12.0}
ROOM = {"h2": 140, "h3": 40}
"""Millimetres: a heading stands with what follows it, a chapter's with its picture."""
INDENT = "\u3000"
POINTS, HIGHEST = 0.5, 105 * mm
"""Of a dot of the screen, and of the highest picture."""
UNNUMBERED = 0


@cache
def manual_paper(key: str) -> bytes:
    """Made once in each process: the text comes with the program. Raises `KeyError`."""
    manual = manual_of(key)
    file = io.BytesIO()
    title = f"分量 · {manual.title}"
    write_pdf(file, Document(title=title, blocks=[*_contents(manual), *_blocks(manual.tokens)]))
    return file.getvalue()


def _contents(manual: Manual) -> Iterator[Block]:
    chapters = [heading.title for heading in manual.headings if heading.level == 2]  # noqa: PLR2004
    yield Text("目录", size=12)
    yield from (Text(f"{number}　{title}") for number, title in enumerate(chapters, 1))
    yield Space(6)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """Every inline token is a heading, a paragraph or an item of a list."""
    marks: list[int] = []
    first, heading = "", ""
    for token in tokens:
        match token.type:
            case "ordered_list_open":
                marks.append(int(token.attrGet("start") or 1))
            case "bullet_list_open":
                marks.append(UNNUMBERED)
            case "ordered_list_close" | "bullet_list_close":
                marks.pop()
            case "list_item_open":
                first = f"{marks[-1]}．" if marks[-1] else "·　"
                marks[-1] += bool(marks[-1])
            case "heading_open":
                heading = token.tag
            case "inline":
                yield from _said(token, heading, INDENT * len(marks[1:]) + first)
                first, heading = "", ""


def _said(token: Token, heading: str, before: str) -> Iterator[Block]:
    words = plain(token)
    if heading:
        yield Room(ROOM[heading])
        yield Space(3)
    if words:
        yield Text(before + words, size=SIZES.get(heading, 10))
    for child in token.children or ():
        if child.type == "image":
            yield _picture(picture_of(str(child.attrGet("src"))))
            yield Text(child.content, size=9, quiet=True)


def _picture(name: str) -> Image:
    """As wide as the page takes it, never enlarged."""
    image = Image(str(PICTURES / name), hAlign="LEFT")
    scale = min(POINTS, table_width() / image.imageWidth, HIGHEST / image.imageHeight)
    image.drawWidth, image.drawHeight = image.imageWidth * scale, image.imageHeight * scale
    return image
