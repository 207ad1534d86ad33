"""PDFs as institutions, e-seal software and attackers make them."""

import io
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

Change = Callable[[PdfWriter], Any]


def pdf(pages: int = 1, change: Change | None = None) -> bytes:
    """Blank pages; `change` does the rest."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def dictionary(**entries: Any) -> DictionaryObject:
    """`S="/Launch"` is a name, other texts are strings."""
    return DictionaryObject(
        {
            NameObject(f"/{key}"): NameObject(value)
            if isinstance(value, str) and value.startswith("/")
            else TextStringObject(value)
            if isinstance(value, str)
            else value
            for key, value in entries.items()
        }
    )


def opening(**action: Any) -> bytes:
    """A PDF that does something when it is opened."""
    return pdf(change=lambda w: put(w, "/OpenAction", dictionary(**action)))


def put(writer: PdfWriter, key: str, value: Any) -> None:
    writer._root_object[NameObject(key)] = value


def annotated(**annotation: Any) -> bytes:
    """A page with an annotation."""

    def change(writer: PdfWriter) -> None:
        each = dictionary(Type="/Annot", **annotation)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(each)])

    return pdf(change=change)


def signed() -> bytes:
    """What an e-seal leaves: a signature field with its value."""

    def change(writer: PdfWriter) -> None:
        value = dictionary(Type="/Sig", Filter="/Adobe.PPKLite", SubFilter="/adbe.pkcs7.detached")
        value[NameObject("/ByteRange")] = ArrayObject([NumberObject(n) for n in (0, 9, 19, 9)])
        value[NameObject("/Contents")] = ByteStringObject(b"\x30\x00")
        field = dictionary(FT="/Sig", T="seal", V=writer._add_object(value))
        fields = ArrayObject([writer._add_object(field)])
        put(writer, "/AcroForm", dictionary(Fields=fields, SigFlags=NumberObject(3)))

    return pdf(change=change)


def locked(algorithm: str, *, user: str = "", change: Change | None = None) -> bytes:
    """Encrypted; without a user password it opens for everybody."""

    def lock(writer: PdfWriter) -> None:
        if change:
            change(writer)
        writer.encrypt(user, owner_password="owner", algorithm=algorithm)

    return pdf(change=lock)


def undecipherable() -> bytes:
    """Locked with a key that is too short for its cipher; what its names say is plain."""

    def lock(writer: PdfWriter) -> None:
        action = writer._add_object(dictionary(S="/GoToR", F="x.pdf"))
        put(writer, "/OpenAction", action)
        writer.encrypt("", owner_password="owner", algorithm="RC4-40")
        aes = dictionary(StdCF=dictionary(CFM="/AESV2", Length=NumberObject(5)))
        new = dictionary(V=NumberObject(4), StmF="/StdCF", StrF="/StdCF", CF=aes)
        writer._encrypt_entry.update(new)

    return pdf(change=lock)


def hidden(inner: bytes) -> bytes:
    """A PDF whose third object stands inside a compressed object stream: no name of it shows in the bytes."""
    return _with_stream(b"3 0 " + inner, first=4)


def unlisted(inner: bytes) -> bytes:
    """The same, but no table says that anything stands in the stream: a reader that looks for itself finds it."""
    content = hidden(inner)
    row = bytes([2]) + (5).to_bytes(4, "big") + bytes([0])
    return content.replace(row, bytes([0]) * len(row), 1)


def elsewhere() -> bytes:
    """A page whose content is fetched from another place."""

    def change(writer: PdfWriter) -> None:
        drawing = StreamObject()
        drawing.set_data(b"q Q")
        drawing.update(dictionary(F="\\\\server\\share\\x"))
        writer.pages[0][NameObject("/Contents")] = writer._add_object(drawing)

    return pdf(change=change)


def bomb(size: int = 400_000_000) -> bytes:
    """The object stream inflates to so many bytes."""
    packer = zlib.compressobj(9)
    chunk = bytes(1_000_000)
    packed = b"".join(packer.compress(chunk) for _ in range(size // len(chunk)))
    return _with_stream(packed + packer.flush(), first=4, is_packed=True)


def _with_stream(content: bytes, *, first: int, is_packed: bool = False) -> bytes:
    packed = content if is_packed else zlib.compress(content)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 3 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[4 0 R]>>",
        4: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        5: b"<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (first, len(packed), packed),
    }
    body, places = b"%PDF-1.7\n", {}
    for number, text in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    places[6] = len(body)
    rows = b""
    for number in range(7):
        if number == 0:
            rows += bytes([0, 0, 0, 0, 0, 0])
        elif number == 3:
            rows += bytes([2]) + (5).to_bytes(4, "big") + bytes([0])
        else:
            rows += bytes([1]) + places[number].to_bytes(4, "big") + bytes([0])
    head = b"<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>" % len(rows)
    body += b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, rows)
    return body + b"startxref\n%d\n%%%%EOF" % places[6]


def crowded(objects: int) -> bytes:
    """A page, and as many objects that nobody shows."""

    def change(writer: PdfWriter) -> None:
        for _ in range(objects):
            writer._add_object(NumberObject(1))

    return pdf(change=change)


def pictured(jpeg: bytes) -> bytes:
    """A page that is one picture, as scanners make them."""
    content = b"q 595 0 0 842 0 0 cm /P Do Q"

    def change(writer: PdfWriter) -> None:
        picture = StreamObject()
        picture.set_data(jpeg)
        picture.update(dictionary(Type="/XObject", Subtype="/Image", ColorSpace="/DeviceRGB"))
        picture.update(dictionary(Filter="/DCTDecode", BitsPerComponent=NumberObject(8)))
        picture.update(dictionary(Width=NumberObject(600), Height=NumberObject(800)))
        drawing = StreamObject()
        drawing.set_data(content)
        page = writer.pages[0]
        named = dictionary(P=writer._add_object(picture))
        page[NameObject("/Resources")] = dictionary(XObject=named)
        page[NameObject("/Contents")] = writer._add_object(drawing)

    return pdf(change=change)


def unshown() -> bytes:
    """One reader counts the pages that are there; the viewer believes that there are nine, and shows eight as empty."""
    return pdf().replace(b"/Count 1", b"/Count 9")


def looped() -> bytes:
    """A page tree that contains itself."""

    def change(writer: PdfWriter) -> None:
        pages = writer._root_object["/Pages"]
        pages["/Kids"].append(writer._root_object.raw_get("/Pages"))  # type: ignore[index]

    return pdf(change=change)


def nested(depth: int = 200_000) -> bytes:
    """Brackets in brackets."""
    return pdf().replace(b"/Type /Pages", b"/Type /Pages /X " + b"[" * depth + b"]" * depth, 1)


def photo(size: tuple[int, int] = (600, 800), kind: str = "JPEG", **fields: Any) -> bytes:
    """A picture whose upper half is dark."""
    mode = fields.pop("mode", "RGB")
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0], size[1] // 2))
    picture = picture.convert(mode)
    file = io.BytesIO()
    picture.save(file, kind, **fields)
    return file.getvalue()


def page_sizes(content: bytes) -> list[tuple[int, int]]:
    return [
        (round(page.mediabox.width), round(page.mediabox.height))
        for page in PdfReader(io.BytesIO(content)).pages
    ]
