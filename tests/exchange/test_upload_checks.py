"""Every hostile or mistaken file gets one clear sentence, before any parser has seen it."""

import io
from collections.abc import Callable

import pytest

from apps.exchange.files import upload_checks
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.upload_checks import FileRefused, Limits, check_upload
from tests.exchange.hostile import (
    OLE,
    SHEET1,
    SMALL,
    bomb,
    encrypted,
    lying_bomb,
    many_entries,
    stuffed_sheet,
    utf16,
    with_entities,
    zipped,
)
from tests.exchange.samples import BOOK, LINE, made, part_of, repacked


def refusal_of(file: io.BytesIO, filename: str = "目录.xlsx", limits: Limits = SMALL) -> str:
    with pytest.raises(FileRefused) as refusal:
        check_upload(file, filename, limits)
    assert file.tell() == 0
    return str(refusal.value)


HOSTILE: list[tuple[str, Callable[[], io.BytesIO], str, str]] = [
    ("empty", lambda: io.BytesIO(b""), "a.xlsx", "文件是空的"),
    (
        "too large",
        lambda: io.BytesIO(b"PK" + b"\1" * 300_000),
        "a.xlsx",
        "文件大小为 0.3 MB，超过上限",
    ),
    ("old xls", lambda: io.BytesIO(OLE + b"\0" * 600), "a.xls", "这是旧版 .xls 文件"),
    ("old xls renamed", lambda: io.BytesIO(OLE + b"\0" * 600), "a.xlsx", "这是旧版 .xls 文件"),
    ("encrypted", encrypted, "a.xlsx", "文件设置了打开密码"),
    ("pdf", lambda: io.BytesIO(b"%PDF-1.7\n"), "a.xlsx", "这是一个 PDF 文件"),
    ("picture", lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n"), "a.xlsx", "这是一张图片"),
    ("rar", lambda: io.BytesIO(b"Rar!\x1a\x07"), "a.xlsx", "这是一个压缩包"),
    ("web page", lambda: io.BytesIO(b"\xef\xbb\xbf<html><table>"), "a.xlsx", "这是一个网页"),
    ("csv", lambda: io.BytesIO("编码,名称\r\n1,甲".encode()), "a.xlsx", "这是文本（CSV）文件"),
    ("noise", lambda: io.BytesIO(b"\x01\0\xfe" * 99), "a.xlsx", "这是不认识的文件"),
    ("wrong extension", lambda: made(LINE), "a.xls", "只能上传扩展名为 .xlsx 的表格"),
    ("no extension", lambda: made(LINE), "xlsx", "只能上传扩展名为 .xlsx 的表格"),
    ("macro extension", lambda: made(LINE), "a.xlsm", "带宏的表格不能上传"),
    (
        "macro inside",
        lambda: repacked(made(LINE), add={"xl/vbaProject.bin": b"x"}),
        "a.xlsx",
        "带宏的表格不能上传",
    ),
    ("truncated", lambda: io.BytesIO(made(LINE).getvalue()[:2000]), "a.xlsx", "文件已损坏"),
    ("word", lambda: zipped(**{"word/document.xml": b"<w/>"}), "a.xlsx", "这是 Word 或 PPT"),
    ("plain zip", lambda: zipped(**{"目录.txt": b"x"}), "a.xlsx", "这不是 .xlsx 表格"),
    ("many entries", many_entries, "a.xlsx", "个部件，超过上限 40 个"),
    ("bomb", bomb, "a.xlsx", "文件展开后过大"),
    ("lying bomb", lying_bomb, "a.xlsx", "文件已损坏"),
    ("entities", with_entities, "a.xlsx", "不允许的 XML 定义"),
    ("utf-16", utf16, "a.xlsx", "文件已损坏"),
    ("too many rows", lambda: stuffed_sheet(b"<row/>" * 600), "a.xlsx", "工作表超过 500 行"),
    (
        "prefixed rows",
        lambda: stuffed_sheet(b"<x:row ></x:row>" * 600),
        "a.xlsx",
        "工作表超过 500 行",
    ),
    (
        "endless row",
        lambda: stuffed_sheet(b"<row><c><is><t>" + b"x" * 90_000 + b"</t></is></c></row>"),
        "a.xlsx",
        "有一行的内容过大",
    ),
    (
        "wide row",
        lambda: stuffed_sheet(b"<row>" + b"<c/>" * 6_000 + b"</row>"),
        "a.xlsx",
        "有一行的内容过大",
    ),
    (
        "too many cells",
        lambda: stuffed_sheet((b"<row>" + b"<c/>" * 60 + b"</row>") * 400),
        "a.xlsx",
        "单元格过多",
    ),
    (
        "row beyond the last",
        lambda: stuffed_sheet(b'<row r="99999999"><c/></row>'),
        "a.xlsx",
        "文件已损坏",
    ),
    (
        "many styles",
        lambda: repacked(made(LINE), replace={"xl/styles.xml": b"<a/>" * 90_000}),
        "a.xlsx",
        "文件展开后过大",
    ),
    (
        "many strings",
        lambda: repacked(made(LINE), add={"xl/sharedStrings.xml": b"<si/>" * 90_000}),
        "a.xlsx",
        "文件展开后过大",
    ),
]


@pytest.mark.parametrize(
    ("build", "filename", "sentence"),
    [case[1:] for case in HOSTILE],
    ids=[case[0] for case in HOSTILE],
)
def test_hostile_and_mistaken_files_get_one_clear_sentence(
    build: Callable[[], io.BytesIO], filename: str, sentence: str
) -> None:
    said = refusal_of(build(), filename)

    assert sentence in said
    assert "\n" not in said


def test_many_merged_cells_are_refused() -> None:
    merges = b"".join(b'<mergeCell ref="A%d:A%d"/>' % (n, n + 1) for n in range(1, 90, 2))
    file = made(LINE)
    sheet = part_of(file)
    end = sheet.index(b"</sheetData>") + 12
    stuffed = sheet[:end] + b"<mergeCells>" + merges + b"</mergeCells>" + sheet[end:]

    assert "合并单元格超过 20 处" in refusal_of(repacked(file, replace={SHEET1: stuffed}))


def test_a_sheet_under_another_name_does_not_escape_the_limits() -> None:
    file = made(LINE)
    rels = part_of(file, "xl/_rels/workbook.xml.rels").replace(
        b"worksheets/sheet1.xml", b"other.xml"
    )
    hidden = repacked(
        file,
        replace={"xl/_rels/workbook.xml.rels": rels},
        add={"xl/other.xml": part_of(file)},
        drop=[SHEET1],
    )

    assert read_workbook(hidden, BOOK).count() == 1
    with pytest.raises(FileRefused, match="工作表超过 1 行"):
        read_workbook(hidden, BOOK, limits=Limits(rows=1))


def test_nonsense_that_only_a_parser_notices_is_damage() -> None:
    file = made(LINE)
    broken = repacked(file, replace={SHEET1: part_of(file).replace(b"</row>", b"</rwo>", 1)})

    with pytest.raises(FileRefused, match="文件已损坏"):
        read_workbook(broken, BOOK)


def test_an_ordinary_workbook_passes_and_tells_its_shape() -> None:
    shapes = check_upload(made(LINE, LINE), "目录.xlsx")

    assert {name: shape.rows for name, shape in shapes.items()} == {SHEET1: 3}


@pytest.mark.parametrize("chunk", [7, 64, 1_000])
def test_rows_are_counted_wherever_the_bytes_are_cut(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_checks, "CHUNK", chunk)
    file = stuffed_sheet(b'<row r="1" hidden="1"><c/></row><row/><x:row r="3" hidden="true"/>' * 40)

    [shape] = check_upload(file, "目录.xlsx").values()

    assert (shape.rows, shape.hidden_rows) == (120, {1, 3})
