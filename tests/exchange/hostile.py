"""Files as attackers, other programs and mistaken people make them."""

import io
import struct
import zipfile

from apps.exchange.files.upload_checks import Limits
from tests.exchange.samples import LINE, made, part_of, repacked

SHEET1 = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SMALL = Limits(
    size=200_000, entries=40, inflated=3_000_000, strings=100_000, part=100_000, rows=500,
    row_size=50_000, row_tags=5_000, sheet_tags=20_000, merges=20,
)  # fmt: skip


def bomb() -> io.BytesIO:
    """Honest about its size: 4 MB of zeros in 4 kB."""
    return repacked(made(LINE), add={"xl/media/image1.png": b"\0" * 4_000_000})


def lying_bomb() -> io.BytesIO:
    """Declares 10 bytes, inflates to 4 MB."""
    content = bytearray(bomb().getvalue())
    name = b"xl/media/image1.png"
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = -1
        while (start := content.find(signature, start + 1)) >= 0:
            header = 30 if offset == 22 else 46
            if content[start + header : start + header + len(name)] == name:
                content[start + offset : start + offset + 4] = struct.pack("<I", 10)
    return io.BytesIO(bytes(content))


def stuffed_sheet(body: bytes) -> io.BytesIO:
    """A sheet whose data are `body`."""
    file = made(LINE)
    sheet = part_of(file)
    start, end = sheet.index(b"<sheetData>") + 11, sheet.index(b"</sheetData>")
    return repacked(file, replace={SHEET1: sheet[:start] + body + sheet[end:]})


def with_entities() -> io.BytesIO:
    file = made(LINE)
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    sheet = part_of(file)
    at = sheet.index(b"<worksheet")
    return repacked(file, replace={SHEET1: sheet[:at] + laughs + sheet[at:]})


def encrypted() -> io.BytesIO:
    return io.BytesIO(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)


def many_entries() -> io.BytesIO:
    return repacked(made(LINE), add={f"xl/media/{n}.png": b"x" for n in range(60)})


def zipped(**parts: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def utf16() -> io.BytesIO:
    sheet = part_of(made(LINE)).decode().replace("UTF-8", "UTF-16")
    return repacked(made(LINE), replace={SHEET1: sheet.encode("utf-16")})


def declared(file: io.BytesIO, size: int) -> io.BytesIO:
    """The same archive, its central directory saying that one part has this size."""
    content = bytearray(file.getvalue())
    start = content.rindex(b"PK\x01\x02")
    content[start + 24 : start + 28] = struct.pack("<I", size)
    return io.BytesIO(bytes(content))
