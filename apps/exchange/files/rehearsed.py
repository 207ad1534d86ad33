"""What papers and workbooks of a rehearsal bear: nobody shall sign one, or take its figures for real."""

from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas

from apps.exchange.files.lettering import FONT
from apps.scope.sandbox import current_sandbox

WORD = "演练"
INK, SIZE, ALPHA = "#c62828", 160, 0.2


def mark_rehearsed(canvas: Canvas, across: float, up: float) -> None:
    """Across a page of this size, in points; nothing in the real world."""
    if current_sandbox() is None:
        return
    canvas.saveState()
    canvas.translate(across / 2, up / 2)
    canvas.rotate(45)
    canvas.setFont(FONT, SIZE)
    canvas.setFillColor(colors.HexColor(INK))
    canvas.setFillAlpha(ALPHA)
    canvas.drawCentredString(0, -SIZE / 3, WORD)
    canvas.restoreState()
