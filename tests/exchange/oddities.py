"""Workbooks as programs other than Excel leave them: right in their values, odd in all that surrounds them.

Each is made from an ordinary one by code. All hold `ROWS` rows of the sample table, and must be read as such.
"""

import io
import re
import zipfile
from collections.abc import Callable

import xlsxwriter
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from apps.exchange.files.writer import write_xlsx
from tests.exchange.samples import BOOK, LINE, TITLES, made, repacked, saved, workbook

SECOND = ["A02", "缬沙坦胶囊", 7, 2.5, "2027-12-31", "药品", "否"]
ROWS = 2
TRANSITIONAL = b"http://schemas.openxmlformats.org/"
STRICT = b"http://purl.oclc.org/ooxml/"
SHEET, STYLES, BOOK_PART = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"
RELS = "xl/_rels/workbook.xml.rels"
Change = Callable[[bytes], bytes]


def plain() -> io.BytesIO:
    return made(LINE, SECOND)


def edited(**changes: Change) -> io.BytesIO:
    """Parts of an ordinary workbook edited: `sheet`, `styles`, `book`, `rels`, `core`."""
    names = {
        "sheet": SHEET,
        "styles": STYLES,
        "book": BOOK_PART,
        "rels": RELS,
        "core": "docProps/core.xml",
    }
    file = plain()
    with zipfile.ZipFile(file) as archive:
        replace = {names[key]: change(archive.read(names[key])) for key, change in changes.items()}
    return repacked(file, replace=replace)


def swap(old: str, new: str) -> Change:
    def change(content: bytes) -> bytes:
        assert old.encode() in content, old
        return content.replace(old.encode(), new.encode(), 1)

    return change


