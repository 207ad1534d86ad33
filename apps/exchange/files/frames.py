"""What surrounds the rows of a workbook that people read: the rows above the titles, paper, and the last sheet.

Both writers ask here (`printed.py` and `writer.py`), so that a workbook looks the same whoever writes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from math import ceil
from typing import Any

from django.utils import timezone
from openpyxl.utils import get_column_letter

from apps.exchange.files.columns import TEXTUAL, SheetSpec, WorkbookSpec, taken
from apps.folding.domain.folding import visible
from apps.scope.sandbox import current_sandbox

ACROSS_FROM = 96  # digits' widths: what A4 upright holds at 10 pt
IN_SIGHT = 120  # digits' widths that a screen of 1024 pixels shows
TITLE_HEIGHT, LINE_HEIGHT, MOST_LINES = 24, 15, 4  # points, points, lines
TALLEST = 409  # points: no row of Excel is higher
FONT = "Microsoft YaHei"
EDGE_COLOUR, HEAD_COLOUR, QUIET_COLOUR = "C3CEDA", "EAF1F8", "566172"
FOOTER = "第 &P 页，共 &N 页"
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6, "header": 0.3, "footer": 0.3}
MANIFEST_WIDTHS = (24, 60)
GAP = "　"


class Look(Enum):
    """How a row above the titles looks."""

    TITLE = auto()
    ABOUT = auto()
    NOTE = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """A row above the titles; `height` in points, None for the usual one."""

    text: str
    look: Look
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the last sheet says. `conditions` are the filters in force, as (name, value)."""

    title: str = ""
    project: str = ""
    exported_by: str = ""
    at: datetime = field(default_factory=timezone.now)
    conditions: tuple[tuple[str, str], ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        said = [("内容", self.title)] if self.title else []
        return said + self.about()

    def about(self) -> list[tuple[str, str]]:
        """All but the title: project, conditions, who and when."""
        at = f"{timezone.localtime(self.at):%Y-%m-%d %H:%M:%S}"
        said = [("项目", self.project), *self.conditions]
        return [
            *((name, value) for name, value in said if value),
            ("导出人", self.exported_by),
            ("导出时间", at),
        ]


def lines_above(spec: WorkbookSpec, sheet: SheetSpec, manifest: Manifest | None) -> Iterator[Line]:
    """The rows above the titles: what the workbook is, which of it and when, then the sheet's notes."""
    if manifest:
        rehearsed = "" if current_sandbox() is None else "【演练】"
        yield Line(f"{rehearsed}{visible(spec.filename)}", Look.TITLE, TITLE_HEIGHT)
        about = GAP.join(f"{name}：{value}" for name, value in manifest.about() if value)
        about = " ".join(visible(about).split("\n"))
        columns = sheet.columns[: spanned(widths_of(sheet))]
        lines = ceil(taken(about) / sum(column.width for column in columns))
        yield Line(about, Look.ABOUT, LINE_HEIGHT * min(lines, MOST_LINES))
    for note in sheet.notes:
        yield Line(visible(note), Look.NOTE)


def widths_of(sheet: SheetSpec) -> list[int]:
    return [column.width for column in sheet.columns]


def spanned(widths: Sequence[float]) -> int:
    """Over how many columns a title goes: as many as one sees at once."""
    reached = 0.0
    for number, width in enumerate(widths, start=1):
        reached += width
        if reached >= IN_SIGHT:
            return number
    return len(widths)


def orientation(widths: Sequence[float]) -> str:
    """Upright while the columns fit, else across."""
    return "landscape" if sum(widths) > ACROSS_FROM else "portrait"


def wrapping(sheet: SheetSpec) -> list[tuple[int, int]]:
    """The columns whose texts are wrapped, as (position from 0, width)."""
    return [
        (position, column.width)
        for position, column in enumerate(sheet.columns)
        if column.kind in TEXTUAL
    ]


def row_height(texts: Sequence[tuple[int, int]], values: Sequence[Any]) -> int | None:
    """Points that a row of shown values needs for its wrapped texts; None for the usual height."""
    return height_of(max((lines_of(values[at], width) for at, width in texts), default=1))


def height_of(lines: int) -> int | None:
    return min(lines * LINE_HEIGHT, TALLEST) if lines > 1 else None


def lines_of(text: Any, width: int) -> int:
    """Lines that a wrapped text takes in a column, rather too many than too few."""
    if not isinstance(text, str) or (2 * len(text) <= width and "\n" not in text):
        return 1
    if "\n" not in text:
        return ceil(_breadth(text) / (width - 1)) or 1
    return sum(ceil(_breadth(part) / (width - 1)) or 1 for part in text.split("\n"))


def _breadth(text: str) -> float:
    """What `taken` says, or a little more, in a tenth of its time: a Chinese character has three bytes."""
    return len(text) if text.isascii() else (len(text) + len(text.encode("utf-8", "replace"))) / 2


def manifest_rows(
    manifest: Manifest, counts: Sequence[tuple[str, int]]
) -> list[tuple[str, str | int]]:
    """The rows of the last sheet; `counts` are the rows of each sheet by its title."""
    return [
        *manifest.lines(),
        *((f"工作表“{title}”行数", count) for title, count in counts),
        ("总行数", sum(count for _, count in counts)),
    ]


def merged_ranges(above: Sequence[Line], widths: Sequence[float]) -> list[str]:
    """The cells that are one in the rows above the titles."""
    right = get_column_letter(spanned(widths))
    return [
        f"A{at}:{right}{at}"
        for at, line in enumerate(above, start=1)
        if line.look is not Look.NOTE and right != "A"
    ]
