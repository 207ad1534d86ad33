"""The letters of every PDF: one font to whoever draws, several files behind it, and no crossed box on paper.

Invariant: what is drawn has a glyph, and its text can be read back from the file; a character that none of the fonts
has is refused before anything is written. Each document holds only the glyphs that it shows.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from apps.scope.sandbox import current_sandbox

FONT = "NotoSansSC"
CHAIN = (
    ("NotoSansSC-gbk", range(0x20, 0x110000)),
    ("NotoSansSC-more", range(0x80, 0x110000)),  # GB 18030 beyond GBK
    ("HanRare", range(0x20000, 0x2EBE1)),  # ideographs of extensions B to F
)
"""Names of files, in the order in which they are asked, and for what."""
SUBSETS = 1 << 12  # more than the subsets of 256 characters that one font can have
_EMBEDDING = Lock()
_ASTRAL = re.compile(r"<([0-9A-F]{5,6})>")
LINE_FEED = "\n"
REHEARSED, INK, SIZE, ALPHA = "演练", "#c62828", 160, 0.2


class Unprintable(ValueError):
    """A character can't be printed; the message is the sentence for the person."""

    def __init__(self, character: str, text: str, place: str = "") -> None:
        where = f"{place}“{text}”" if place else f"“{text}”"
        super().__init__(
            f"{where}里的“{character}”（U+{ord(character):04X}）不在可打印的字库中，文件没有生成；"
            "请改用规范字后重试。"
        )


class _Embedded(TTFont):
    """One file of fonts. Its characters beyond the basic plane can be read back as well."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (reportlab's name)
        before = set(doc.idToObject)
        with _EMBEDDING:  # the reader of the file has one place in it
            super().addObjects(doc)
        for name in set(doc.idToObject) - before:
            if name.startswith("toUnicodeCMap:"):
                stream = doc.idToObject[name]
                stream.content = _ASTRAL.sub(_in_pairs, stream.content)


def _in_pairs(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"


class Lettering:
    """What reportlab takes for a font: each run of characters is drawn by the first file that has them."""

    _multiByte = _dynamicFont = 1  # noqa: N815 (reportlab's names)
    shapable = False
    encoding = None

    def __init__(self) -> None:
        self.fontName = FONT
        self.face = self._font(0).face

    @cached_property
    def _common(self) -> frozenset[str]:
        """What the first file has."""
        return frozenset(map(chr, self.face.charToGlyph)) | {"\xa0"}

    @staticmethod
    @cache
    def _font(number: int) -> _Embedded:
        name, _ = CHAIN[number]
        with _EMBEDDING:
            return _Embedded(name, str(Path(__file__).parent / "fonts" / f"{name}.ttf"))

    @cache  # noqa: B019 (there is one of it)
    def _of(self, character: str) -> int | None:
        """The number of the file that draws the character."""
        code = ord(character)
        return next(
            (
                number
                for number, (_, holds) in enumerate(CHAIN)
                if code in holds and (code == 0xA0 or code in self._font(number).face.charToGlyph)  # noqa: PLR2004
            ),
            None,
        )

    def missing(self, text: str) -> str:
        """The first character that can't be drawn, or nothing."""
        if self._common.issuperset(text):
            return ""
        return next((character for character in text if self._of(character) is None), "")

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: N802
        if self._common.issuperset(text):
            return float(self._font(0).stringWidth(text, size))
        return sum(self._font(n).stringWidth(run, size) for n, run in self._runs(text))

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802
        return [
            (number * SUBSETS + subset, codes)
            for number, run in self._runs(text)
            for subset, codes in self._font(number).splitString(run, doc)
        ]

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802
        number, own = divmod(subset, SUBSETS)
        return str(self._font(number).getSubsetInternalName(own, doc))

    def _runs(self, text: str) -> Iterator[tuple[int, str]]:
        for number, run in groupby(text, self._of):
            them = "".join(run)
            if number is None:
                raise Unprintable(them[0], text)
            yield number, them


@cache
def lettering() -> Lettering:
    """The one of the process, known to reportlab under `FONT`."""
    made = Lettering()
    pdfmetrics.registerFont(made)
    return made


def printable(value: Any, place: str = "") -> str:
    """The value as paper shows it: no control or invisible characters. `place` names it. Raises `Unprintable`."""
    text = "" if value is None else str(value)
    if not lettering().missing(text):
        return text
    composed = unicodedata.normalize("NFC", text) if any(map(unicodedata.combining, text)) else text
    seen = "".join(map(_visible, composed))
    if lacking := lettering().missing(seen.replace(LINE_FEED, "")):
        raise Unprintable(lacking, text, place)
    return seen


def _visible(character: str) -> str:
    """A space for what separates, nothing for what only marks (directions, joiners, variants of a glyph)."""
    if character == LINE_FEED:
        return character
    category = unicodedata.category(character)
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return character if lettering().missing(character) == "" else " "
    is_variant = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return "" if category == "Cf" or is_variant else character


def mark_rehearsed(canvas: Canvas, across: float, up: float) -> None:
    """演练 across a page of this size, in points: nobody shall sign it, or take its figures for real."""
    if current_sandbox() is None:
        return
    canvas.saveState()
    canvas.translate(across / 2, up / 2)
    canvas.rotate(45)
    canvas.setFont(FONT, SIZE)
    canvas.setFillColor(colors.HexColor(INK))
    canvas.setFillAlpha(ALPHA)
    canvas.drawCentredString(0, -SIZE / 3, REHEARSED)
    canvas.restoreState()
