"""What may be attached: real type, size, no active content."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.notices.attachments import MAX_SIZE, AttachmentRefused, check_attachment

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


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


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
BOOK = archive("[Content_Types].xml", "xl/workbook.xml")
GOOD = {
    "手册.pdf": PDF,
    "前面有换行.pdf": b"\r\n" + PDF,
    "模板.xlsx": BOOK,
    "说明.docx": archive("[Content_Types].xml", "word/document.xml"),
    "图.png": PNG,
    "资料.zip": packed({"通知/": b"", "通知/手册.pdf": PDF, "图.PNG": PNG, "表.xlsx": BOOK}),
}
BAD = {
    "坏.exe": (b"MZ", "格式不能上传"),
    "空.pdf": (b"", "空文件"),
    "假.pdf": (b"MZ not a pdf", "不是 PDF"),
    "脚本.pdf": (b"%PDF-1.7 /JavaScript (app.alert)", "含有脚本"),
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
