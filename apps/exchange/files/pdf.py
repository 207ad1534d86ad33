"""One layout for every PDF: title, facts, tables with repeated headers, page x of y, an embedded Chinese font.

    write_pdf(file, Document(
        title="账号发放单", subtitle="湖北省医疗保障局",
        facts=(("发放人", "周省局"), ("发放时间", "2026-11-22 10:00")),
        blocks=(Table(headers=("用户名", "单位"), rows=rows, widths=(2, 5), align="lr"), Text("请妥善保管。"),
                Signatures()),
    ))

Blocks are laid out in order. Widths are shares of the page's width. Texts are plain: nothing in them is markup.

Invariants: nothing is cut, and no number or code is broken over two lines; a character that can't be printed is
refused with the place where it stands (`Unprintable`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, TypeAlias
from xml.sax.saxutils import escape

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as PlainTable

from apps.exchange.files.lettering import FONT, lettering, mark_rehearsed, printable
from apps.exchange.files.line_breaks import lines_of

MARGIN, FOOTER = 18 * mm, 10 * mm
FOOTER_SIZE, FOOTER_LEADING = 8, 10  # points
PADDING = 3 * mm
QR_SIDE, QR_ABOVE, QR_FORM = 20 * mm, 6 * mm, "qr"
"""Of the QR code in a corner: as large as a scan of 120 dots an inch needs it; most printers leave 5 mm empty."""
FRAME, SLACK = 6, 0.5  # points: a frame's own padding, and what a sum of widths may lose
SIGNATURE, SIGNED = 16 * mm, 10  # the room of a signature, the size of its label
INK, QUIET, RULE, SHADE = "#16222e", "#566172", "#c3ceda", "#eaf1f8"
PLAIN = (
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
)
ALIGNMENTS = {"l": "LEFT", "r": "RIGHT", "c": "CENTER"}


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; line breaks are kept."""

    text: str
    size: float = 10
    align: str = "l"
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values under headers that return on every page. `align`: one of l r c per column."""

    headers: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[float] = ()
    align: str = ""
    size: float = 9


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of `size` millimetres."""

    text: str
    size: float = 28


@dataclass(frozen=True, slots=True)
class Heading:
    """Facts at the left, a QR code at the right of them."""

    facts: Sequence[tuple[str, str]]
    qr: Qr


@dataclass(frozen=True, slots=True)
class Space:
    """Empty room, in millimetres."""

    height: float = 4


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign, side by side, each label before its line; never alone on a page without what is signed."""

    labels: Sequence[str] = ("负责人（签字）", "单位（盖章）", "日期")


@dataclass(frozen=True, slots=True)
class Room:
    """What follows starts on a new page unless so many millimetres are left on this one."""

    height: float


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows starts on a page of its own."""


Block: TypeAlias = Text | Table | Qr | Heading | Space | Room | Signatures | NewPage | Flowable
"""What the library lays out by itself stands as it is."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document's content. `footer` stands at the left of every page's last line, `keywords` in the file only.

    `qr` is a QR code in the upper corner of every page but the first, whose heading shows it, so that no page can be
    exchanged for another one unnoticed.
    """

    title: str
    blocks: Iterable[Block]
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    footer: str = ""
    landscape: bool = False
    keywords: str = ""
    qr: str = ""


def write_pdf(file: IO[bytes], document: Document) -> int:
    """Lay the document out and write it. Returns the number of pages. Raises `Unprintable`."""
    lettering()
    page = landscape(A4) if document.landscape else A4
    footer = Footer(document.footer or document.title, page, document.qr)
    template = BaseDocTemplate(
        file,
        pagesize=page,
        title=document.title,
        author="分量",
        keywords=document.keywords,
        pageTemplates=[
            PageTemplate("first", footer.frame(MARGIN), autoNextPageTemplate="later"),
            PageTemplate("later", footer.frame(max(MARGIN, footer.head))),
        ],
    )
    width = table_width(landscape=document.landscape)
    story = _head(document, width)
    for block in document.blocks:
        story += _flowables(block, width)
    template.build(story, canvasmaker=partial(NumberedCanvas, footer))
    return int(template.page)


def table_width(*, landscape: bool = False) -> float:
    """Of a page what stands between its margins, in points."""
    across: float = max(A4) if landscape else min(A4)
    return across - 2 * MARGIN - 2 * FRAME


