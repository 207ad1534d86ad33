"""What a file is by its first bytes, in the sentence that refuses it."""

OFFICE = "“{name}”是 Office 文件，请另存为 PDF 后再上传。"
ANOTHER_PICTURE = "“{name}”不是 JPG 或 PNG 照片，请改存为 JPG、PNG 或 PDF 后再上传。"
ARCHIVE = "“{name}”是压缩包，请解压后上传里面的 PDF 或照片。"
OFD = "“{name}”是 OFD 文件，请另存为 PDF 后再上传。"
UNKNOWN = "“{name}”不是 PDF，也不是 JPG 或 PNG 照片，请确认选对了文件。"
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", OFFICE),
    (b"GIF8", ANOTHER_PICTURE),
    (b"BM", ANOTHER_PICTURE),
    (b"II*\0", ANOTHER_PICTURE),
    (b"MM\0*", ANOTHER_PICTURE),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
)


def what_it_is(head: bytes, name: str) -> str:
    extension = name.lower().rpartition(".")[2]
    if extension == "ofd" or b"OFD.xml" in head:
        return OFD
    if head.startswith(b"PK"):
        return OFFICE if extension in {"docx", "xlsx", "pptx", "wps", "et"} else ARCHIVE
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return ANOTHER_PICTURE
    return next((sentence for mark, sentence in SIGNATURES if head.startswith(mark)), UNKNOWN)