def renamed(rename: Callable[[str], str], content: Change = lambda each: each) -> io.BytesIO:
    """The archive with other names for its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(plain()) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo("x")
            entry.filename = rename(name)
            new.writestr(entry, content(old.read(name)))
    target.seek(0)
    return target


def strict() -> io.BytesIO:
    def change(content: bytes) -> bytes:
        content = content.replace(b"http://schemas.openxmlformats.org/package", b"@package")
        content = re.sub(TRANSITIONAL + rb"(\w+)/2006/", STRICT + rb"\1/", content)
        return content.replace(b"@package", b"http://schemas.openxmlformats.org/package")

    return renamed(lambda name: name, change)


def prefixed() -> io.BytesIO:
    def change(content: bytes) -> bytes:
        content = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", content)
        return content.replace(b"xmlns=", b"xmlns:x=")

    return edited(sheet=change)


def without_references() -> io.BytesIO:
    return edited(sheet=lambda content: re.sub(rb' r="[A-Z]*\d+"', b"", content))


def shared_strings() -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("目录")
        bold = book.add_format({"bold": True})
        for number, row in enumerate([TITLES, LINE, SECOND]):
            sheet.write_row(number, 0, row)
        sheet.write_rich_string(1, 1, "氨氯", bold, "地平", "片")
    file.seek(0)
    return file


def own_export() -> io.BytesIO:
    file = io.BytesIO()
    keys = [column.key for column in BOOK.sheets[0].columns]
    rows = [dict(zip(keys, row, strict=True)) for row in (LINE, SECOND)]
    for row in rows:
        row |= {"kind": "drug", "basic": row["basic"] == "是", "ends_on": None}
    write_xlsx(file, BOOK, {"目录": rows})
    file.seek(0)
    return file


def decorated() -> io.BytesIO:
    book: Workbook = workbook([LINE, SECOND])
    sheet = book.active
    sheet["A2"].comment = Comment("批注", "张三")
    sheet.add_data_validation(DataValidation(type="list", formula1='"是,否"', sqref="G2:G9"))
    sheet.conditional_formatting.add("C2:C9", _scale())
    sheet.freeze_panes, sheet.auto_filter.ref = "A2", "A1:G3"
    book.create_sheet("说明").append(["请勿改动"])
    book.active.sheet_properties.tabColor = "FF0000"
    return saved(book)


def _scale():
    from openpyxl.formatting.rule import ColorScaleRule  # noqa: PLC0415

    return ColorScaleRule(
        start_type="min", start_color="FFFFFF", end_type="max", end_color="FF0000"
    )


def below_a_title() -> io.BytesIO:
    book = Workbook()
    for row in [["某某医院品种目录"], [], ["制表：张三", None, "2026-01-31"], TITLES, LINE, SECOND]:
        book.active.append(row)
    book.active.merge_cells("A1:G1")
    return saved(book)


BAD_RULE = '<conditionalFormatting sqref="A1"><cfRule type="wpsRule" priority="1"/></conditionalFormatting>'
VALIDATION = '<dataValidations count="1"><dataValidation type="any" sqref="A1"/></dataValidations>'
LOST_NAME = (
    '<definedNames><definedName name="_x" localSheetId="7">#REF!</definedName></definedNames>'
)
ODDITIES: dict[str, Callable[[], io.BytesIO]] = {
    "plain": plain,
    "strict": strict,
    "prefixed tags": prefixed,
    "no references": without_references,
    "shared strings": shared_strings,
    "own export": own_export,
    "decorated": decorated,
    "below a title": below_a_title,
    "backslashes": lambda: renamed(lambda name: name.replace("/", "\\")),
    "slashes in front": lambda: renamed(lambda name: f"/{name}"),
    "capitals": lambda: renamed(str.upper),
    "lower-case types": lambda: renamed(lambda name: name.replace("[Content_Types]", "[content_types]")),
    "workbook2": lambda: renamed(
        lambda name: name.replace("workbook.xml", "workbook2.xml"),
        lambda content: content.replace(b"xl/workbook.xml", b"xl/workbook2.xml"),
    ),
    "sheet elsewhere": lambda: renamed(
        lambda name: name.replace("worksheets/sheet1", "data/one"),
        lambda content: content.replace(b"worksheets/sheet1", b"data/one"),
    ),
    "relative targets": lambda: edited(rels=swap('Target="/xl/worksheets', 'Target="../xl/./worksheets')),
    "empty fill": lambda: edited(styles=swap("<fill>", "<fill/><fill>")),
    "colour with a hash": lambda: edited(styles=swap("<font>", '<font><color rgb="#FF000000"/>')),
    "font without a size": lambda: edited(styles=swap("<sz ", '<sz val="" x')),
    "unknown style": lambda: edited(styles=swap("<cellXfs", '<cellXfs odd="1"')),
    "styles cut off": lambda: edited(styles=lambda content: content[:200]),
    "no styles": lambda: repacked(plain(), drop=[STYLES]),
    "empty style number": lambda: edited(sheet=swap("<c ", '<c s="" ')),
    "style out of range": lambda: edited(sheet=swap("<c ", '<c s="999" ')),
    "width with a comma": lambda: edited(
        sheet=swap("<sheetData>", '<cols><col min="1" max="1" width="9,5"/></cols><sheetData>')
    ),
    "unknown condition": lambda: edited(sheet=swap("</sheetData>", f"</sheetData>{BAD_RULE}")),
    "unknown validation": lambda: edited(sheet=swap("</sheetData>", f"</sheetData>{VALIDATION}")),
    "missing drawing": lambda: edited(sheet=swap("</sheetData>", '</sheetData><drawing id="rId9"/>')),
    "date with blanks": lambda: edited(core=lambda content: re.sub(rb"20\d\d-\d\d", b"2026- 8", content)),
    "no properties": lambda: repacked(plain(), drop=["docProps/core.xml", "docProps/app.xml"]),
    "no theme": lambda: repacked(plain(), drop=["xl/theme/theme1.xml"]),
    "left by an add-in": lambda: repacked(
        plain(), add={"customXml/item1.xml": b"<x/>", "xl/persons/person.xml": b"<p", "xl/wps.bin": b"\0"}
    ),
    "defined names": lambda: edited(
        book=swap("</sheets>", f"</sheets>{LOST_NAME}")
    ),
    "dates from 1904": lambda: edited(book=swap("<workbookPr", '<workbookPr date1904="false"')),
    "wrong dimension": lambda: edited(sheet=lambda c: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', c)),
}  # fmt: skip