def widest(texts: Iterable[str], size: float) -> float:
    """The width in points of a table's column that takes every one of these texts on one line."""
    lettering()
    longest = max((pdfmetrics.stringWidth(text, FONT, size) for text in texts), default=0)
    return float(longest) + PADDING + SLACK


class Footer:
    """The last lines of every page of this size: as many as the text takes, beside the page's number; the QR code."""

    def __init__(self, text: str, page: tuple[float, float], qr: str = "") -> None:
        numbers = pdfmetrics.stringWidth("第 00000 页 / 共 00000 页", FONT, FOOTER_SIZE)
        self.qr = qr
        self.across, self.up = page
        room = self.across - 2 * MARGIN - numbers
        self.lines = lines_of(printable(text, "页脚"), room, FOOTER_SIZE)

    @property
    def height(self) -> float:
        return FOOTER + len(self.lines) * FOOTER_LEADING + 2 * mm

    @property
    def head(self) -> float:
        """What the QR code takes above the text of every page but the first."""
        return QR_ABOVE + QR_SIDE + 1 * mm if self.qr else 0

    def frame(self, head: float) -> Frame:
        """The room of the text below a margin of `head` points."""
        below = max(MARGIN, self.height)
        return Frame(MARGIN, below, self.across - 2 * MARGIN, self.up - below - head)

    def draw(self, canvas: Canvas, number: int, total: int) -> None:
        mark_rehearsed(canvas, self.across, self.up)
        canvas.setFont(FONT, FOOTER_SIZE)
        canvas.setFillColor(colors.HexColor(QUIET))
        for below, line in zip(range(len(self.lines))[::-1], self.lines, strict=True):
            canvas.drawString(MARGIN, FOOTER + below * FOOTER_LEADING, line)
        canvas.drawRightString(self.across - MARGIN, FOOTER, f"第 {number} 页 / 共 {total} 页")
        if self.qr and number > 1:
            self._draw_qr(canvas)

    def _draw_qr(self, canvas: Canvas) -> None:
        """Drawn once, shown on every page but the first."""
        if not canvas.hasForm(QR_FORM):
            canvas.beginForm(QR_FORM)
            renderPDF.draw(_qr(Qr(self.qr, QR_SIDE / mm), border=1), canvas, 0, 0)
            canvas.endForm()
        canvas.saveState()
        canvas.translate(self.across - MARGIN - FRAME - QR_SIDE, self.up - QR_ABOVE - QR_SIDE)
        canvas.doForm(QR_FORM)
        canvas.restoreState()


