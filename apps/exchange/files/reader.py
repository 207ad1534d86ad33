"""Reads a workbook against a column table, in the process that asks: uploads are read by `uploads.asking`.

Invariant: no cell is dropped silently: what is not read is a problem or a note. Raises `FileRefused` when the
file as a whole can't be used.
"""

import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO
from xml.parsers import expat

from openpyxl.utils.cell import range_boundaries

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.headers import HEADER_ROWS, Header, find_header
from apps.exchange.files.opened import OpenedBook, OpenedSheet, Raw
from apps.exchange.files.parsing import CellRefused, parse_cell
from apps.exchange.files.readings import Problem, Reading, Row, RowValues
from apps.exchange.files.sheets import pair_sheets
from apps.exchange.files.stamps import Sealed, sealed_in, unsealed
from apps.exchange.files.upload_checks import (
    DAMAGED,
    LIMITS,
    FileRefused,
    Limits,
    Shapes,
    SheetShape,
    check_upload,
)
from apps.folding.domain.folding import folded

COLUMNS = 200  # looked at; what stands further right has no title
PROBLEMS = 20_000  # then reading stops: nobody mends more at a time
UNCALCULATED = "公式没有计算结果，请用 Excel 或 WPS 打开这份表格，保存后再上传，或改填数值"
TOTALS = frozenset({"合计", "总计", "小计", "共计", "总数", "合计数", "本页合计", "total"})
LONGEST_TOTAL = 12  # characters
TOTALS_BEGIN = frozenset("合总小共本tTｔＴ")
STEP = 500  # rows between two calls of `progress`
Progress = Callable[[int], None]
Take = Callable[[Row], None]
Unseal = Callable[[Sealed | None], Mapping[str, Any]]


def read_workbook(
    file: BinaryIO,
    spec: WorkbookSpec,
    *,
    filename: str = "上传.xlsx",
    limits: Limits = LIMITS,
    progress: Progress | None = None,
    take: Take | None = None,
    unseal: Unseal = unsealed,
) -> Reading:
    """Check the upload, then read every sheet of `spec`. Raises `FileRefused`.

    `progress` is told the rows read so far, now and then. `take` gets the rows instead of the reading, as they come;
    `unseal` says what the stamp says.
    """
    shapes = check_upload(file, filename, limits)
    reading = Reading()
    with damage_refused():
        book = OpenedBook(file)
        sealed = sealed_in(book)
        reading.stamp = unseal(sealed)
    for sheet, worksheet in pair_sheets(book, spec):
        if worksheet is not None:
            SheetReader(sheet, worksheet, reading, progress, take).read(shapes)
        elif not sheet.optional:
            reading.problems.append(Problem(sheet.title, None, "", _missing(sheet, book)))
    _require_rows(spec, reading)
    file.seek(0)
    return reading


@contextmanager
def damage_refused() -> Generator[None, None, None]:
    """What a workbook raises that no program has written."""
    try:
        yield
    except FileRefused:
        raise
    except (LookupError, ValueError, TypeError, StopIteration, expat.ExpatError) as error:
        raise FileRefused(DAMAGED) from error
    except (EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, OSError) as error:
        raise FileRefused(DAMAGED) from error


def _missing(sheet: SheetSpec, book: OpenedBook) -> str:
    titles = "、".join(f"“{sheet.title}”" for sheet in book.worksheets[:5])
    there = f"（文件里有{titles}）" if titles else ""
    return f"缺少工作表“{sheet.title}”{there}，请使用下载的模板，或把工作表改成这个名称"


def _require_rows(spec: WorkbookSpec, reading: Reading) -> None:
    """A workbook of optional sheets must fill at least one of them."""
    if not reading.count() and not reading.problems:
        titles = "、".join(f"“{sheet.title}”" for sheet in spec.sheets)
        message = f"没有数据：工作表{titles}中没有填写任何一行"
        reading.problems.append(Problem(spec.sheets[0].title, None, "", message))


