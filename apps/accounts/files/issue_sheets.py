"""The issue sheet as files: Excel for the record, PDF to cut into strips and hand out."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from apps.accounts.domain.issuing import IssueLine
from apps.accounts.models import IssueSheet
from apps.exchange.files.columns import Column, SheetSpec, WorkbookSpec
from apps.exchange.files.frames import Manifest
from apps.exchange.files.lettering import FONT, lettering, printable
from apps.exchange.files.line_breaks import lines_of
from apps.exchange.files.writer import write_xlsx

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
                Column("site", "登录网址", width=30),
                Column("bureau", "发放单位", width=30),
                Column("contact", "咨询电话", width=20),
            ),
        ),
    ),
)


STRIP = 38 * mm  # of one line of names
MARGIN = 15 * mm
NAMES = (12, 9, 8)  # points of the unit's name, of the one above it, of where to log in
ADVICE = "首次登录须修改密码。密码只在此处出现一次，请勿转发、拍照或抄录给无关人员。"

Render = Callable[[IssueSheet, list[IssueLine]], bytes]


def as_xlsx(sheet: IssueSheet, lines: list[IssueLine]) -> bytes:
    file = io.BytesIO()
    whence = _whence(sheet)
    records = [
        (line.code, line.unit, line.superior, line.username, line.password, *whence)
        for line in lines
    ]
    manifest = Manifest(title=sheet.title, exported_by=str(sheet.owner))
    write_xlsx(file, ISSUE_SHEET, {"账号发放单": records}, manifest=manifest)
    return file.getvalue()


def as_pdf(sheet: IssueSheet, lines: list[IssueLine]) -> bytes:
    """One strip for each account, seven to a page, with lines to cut along. Raises `Unprintable`."""
    lettering()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setTitle(sheet.title)
    canvas.setAuthor("分量")
    top = A4[1] - MARGIN
    site, bureau, contact = _whence(sheet)
    asking = f"，咨询电话 {contact}" if contact else ""
    where = f"登录网址 {site}，发放单位 {bureau}{asking}"
    for line in lines:
        names = _names(line, where)
        height = STRIP + sum(size * 1.5 for _, size in names[2:])
        if top - height < MARGIN - 6 * mm:
            canvas.showPage()
            top = A4[1] - MARGIN
        _strip(canvas, top, line, names)
        top -= height
    canvas.save()
    return file.getvalue()


def _whence(sheet: IssueSheet) -> tuple[str, str, str]:
    """Where to log in, who issued the account, and whom to call."""
    unit = sheet.owner.belongs_to()
    phone = getattr(unit, "phone", "") or settings.SUPPORT_PHONE
    return settings.SITE_URL, str(unit or ""), phone


def _names(line: IssueLine, where: str) -> list[tuple[str, int]]:
    """The unit, the one above it and where to log in, whole, in as many lines as they take, each with its size."""
    said = (
        printable(f"{line.unit}（{line.code}）", "机构"),
        printable(line.superior, "上级单位"),
        printable(where, "发放单位"),
    )
    width = A4[0] - 2 * MARGIN
    return [
        (part, size)
        for text, size in zip(said, NAMES, strict=True)
        for part in lines_of(text, width, size)
    ]


def _strip(canvas: Canvas, top: float, line: IssueLine, names: list[tuple[str, int]]) -> None:
    right = A4[0] - MARGIN
    below = top - 7 * mm
    for text, size in names:
        canvas.setFont(FONT, size)
        canvas.drawString(MARGIN, below, text)
        below -= size * 1.5
    below -= 2.5 * mm
    canvas.setFont(FONT, 11)
    canvas.drawString(MARGIN, below, "用户名")
    canvas.drawString(MARGIN + 85 * mm, below, "一次性密码")
    canvas.setFont("Courier-Bold", 13)
    canvas.drawString(MARGIN + 18 * mm, below, line.username)
    canvas.drawString(MARGIN + 110 * mm, below, line.password)
    canvas.setFont(FONT, 8)
    canvas.drawString(MARGIN, below - 7 * mm, ADVICE)
    canvas.setDash(2, 3)
    canvas.line(MARGIN, below - 13 * mm, right, below - 13 * mm)
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
        day = f"{timezone.localtime(sheet.complete_at):%Y%m%d-%H%M%S}"
        name = f"账号发放单{day}-{sheet.pk}.{self.extension}"
        return f"attachment; filename*=UTF-8''{quote(name)}"


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_FORMATS = {
    form.extension: form
    for form in (
        SheetFormat("xlsx", XLSX, as_xlsx),
        SheetFormat("pdf", "application/pdf", as_pdf),
        SheetFormat("zip", "application/zip", as_zip),
    )
}
