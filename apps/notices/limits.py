"""What may be attached to a notice, by name and size; known to the page that offers it and to whoever judges it."""

MB = 1024 * 1024
MAX_SIZE = 20 * MB
PACKED = 100  # files in a ZIP,
UNPACKED = 100 * MB  # and what they come to
OFFICE_PARTS = {
    "xlsx": "xl/workbook.xml",
    "docx": "word/document.xml",
    "pptx": "ppt/presentation.xml",
}
IMAGES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
PACKABLE = ("pdf", *OFFICE_PARTS, *IMAGES)
EXTENSIONS = (*PACKABLE, "zip")
KINDS = "PDF、Word（.docx）、Excel（.xlsx）、PPT（.pptx）、PNG、JPG"
OFFERED = f"{KINDS}、ZIP（里面只能是前面几种文件）"


def plain_name(name: str) -> str:
    """The last part of the path without control characters, at most 150 characters with its ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip() or "附件"
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[:130]}{dot}{ending[:15]}" if dot else shown[:150]
