"""The issue sheet as files: Excel for the record, PDF to cut into strips and hand out."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from apps.accounts.domain.issuing import IssueLine
from apps.accounts.models import IssueSheet
from apps.exchange.files.columns import Column, SheetSpec, WorkbookSpec
from apps.exchange.files.pdf import FONT, FONT_FILE
from apps.exchange.files.writer import Manifest, write_xlsx

ISSUE_SHEET = WorkbookSpec(
    "accounts.issue_sheet",
    filename="账号发放单",
    sheets=(
        SheetSpec(
            "账号发放单",
            (
                Column("code", "编码", width=20),
                Column("unit", "单位名称", width=36),
                Column("superior", "上级单位", width=30),
                Column("username", "用户名", width=22),
                Column("password", "一次性密码", width=20),
            ),
        ),
    ),
)


STRIP = 38 * mm
MARGIN = 15 * mm
LONGEST_NAME = 34
ADVICE = "首次登录须修改密码。密码只在此处出现一次，请勿转发、拍照或抄录给无关人员。"

Render = Callable[[IssueSheet, list[IssueLine]], bytes]


def as_xlsx(sheet: IssueSheet, lines: list[IssueLine]) -> bytes:
    file = io.BytesIO()
    records = [
        (line.code, line.unit, line.superior, line.username, line.password) for line in lines
    ]
    manifest = Manifest(title=sheet.title, exported_by=str(sheet.owner))
    write_xlsx(file, ISSUE_SHEET, {"账号发放单": records}, manifest=manifest)
    return file.getvalue()


def as_pdf(sheet: IssueSheet, lines: list[IssueLine]) -> bytes:
    """One strip for each account, seven to a page, with lines to cut along."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, FONT_FILE))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setTitle(sheet.title)
    canvas.setAuthor("分量")
    top = A4[1] - MARGIN
    for number, line in enumerate(lines):
        position = number % int((A4[1] - 2 * MARGIN) / STRIP)
        if number and not position:
            canvas.showPage()
        _strip(canvas, top - position * STRIP, line)
    canvas.save()
    return file.getvalue()


def _strip(canvas: Canvas, top: float, line: IssueLine) -> None:
    right = A4[0] - MARGIN
    canvas.setFont(FONT, 12)
    canvas.drawString(MARGIN, top - 7 * mm, f"{line.unit[:LONGEST_NAME]}（{line.code}）")
    canvas.setFont(FONT, 9)
    canvas.drawRightString(right, top - 7 * mm, line.superior[:LONGEST_NAME])
    canvas.setFont(FONT, 11)
    canvas.drawString(MARGIN, top - 16 * mm, "用户名")
    canvas.drawString(MARGIN + 85 * mm, top - 16 * mm, "一次性密码")
    canvas.setFont("Courier-Bold", 13)
    canvas.drawString(MARGIN + 18 * mm, top - 16 * mm, line.username)
    canvas.drawString(MARGIN + 110 * mm, top - 16 * mm, line.password)
    canvas.setFont(FONT, 8)
    canvas.drawString(MARGIN, top - 25 * mm, ADVICE)
    canvas.setDash(2, 3)
    canvas.line(MARGIN, top - STRIP + 6 * mm, right, top - STRIP + 6 * mm)
    canvas.setDash()


def as_zip(sheet: IssueSheet, lines: list[IssueLine]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("账号发放单.xlsx", as_xlsx(sheet, lines))
        archive.writestr("账号发放单.pdf", as_pdf(sheet, lines))
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class SheetFormat:
    """A way to take a sheet."""

    extension: str
    content_type: str
    render: Render

    def disposition(self, sheet: IssueSheet) -> str:
        day = f"{timezone.localtime(sheet.complete_at):%Y%m%d-%H%M}"
        return f"attachment; filename*=UTF-8''{quote(f'账号发放单{day}.{self.extension}')}"


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_FORMATS = {
    form.extension: form
    for form in (
        SheetFormat("xlsx", XLSX, as_xlsx),
        SheetFormat("pdf", "application/pdf", as_pdf),
        SheetFormat("zip", "application/zip", as_zip),
    )
}
