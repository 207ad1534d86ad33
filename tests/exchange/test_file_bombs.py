"""Workbooks and tables that cost more than they weigh: each is refused within moments, in one sentence."""

import io
import time

import pytest

from apps.exchange.files.delimited import as_workbook
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.upload_checks import FileRefused, Limits, check_upload
from apps.exchange.files.uploads.asking import taken
from tests.exchange.hostile import SHEET1, stuffed_sheet
from tests.exchange.samples import BOOK, LINE, made, part_of, repacked

MOMENTS = 3.0  # seconds, on a busy machine


def behind_the_rows(file: io.BytesIO, more: bytes) -> io.BytesIO:
    sheet = part_of(file)
    end = sheet.index(b"</sheetData>") + 12
    return repacked(file, replace={SHEET1: sheet[:end] + more + sheet[end:]})


def unending_merges() -> io.BytesIO:
    """12 kB zipped: tags without an end, each once the start of a search to the end of the file."""
    return behind_the_rows(made(LINE), b"<mergeCell " * 170_000)


def merges_without_a_place() -> io.BytesIO:
    return behind_the_rows(made(LINE), b"<mergeCell a='" + b"b" * 1_900_000 + b"'/>")


def merged_columns() -> io.BytesIO:
    merges = b"".join(b'<mergeCell ref="A2:A290000"/>' for _ in range(300))
    return behind_the_rows(made(LINE), b"<mergeCells>" + merges + b"</mergeCells>")