class NumberedCanvas(Canvas):
    """Draws the footer of every page once the number of pages is known."""

    def __init__(self, footer: Footer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._footer = footer
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  (reportlab's name)
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._footer.draw(self, number, len(self._pages))
            super().showPage()
        super().save()


def _style(
    size: float, *, align: str = "l", quiet: bool = False, after: float = 0
) -> ParagraphStyle:
    return ParagraphStyle(
        "text",
        fontName=FONT,
        fontSize=size,
        leading=size * 1.5,
        alignment={"l": 0, "c": 1, "r": 2}[align],
        textColor=colors.HexColor(QUIET if quiet else INK),
        spaceAfter=after,
        wordWrap="CJK",
    )


def _head(document: Document, width: float) -> list[Flowable]:
    story = [_lines(document.title, _style(16, align="c", after=4), width, "标题")]
    if document.subtitle:
        style = _style(10, align="c", quiet=True, after=6)
        story.append(_lines(document.subtitle, style, width, "标题"))
    story += _facts(document.facts, width, after=1)
    return [*story, Spacer(1, 4 * mm)]


def _facts(facts: Sequence[tuple[str, str]], width: float, after: float = 0) -> list[Flowable]:
    style = _style(9.5, after=after)
    return [_lines(f"{name}：{printable(value, name)}", style, width) for name, value in facts]


def _lines(text: str, style: ParagraphStyle, width: float, place: str = "") -> Flowable:
    """A paragraph in a column of so many points, broken as `line_breaks` says."""
    broken = lines_of(printable(text, place), width - SLACK, style.fontSize)
    return Paragraph("<br/>".join(map(_markup, broken)), style)


def _markup(text: str) -> str:
    """Plain text for reportlab, which would drop the wide spaces that Chinese letters indent with."""
    return escape(text).replace("\u3000", "\u00a0" * 4)


def _flowables(block: Block, width: float) -> list[Flowable]:  # noqa: PLR0911 - one for each block
    match block:
        case Text():
            style = _style(block.size, align=block.align, quiet=block.quiet, after=4)
            return [_lines(block.text, style, width)]
        case Table():
            return [_table(block, width), Spacer(1, 4 * mm)]
        case Qr():
            return [_qr(block)]
        case Signatures():
            return [CondPageBreak(SIGNATURE + 4 * mm), _signatures(block, width)]
        case Heading():
            return [_heading(block, width), Spacer(1, 3 * mm)]
        case Space():
            return [Spacer(1, block.height * mm)]
        case Room():
            return [CondPageBreak(block.height * mm)]
        case NewPage():
            return [PageBreak()]
        case _:
            return [block]


def _table(table: Table, width: float) -> Flowable:
    shares = table.widths or [1] * len(table.headers)
    widths = [width * share / sum(shares) for share in shares]
    align = table.align or "l" * len(table.headers)
    fitted = _fitter(table.headers, widths, align, table.size)
    cells = [fitted(table.headers, 0)]
    cells += [fitted(row, number) for number, row in enumerate(table.rows, 1)]
    commands: list[Any] = [
        ("FONT", (0, 0), (-1, -1), FONT, table.size),
        ("TEXTCOLOR", (0, 0), (-1, -1), colors.HexColor(INK)),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor(SHADE)),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor(RULE)),
        ("LINEABOVE", (0, 0), (-1, 0), 0.4, colors.HexColor(RULE)),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING / 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING / 2),
    ]
    commands += [
        ("ALIGN", (position, 0), (position, -1), ALIGNMENTS[letter])
        for position, letter in enumerate(align)
    ]
    return LongTable(cells, colWidths=widths, repeatRows=1, style=commands)


def _fitter(
    titles: Sequence[str], widths: Sequence[float], align: str, size: float
) -> Callable[[Sequence[Any], int], list[Any]]:
    """Values as strings where they fit, as paragraphs where they need several lines (those cost time)."""
    styles = [_style(size, align=letter) for letter in align]

    def fitted(row: Sequence[Any], number: int) -> list[Any]:
        return [
            _cell(printable(value, f"第 {number} 行“{title}”"), width - PADDING, style)
            for value, title, width, style in zip(row, titles, widths, styles, strict=True)
        ]

    return fitted


def _cell(text: str, room: float, style: ParagraphStyle) -> Any:
    if "\n" not in text and pdfmetrics.stringWidth(text, FONT, style.fontSize) <= room:
        return text
    return _lines(text, style, room)


def _signatures(block: Signatures, width: float) -> Flowable:
    column = width / len(block.labels)
    cells: list[str] = []
    widths: list[float] = []
    for label in block.labels:
        label = printable(label)  # noqa: PLW2901
        taken = pdfmetrics.stringWidth(f"{label}：", FONT, SIGNED) + PADDING
        cells += [f"{label}：", ""]
        widths += [taken, column - taken]
    lines = [
        ("LINEBELOW", (position, 0), (position, 0), 0.6, colors.HexColor(INK))
        for position in range(1, len(cells), 2)
    ]
    looks = [
        ("FONT", (0, 0), (-1, -1), FONT, SIGNED),
        ("TEXTCOLOR", (0, 0), (-1, -1), colors.HexColor(INK)),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING / 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ]
    return PlainTable([cells], colWidths=widths, rowHeights=[SIGNATURE], style=[*looks, *lines])


def _heading(block: Heading, width: float) -> Flowable:
    side = block.qr.size * mm
    facts = _facts(block.facts, width - side)
    columns = [width - side, side]
    return PlainTable([[facts, _qr(block.qr)]], colWidths=columns, style=PLAIN)


def _qr(block: Qr, border: int = 4) -> Flowable:
    widget = QrCodeWidget(block.text, barLevel="M", barBorder=border)
    left, bottom, right, top = widget.getBounds()
    side = block.size * mm
    scale = (side / (right - left), 0, 0, side / (top - bottom), 0, 0)
    drawing = Drawing(side, side, transform=scale)
    drawing.add(widget)
    return drawing
