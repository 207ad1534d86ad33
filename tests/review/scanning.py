"""Paper and back: a PDF printed, laid on a scanner a little askew, and kept as pictures."""

import io
from collections.abc import Iterator, Sequence

import pypdfium2
from PIL import Image, ImageChops, ImageDraw
from pypdf import PdfReader, PdfWriter
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

POINTS, MM = 72, 25.4  # of an inch
RED = (215, 40, 40)


def scanned(
    content: bytes, *, dpi: int = 150, angle: float = 0.8, quality: int = 55, seal: bool = False
) -> bytes:
    """What an office scanner makes of every page of a PDF; `seal`: with a red one over the code in its corner."""
    pages = [_scan(page, dpi, angle, quality, seal=seal) for page in _pages_of(content)]
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=dpi)
    return file.getvalue()


def photographed(content: bytes, **how: float) -> list[bytes]:
    """The pages as JPEG files."""
    found = []
    for page in _pages_of(content):
        file = io.BytesIO()
        _scan(page, 150, how.get("angle", 3), 70).save(file, "JPEG", quality=70)
        found.append(file.getvalue())
    return found


def _pages_of(content: bytes) -> Iterator[pypdfium2.PdfPage]:
    pdf = pypdfium2.PdfDocument(content)
    for page in pdf:
        yield page
        page.close()
    pdf.close()


def _scan(
    page: pypdfium2.PdfPage, dpi: int, angle: float, quality: int, *, seal: bool = False
) -> Image.Image:
    shown = page.render(scale=dpi / POINTS).to_pil().convert("RGB")
    if seal:
        shown = _sealed(shown, dpi / MM)
    turned = shown.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    file = io.BytesIO()
    turned.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue()))


def _sealed(shown: Image.Image, mm: float) -> Image.Image:
    """Ring and star of 42 mm; the star lies on the code of every page but the first."""
    ink = Image.new("RGB", shown.size, "white")
    draw = ImageDraw.Draw(ink)
    x, y, half = shown.width - 30 * mm, 17 * mm, 21 * mm
    draw.ellipse((x - half, y - half, x + half, y + half), outline=RED, width=round(1.3 * mm))
    draw.regular_polygon((x, y, 7 * mm), 5, fill=RED)
    return ImageChops.multiply(shown, ink)


def of_pages(*pages: tuple[bytes, int]) -> bytes:
    """One PDF of pages of several: (content, number from 0)."""
    writer = PdfWriter()
    for content, number in pages:
        writer.add_page(PdfReader(io.BytesIO(content)).pages[number])
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def with_qr(*texts: str, side: float = 75) -> bytes:
    """A page with these QR codes, as papers from before and other people's have them."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for number, text in enumerate(texts):
        widget = QrCodeWidget(text, barLevel="M")
        left, bottom, right, top = widget.getBounds()
        scale = (side / (right - left), 0, 0, side / (top - bottom), 0, 0)
        drawing = Drawing(side, side, transform=scale)
        drawing.add(widget)
        renderPDF.draw(drawing, canvas, 60 + 110 * number, 600)
    canvas.save()
    return file.getvalue()


def keyworded(content: bytes, keywords: str) -> bytes:
    """The same pages with keywords of somebody's own."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.add_metadata({"/Keywords": keywords})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def labels(groups: Sequence[tuple[object, str]]) -> dict[str, str]:
    """Verdict → pages, as the page lists them."""
    return {verdict.label: numbers for verdict, numbers in groups}  # type: ignore[attr-defined]