def empty_texts() -> io.BytesIO:
    """40 kB zipped: texts that are nothing but their tags."""
    return repacked(
        made(LINE), add={"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 5_900_000 + b"</sst>"}
    )


def prefixed_texts() -> io.BytesIO:
    texts = b"<x:si></x:si>" * 1_500_000
    return repacked(made(LINE), add={"xl/sharedStrings.xml": b"<sst>" + texts + b"</sst>"})


def oddly_prefixed_texts() -> io.BytesIO:
    texts = b"<a-b.:si/>" * 1_500_000
    return repacked(made(LINE), add={"xl/sharedStrings.xml": b"<sst>" + texts + b"</sst>"})


def oddly_prefixed_rows() -> io.BytesIO:
    return stuffed_sheet(b"<a-b.:row/>" * 400_000)


BOMBS = {
    "texts under an odd prefix": (oddly_prefixed_texts, "文件展开后过大"),
    "rows under an odd prefix": (oddly_prefixed_rows, "行（空行也计算在内）"),
    "merges without an end": (unending_merges, ""),
    "a merge without a place": (merges_without_a_place, ""),
    "columns merged hundreds of times": (merged_columns, "合并单元格过多"),
    "empty texts by the million": (empty_texts, "文件展开后过大"),
    "prefixed texts by the million": (prefixed_texts, "文件展开后过大"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_costs_no_more_than_it_weighs(name: str) -> None:
    build, sentence = BOMBS[name]
    file = build()
    begun = time.process_time()

    said = "文件已损坏"
    try:
        check_upload(file, "目录.xlsx")
    except FileRefused as refusal:
        said = str(refusal)

    assert time.process_time() - begun < MOMENTS
    assert sentence in said


def test_merges_of_ordinary_workbooks_are_still_seen() -> None:
    prefixed = b'<x:mergeCells><x:mergeCell foo="1" ref="B2:C3"/><mergeCell\n ref=\'A4:A5\'/></x:mergeCells>'

    [shape] = check_upload(behind_the_rows(made(LINE), prefixed), "目录.xlsx").values()

    assert shape.merges == ["B2:C3", "A4:A5"]


@pytest.mark.parametrize("chunk", [7, 64, 1_000])
def test_texts_are_counted_wherever_the_bytes_are_cut(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.exchange.files.upload_checks.CHUNK", chunk)
    texts = b"<sst>" + b"<si><t>a</t></si>" * 40 + b"</sst>"
    file = repacked(made(LINE), add={"xl/sharedStrings.xml": texts})

    check_upload(file, "目录.xlsx", Limits(texts=40))
    with pytest.raises(FileRefused, match="文件展开后过大"):
        check_upload(file, "目录.xlsx", Limits(texts=39))


DOCTYPE = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "name", ["xl/other.bin", "xl/worksheets/sheet1.png", "xl/strings", "xl/a.jpg"]
)
@pytest.mark.parametrize("before", [b"", b"\n ", b"\xef\xbb\xbf"])
def test_a_part_is_xml_by_what_it_is(name: str, before: bytes) -> None:
    hidden = repacked(made(LINE), add={name: before + DOCTYPE + b"<l>&b;</l>"})

    with pytest.raises(FileRefused, match="不允许的 XML 定义"):
        check_upload(hidden, "目录.xlsx")


def test_a_part_in_another_encoding_is_damage() -> None:
    for encoding in ("utf-16", "utf-16-be", "utf-16-le"):
        hidden = repacked(made(LINE), add={"xl/other.bin": DOCTYPE.decode().encode(encoding)})

        with pytest.raises(FileRefused, match="文件已损坏"):
            check_upload(hidden, "目录.xlsx")


def test_pictures_and_drawings_are_no_concern() -> None:
    drawing = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"><svg/>'
    parts = {
        "xl/media/a.svg": drawing,
        "xl/media/b.emf": b"\1\0\0\0l",
        "xl/media/c.png": b"\x89PNG",
    }

    assert check_upload(repacked(made(LINE), add=parts), "目录.xlsx")


def test_entities_are_refused_in_drawings_too() -> None:
    with pytest.raises(FileRefused, match="不允许的 XML 定义"):
        check_upload(repacked(made(LINE), add={"xl/media/a.svg": DOCTYPE + b"<svg/>"}), "目录.xlsx")


def test_a_sheet_with_a_type_under_the_name_of_a_drawing_is_damage() -> None:
    file = made(LINE)
    rels = part_of(file, "xl/_rels/workbook.xml.rels").replace(b"sheet1.xml", b"sheet1.svg")
    sheet = part_of(file).replace(b"<worksheet", b"<!DOCTYPE l><worksheet", 1)
    hidden = repacked(
        file,
        replace={"xl/_rels/workbook.xml.rels": rels},
        add={"xl/worksheets/sheet1.svg": sheet},
        drop=[SHEET1],
    )

    with pytest.raises(FileRefused, match="文件已损坏"):
        read_workbook(hidden, BOOK)


def test_spaces_before_a_time_that_is_not_there_take_no_time() -> None:
    begun = time.process_time()

    reading = read_workbook(made([*LINE[:4], "2026" + " " * 32_000 + "x", *LINE[5:]]), BOOK)

    assert time.process_time() - begun < MOMENTS
    assert "不是日期" in reading.problems[0].message


@pytest.mark.parametrize(
    "content",
    [b"a,b\n" + b"1,\n" * 400_000, b"a,b\n" + b"\n" * 3_000_000],
    ids=["lines", "blank lines"],
)
def test_a_table_of_too_many_lines_is_refused(content: bytes) -> None:
    begun = time.process_time()

    with pytest.raises(FileRefused, match="超过 300,000 行"):
        as_workbook(io.BytesIO(content), "目录.csv")

    assert time.process_time() - begun < MOMENTS


@pytest.mark.parametrize(
    "content",
    [b"a," * 8_000_000, b"," * 8_000_000, b"a,b\n" + b'"a",' * 2_000_000],
    ids=["texts", "blanks", "quoted"],
)
def test_a_table_wider_than_a_sheet_is_refused(content: bytes) -> None:
    begun = time.process_time()

    with pytest.raises(FileRefused, match="超过 16,384 列"):
        as_workbook(io.BytesIO(content), "目录.csv")

    assert time.process_time() - begun < MOMENTS


def test_a_table_as_wide_as_a_sheet_is_taken() -> None:
    row = b"a," * 16_383 + b"a\n"

    assert as_workbook(io.BytesIO(row), "目录.csv")[1] == "目录.xlsx"


def test_what_a_parser_has_to_go_through_counts_wherever_it_stands() -> None:
    """A short sheet with many texts is long: it is read by a job."""
    texts = b"<sst>" + b"<si><t>a</t></si>" * 150_000 + b"</sst>"

    with taken(repacked(made(LINE), add={"xl/sharedStrings.xml": texts}), "目录.xlsx") as found:
        assert found.tags > 450_000
        assert found.rows == 2


def formatted(code: bytes, cells: bytes) -> io.BytesIO:
    """A workbook whose cells have a number format of so many characters."""
    file = made(LINE)
    styles = (
        b'<styleSheet><numFmts><numFmt numFmtId="200" formatCode="' + code + b'"/></numFmts>'
        b'<cellXfs><xf/><xf numFmtId="200"/></cellXfs></styleSheet>'
    )
    sheet = part_of(file)
    end = sheet.index(b"</sheetData>")
    rows = sheet[:end] + cells + sheet[end:]
    return repacked(file, replace={"xl/styles.xml": styles, SHEET1: rows})


@pytest.mark.parametrize("sign", [b"[", b"&quot;", b"_", b"\\", b";", b"0,", b"[h"])
def test_a_number_format_costs_no_more_than_excel_allows(sign: bytes) -> None:
    cells = b"".join(
        b'<row r="%d"><c r="B%d" s="1"><v>7</v></c></row>' % (n, n) for n in range(9, 300)
    )
    begun = time.process_time()

    read_workbook(formatted(sign * 500_000, cells), BOOK)

    assert time.process_time() - begun < MOMENTS


def test_a_text_longer_than_a_cell_is_looked_at_once() -> None:
    """Told once in the file and shown by every row."""
    cells = b"".join(
        b'<row r="%d"><c r="B%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(9, 900)
    )
    file = made(LINE)
    sheet = part_of(file)
    end = sheet.index(b"</sheetData>")
    texts = b"<sst><si><t>" + "长".encode() * 10_000_000 + b"</t></si></sst>"
    bomb = repacked(
        file,
        replace={SHEET1: sheet[:end] + cells + sheet[end:]},
        add={"xl/sharedStrings.xml": texts},
    )
    begun = time.process_time()

    reading = read_workbook(bomb, BOOK)

    assert time.process_time() - begun < MOMENTS
    assert any("最多 50 个字" in each.message for each in reading.problems)
