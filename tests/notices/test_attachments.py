"""What may be attached: real type, size, no active content."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.notices.attachments import AttachmentRefused, check_attachment
from apps.notices.limits import MAX_SIZE
from tests.review.pdf_files import (
    annotated,
    crowded,
    dictionary,
    hidden,
    locked,
    opening,
    pdf,
    photo,
    put,
    unshown,
)

PNG = photo((30, 40), "PNG")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def archive(*names: str) -> bytes:
    return packed(dict.fromkeys(names, b"x"))


def lying(content: bytes, declared: int) -> bytes:
    """The same ZIP, whose directory declares another size of its one file."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + declared.to_bytes(4, "little") + content[at + 4 :]


PDF = pdf()
BOOK = archive("[Content_Types].xml", "xl/workbook.xml")
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document(
    *relations: tuple[str, str],
    types: str = "",
    parts: dict[str, bytes] | None = None,
    outside: bool = True,
) -> bytes:
    """A .docx with relations (last word of the type, target) that lead out of it."""
    mode = ' TargetMode="External"' if outside else ""
    told = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        for n, (kind, target) in enumerate(relations)
    )
    return packed({
        "[Content_Types].xml": TYPES.format(types).encode(),
        "word/document.xml": b"<w:document/>",
        "word/_rels/settings.xml.rels": RELATIONS.format(told).encode(),
        **(parts or {}),
    })  # fmt: skip


def sheet(**parts: bytes) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", **parts})


def instructed(*pieces: str) -> bytes:
    """A field whose instruction Word puts together from these."""
    told = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    return f"<w:p xmlns:w='w'>{begin}{told}</w:p>".encode()