class SheetReader:
    """Reads one sheet into `reading`."""

    def __init__(
        self,
        spec: SheetSpec,
        worksheet: OpenedSheet,
        reading: Reading,
        progress: Progress | None,
        take: Take | None,
    ) -> None:
        self.spec = spec
        self.worksheet = worksheet
        self.epoch = worksheet.book.epoch
        self.reading = reading
        self.progress = progress or (lambda _rows: None)
        self.before = reading.count()
        self.rows: list[Row] = reading.rows.setdefault(spec.title, [])
        self.take = take
        self.count = self.hidden = 0
        self.places = {column.key: place for place, column in enumerate(spec.columns)}
        self.seen: dict[tuple[Any, ...], int] = {}
        self.merged: dict[tuple[int, int], int] = {}
        self.anchors: dict[tuple[int, int], Raw] = {}
        self.uncalculated: dict[int, set[int]] = {}
        self.hidden_rows: set[int] = set()
        self.totals: list[int] = []

    def read(self, shapes: Shapes) -> None:
        shape = shapes.get(self.worksheet.path)
        if shape is None:
            raise FileRefused(DAMAGED)
        self.merged = _merged_cells(shape)
        self.uncalculated, self.hidden_rows = shape.uncalculated, shape.hidden_rows
        header = self._header()
        if header is None:
            return
        for number, cells in self._lines(header.width):
            if number <= header.row:
                continue
            if len(self.reading.problems) > PROBLEMS:
                self._problem(None, "", "问题过多，后面的行没有再检查，请先修改上面的问题")
                break
            self._line(header, number, cells)
            if number % STEP == 0:
                self.progress(self.before + number)
        self._closing_words(header)

    def _lines(self, width: int) -> Iterator[tuple[int, list[Raw]]]:
        """The rows with their numbers. Raises `FileRefused` where they can't be read."""
        with damage_refused():
            yield from self.worksheet.rows(width)

    def _header(self) -> Header | None:
        is_empty = True
        for number, cells in self._lines(COLUMNS):
            if number > HEADER_ROWS:
                break
            values = [value for value, _ in cells]
            is_empty = is_empty and all(_is_blank(value) for value in values)
            header = find_header(self.spec, number, values)
            if header:
                self.reading.problems += header.problems()
                return None if header.missing or header.repeated else header
        if is_empty and self.spec.optional:
            return None
        if is_empty:
            self._problem(None, "", "工作表是空的")
        else:
            titles = "、".join(column.title for column in self.spec.columns[:6])
            message = f"找不到表头：前 {HEADER_ROWS} 行里应有一行写着“{titles}”等列名"
            self._problem(None, "", message)
        return None

    def _line(self, header: Header, number: int, cells: list[Raw]) -> None:
        found = {column.key: cells[position] for position, column in header.columns if cells}
        uncalculated = self.uncalculated.get(number, set()) & header.positions
        if not uncalculated and all(_is_blank(raw) for raw, _ in found.values()):
            return
        if self._is_total(header, found, cells):
            self.totals.append(number)
            return
        values: dict[str, Any] = {column.key: column.empty for column in header.absent}
        broken = set()
        for position, column in header.columns:
            try:
                if position in uncalculated:
                    raise CellRefused(UNCALCULATED)  # noqa: TRY301
                if (number, position) in self.merged:
                    values[column.key] = self._merged(number, position, column, found[column.key])
                else:
                    values[column.key] = self._parsed(column, found[column.key])
            except CellRefused as refusal:
                values[column.key] = column.empty
                broken.add(column.key)
                self._problem(number, column.title, str(refusal))
        found_values = RowValues(self.places, tuple(values[key] for key in self.places))
        row = Row(self.spec, number, found_values, frozenset(broken), header.absent_keys)
        self._check_duplicate(row)
        self.count += 1
        self.hidden += number in self.hidden_rows
        if self.take is None:
            self.rows.append(row)
        else:
            self.reading.passed_on += 1
            self.take(row)

    def _is_total(self, header: Header, found: dict[str, Raw], cells: list[Raw]) -> bool:
        """A row of sums: it says so, and a cell that every row must fill in is blank or says so too."""
        needed = (found[column.key][0] for _, column in header.columns if column.required)
        return any(_is_blank(raw) or _says_total(raw) for raw in needed) and any(
            _says_total(raw) for raw, _ in cells
        )

    def _parsed(self, column: Column, raw: Raw) -> Any:
        value, number_format = raw
        return parse_cell(column, value, number_format=number_format, epoch=self.epoch)

    def _merged(self, number: int, position: int, column: Column, raw: Raw) -> Any:
        """Every row of a cell merged over several rows holds what its first row says."""
        if column.kind in {Kind.WHOLE, Kind.DECIMAL}:
            raise CellRefused("数字不能放在合并单元格里，请取消合并后逐行填写")
        top = self.merged[number, position]
        if top == number:
            self.anchors[number, position] = raw
        return self._parsed(column, self.anchors.get((top, position), raw))

    def _check_duplicate(self, row: Row) -> None:
        if not self.spec.key or row.broken.intersection(self.spec.key):
            return
        first = self.seen.setdefault(tuple(map(_meant, row.identity)), row.number)
        if first != row.number:
            titles = "、".join(self.spec.column(key).title for key in self.spec.key)
            column = self.spec.column(self.spec.key[0]).title
            self._problem(row.number, column, f"与第 {first} 行重复（{titles}相同）")

    def _closing_words(self, header: Header) -> None:
        if not self.count and not self.reading.problems and not self.spec.optional:
            self._problem(None, "", "没有数据：表头下面没有填写任何一行")
        if self.hidden:
            self.reading.notes.append(
                f"工作表“{self.spec.title}”有 {self.hidden} 行被隐藏或筛掉，这些行也已读入"
            )
        if self.totals:
            numbers = "、".join(str(number) for number in self.totals[:8])
            self.reading.notes.append(f"工作表“{self.spec.title}”第 {numbers} 行是合计，没有读入")
        if header.unknown:
            names = "、".join(f"“{name}”" for name in header.unknown[:8])
            self.reading.notes.append(
                f"工作表“{self.spec.title}”中 {names} 不是模板里的列，没有读入"
            )

    def _problem(self, row: int | None, column: str, message: str) -> None:
        self.reading.problems.append(Problem(self.spec.title, row, column, message))


def _merged_cells(shape: SheetShape) -> dict[tuple[int, int], int]:
    """The cells (row from 1, position from 0) merged over several rows, each with its first row."""
    merged: dict[tuple[int, int], int] = {}
    for reference in shape.merges:
        left, top, _right, bottom = range_boundaries(reference)
        if bottom > top and len(merged) + bottom - top < LIMITS.rows:
            merged |= dict.fromkeys(((row, left - 1) for row in range(top, bottom + 1)), top)
        elif bottom > top:
            raise FileRefused("合并单元格过多，请取消合并后再上传")
    return merged


def _meant(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else value


def _says_total(raw: Any) -> bool:
    if not isinstance(raw, str) or len(raw) > LONGEST_TOTAL or raw.strip()[:1] not in TOTALS_BEGIN:
        return False
    return folded(raw).strip(":") in TOTALS


def _is_blank(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())
