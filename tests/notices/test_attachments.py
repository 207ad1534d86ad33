"""What may be attached: real type, size, no active content."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.notices.attachments import MAX_SIZE, AttachmentRefused, check_attachment

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def archive(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for name in names:
            book.writestr(name, "x")
    return packed.getvalue()


GOOD = {
    "手册.pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF",
    "模板.xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "说明.docx": archive("[Content_Types].xml", "word/document.xml"),
    "图.png": PNG,
    "资料.zip": archive("a.txt"),
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