MACROS = '<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
ENABLED = (
    '<Override PartName="/x" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
)
CHART = sheet()
GOOD = {
    "手册.pdf": PDF,
    "前面有换行.pdf": b"\r\n" + PDF,
    "模板.xlsx": BOOK,
    "说明.docx": archive("[Content_Types].xml", "word/document.xml"),
    "图.png": PNG,
    "照片.jpg": photo(),
    "链接.docx": document(("hyperlink", "https://example.com")),
    "本机模板.docx": document(
        ("attachedTemplate", "file:///C:\\模板\\通知.dotx"), ("attachedTemplate", "Normal.dotm")
    ),
    "图表.docx": document(
        ("package", "embeddings/表.xlsx"), outside=False, parts={"word/embeddings/表.xlsx": CHART}
    ),
    "域.docx": document(
        parts={
            "word/a.xml": instructed("TOC \\o", ' HYPERLINK "https://example.com/DDE" ', " PAGE "),
            "word/media/a.svg": b"<!DOCTYPE svg><svg/>",
        }
    ),
    "公式.xlsx": sheet(**{"xl/worksheets/a.xml": b"<c><f>SUM(A1:A9)+DATABASE</f></c>"}),
    "资料.zip": packed({"通知/": b"", "通知/手册.pdf": PDF, "图.PNG": PNG, "表.xlsx": BOOK}),
}
BAD = {
    "坏.exe": (b"MZ", "格式不能上传"),
    "空.pdf": (b"", "空文件"),
    "假.pdf": (b"MZ not a pdf", "不是 PDF"),
    "脚本.pdf": (b"%PDF-1.7 /JavaScript (app.alert)", "含有脚本"),
    "转义脚本.pdf": (
        opening(S="/JavaScript", JS="1").replace(b"/JavaScript", b"/J#61vaScript"),
        "含有脚本",
    ),
    "藏脚本.pdf": (hidden(b"<</S/JavaScript/JS(app.alert(1))>>"), "含有脚本"),
    "藏转义.pdf": (hidden(b"<</S/J#61vaScript/#4aS(1)>>"), "含有脚本"),
    "程序.pdf": (opening(S="/Launch", F="calc.exe"), "含有脚本或内嵌文件"),
    "影片.pdf": (annotated(Subtype="/RichMedia"), "含有脚本或内嵌文件"),
    "表单.pdf": (
        pdf(change=lambda w: put(w, "/AcroForm", dictionary(XFA="x"))),
        "含有脚本或内嵌文件",
    ),
    "锁.pdf": (locked("AES-256"), "设置了密码或加密"),
    "空白.pdf": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "读不出来"),
    "不显示.pdf": (unshown(), "读不出来"),
    "拥挤.pdf": (crowded(30_100), "过于复杂"),
    "坏图.png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "读不出来"),
    "巨图.png": (photo((5_000, 4_100), "PNG", mode="1"), "尺寸过大"),
    "远程模板.docx": (
        document(("attachedTemplate", "https://example.com/x.dotm")),
        "引用了网络上的模板",
    ),
    "共享模板.docx": (document(("attachedTemplate", "\\\\server\\x.dotm")), "引用了网络上的模板"),
    "转义模板.docx": (
        document(("attachedTemplate", "%5c%5cserver%5cx.dotm")),
        "引用了网络上的模板",
    ),
    "共享文件.docx": (document(("attachedTemplate", "file://server/x.dotm")), "引用了网络上的模板"),
    "远程图.docx": (document(("image", "http://example.com/x.png")), "引用了网络上的模板"),
    "对象.docx": (document(("oleObject", "embeddings/x.bin"), outside=False), "嵌有其他程序的对象"),
    "改名对象.docx": (
        document(parts={"word/media/image1.png": OLE + bytes(600)}),
        "嵌有其他程序的对象",
    ),
    "改名宏.docx": (
        document(parts={"word/x.xml": OLE + bytes(600) + "VBA".encode("utf-16-le")}),
        "带有宏",
    ),
    "宏关系.docx": (document(("vbaProject", "x.bin"), outside=False), "带有宏"),
    "宏类型.docx": (document(types=MACROS), "带有宏"),
    "带宏格式.docx": (document(types=ENABLED), "带有宏"),
    "宏在图表.docx": (
        document(parts={"word/embeddings/a.xlsx": sheet(**{"xl/x.bin": OLE + b"V\0B\0A\0"})}),
        "带有宏",
    ),
    "套对象.docx": (document(parts={"a.zip": sheet(**{"b.zip": CHART})}), "嵌有其他程序的对象"),
    "动态.docx": (
        document(parts={"word/footer.xml": b"<w:instrText> DDEAUTO c:\\cmd </w:instrText>"}),
        "嵌有其他程序的对象",
    ),
    "动态.xlsx": (
        sheet(**{"xl/externalLinks/e.xml": b'<ddeLink ddeService="cmd"/>'}),
        "嵌有其他程序的对象",
    ),
    "拆开动态.docx": (
        document(parts={"word/a.xml": instructed("<t>DDE</t>", "<t>AUTO c:\\cmd</t>")}),
        "嵌有其他程序的对象",
    ),
    "转义动态.docx": (
        document(parts={"word/a.xml": instructed("&#x44;&#68;E cmd")}),
        "嵌有其他程序的对象",
    ),
    "换码动态.docx": (
        document(parts={"word/a.xml": instructed("DDEAUTO cmd").decode().encode("utf-16")}),
        "嵌有其他程序的对象",
    ),
    "简单域.docx": (
        document(parts={"word/a.xml": b"<a xmlns:w='w'><w:fldSimple w:instr=' DDE cmd '/></a>"}),
        "嵌有其他程序的对象",
    ),
    "远程图域.docx": (
        document(parts={"word/a.xml": instructed('INCLUDEPICTURE "http://example.com/x.png"')}),
        "引用了网络上的模板",
    ),
    "远程链接域.docx": (
        document(parts={"word/a.xml": instructed('LINK Word.Document.12 "\\\\server\\a.docx"')}),
        "引用了网络上的模板",
    ),
    "换码动态.xlsx": (
        sheet(**{"xl/externalLinks/e.xml": "<x:ddeLink xmlns:x='x'/>".encode("utf-16")}),
        "嵌有其他程序的对象",
    ),
    "取数公式.xlsx": (
        sheet(**{"xl/worksheets/a.xml": b"<c><f>_xlfn.WEBSERVICE(A1&amp;B1)</f></c>"}),
        "引用了网络上的模板",
    ),
    "取数连接.xlsx": (
        sheet(
            **{
                "xl/connections.xml": b'<connections><connection><webPr url="x"/></connection></connections>'
            }
        ),
        "引用了网络上的模板",
    ),
    "程序动作.pptx": (
        packed(
            {
                "ppt/presentation.xml": b"<p/>",
                "ppt/slides/a.xml": b'<p><hlinkClick action="ppaction://program"/></p>',
            }
        ),
        "嵌有其他程序的对象",
    ),
    "打开即访问.pdf": (opening(S="/URI", URI="http://example.com"), "含有脚本或内嵌文件"),
    "实体.docx": (document(parts={"x.rels": b"<!DOCTYPE a><a/>"}), "已损坏"),
    "密.pdf": (b"%PDF-1.7 /Encrypt 5 0 R", "加密"),
    "假.png": (b"<script>", "不是图片"),
    "宏.xlsx": (archive("xl/workbook.xml", "xl/vbaProject.bin"), "带有宏"),
    "假.xlsx": (archive("word/document.xml"), "与扩展名不符"),
    "坏.zip": (b"PK not really", "已损坏"),
    "程序.zip": (archive("a/安装.exe"), "“程序.zip/安装.exe”不能上传：压缩包里只能有 PDF"),
    "反写.zip": (archive("图\u202egpj.exe"), "图gpj.exe”不能上传"),
    "无名.zip": (archive("README"), "“无名.zip/README”不能上传"),
    "套娃.zip": (packed({"里.zip": packed({"a.pdf": PDF})}), "不能再套压缩包"),
    "假图.zip": (packed({"图.png": b"MZ"}), "“假图.zip/图.png”的内容不是图片"),
    "宏表.zip": (packed({"表.xlsx": archive("xl/workbook.xml", "xl/vbaProject.bin")}), "带有宏"),
    "脚本.zip": (packed({"a.pdf": b"%PDF-1.7 /JavaScript (app.alert)"}), "含有脚本"),
    "空包.zip": (packed({}), "里没有文件"),
    "空文件.zip": (packed({"a.pdf": b""}), "是空文件"),
    "很多.zip": (packed({f"{n}.png": PNG for n in range(101)}), "展开后过大"),
    "炸弹.zip": (packed({f"{n}.png": PNG + b"\0" * MAX_SIZE for n in range(6)}), "展开后过大"),
    "撒谎.zip": (lying(packed({"a.png": PNG + b"\0" * MAX_SIZE}), 64), "已损坏"),
    "少见.zip": (packed({"a.png": PNG}, zipfile.ZIP_BZIP2), "不常见的压缩方式"),
    "越界.zip": (packed({"../../a.png": PNG}), "路径不正常"),
    "大.png": (PNG + b"\0" * MAX_SIZE, "超过上限 20 MB"),
}


@pytest.mark.parametrize("name", GOOD)
def test_ordinary_files_pass(name: str) -> None:
    checked = check_attachment(SimpleUploadedFile(name, GOOD[name]))

    assert (checked.name, checked.size) == (name, len(GOOD[name]))
    assert checked.file.read() == GOOD[name]


@pytest.mark.parametrize("name", BAD)
def test_others_are_refused_by_name(name: str) -> None:
    content, why = BAD[name]

    with pytest.raises(AttachmentRefused, match=why) as refused:
        check_attachment(SimpleUploadedFile(name, content))

    assert name in str(refused.value)


def test_names_keep_no_path_and_no_control_characters() -> None:
    upload = SimpleUploadedFile("x.png", PNG)
    upload._name = "C:\\文件\\图\u202e表\n.png"

    assert check_attachment(upload).name == "图表.png"
