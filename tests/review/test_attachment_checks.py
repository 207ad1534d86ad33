"""What may be uploaded as the signed document of a filing, and the sentence for everything that may not."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject, TextStringObject

from apps.quarantine.turns import OWN, PAGE, acting, turn
from apps.review.domain.attachments.checks import (
    MAX_PAGES,
    MAX_SIZE,
    AttachmentRefused,
    check_upload,
    look_into,
    plain_name,
)
from apps.review.domain.attachments.photos import PhotoRefused, assemble, compare
from tests.review.pdf_files import (
    annotated,
    bomb,
    crowded,
    dictionary,
    elsewhere,
    hidden,
    locked,
    looped,
    nested,
    opening,
    page_sizes,
    pdf,
    photo,
    pictured,
    put,
    signed,
    undecipherable,
    unlisted,
    unshown,
)

SCRIPT = {"S": "/JavaScript", "JS": "app.alert(1)"}


def files(*contents: bytes, name: str = "承诺函.pdf") -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, content) for content in contents]


def refused(*contents: bytes, name: str = "承诺函.pdf") -> str:
    with pytest.raises(AttachmentRefused) as refusal:
        check_upload(files(*contents, name=name), title="承诺函")
    return str(refusal.value)


def with_script_in_names(writer: PdfWriter) -> None:
    each = writer._add_object(dictionary(**SCRIPT))
    names = dictionary(Names=ArrayObject([TextStringObject("greet"), each]))
    put(writer, "/Names", dictionary(JavaScript=names))


def with_file(writer: PdfWriter) -> None:
    writer.add_attachment("virus.exe", b"MZ")


def with_form_code(writer: PdfWriter) -> None:
    put(writer, "/AcroForm", dictionary(XFA=ArrayObject([TextStringObject("template")])))


HOSTILE = {
    "empty": (b"", "是空文件"),
    "text": (b"hello", "不是 PDF"),
    "page": (b"<html><script>alert(1)</script>", "不是 PDF"),
    "header only": (b"%PDF-1.7\n", "读不出来"),
    "cut off": (pdf(3)[:300], "读不出来"),
    "rubbish": (b"%PDF-1.7\n" + bytes(range(256)) * 50, "读不出来"),
    "without a page": (pdf(0), "读不出来"),
    "password": (locked("RC4-128", user="secret"), "设置了打开密码"),
    "password, AES": (locked("AES-256", user="secret"), "设置了打开密码"),
    "script at opening": (opening(**SCRIPT), "含有脚本"),
    "script in the names": (pdf(change=with_script_in_names), "含有脚本"),
    "script with an escaped name": (opening(**SCRIPT).replace(b"/JavaScript", b"/J#61vaScript"), "含有脚本"),
    "script in an object stream": (hidden(b"<</S/JavaScript/JS(app.alert(1))>>"), "含有脚本"),
    "script with an escaped name in an object stream": (
        hidden(b"<</S/J#61vaScript/#4aS(app.alert(1))>>"),
        "含有脚本",
    ),
    "program with an escaped key in an object stream": (
        hidden(b"<</#53/L#61unch/F(calc.exe)>>"),
        "打开其他程序",
    ),
    "script in an object stream that no table names": (
        unlisted(b"<</S/JavaScript/JS(app.alert(1))>>"),
        "含有脚本",
    ),
    "address at opening": (opening(S="/URI", URI="http://example.com"), "打开其他程序或文件"),
    "address behind another action": (
        opening(S="/GoTo", D="a", Next=dictionary(S="/URI", URI="http://example.com")),
        "打开其他程序或文件",
    ),
    "address when a page is shown": (
        pdf(change=lambda w: w.pages[0].update({NameObject("/AA"): dictionary(O=dictionary(S="/URI", URI="x"))})),
        "打开其他程序或文件",
    ),
    "content from elsewhere": (elsewhere(), "打开其他程序或文件"),
    "more objects than any paper has": (crowded(30_100), "过于复杂"),
    "script behind a lock": (
        locked("AES-256", change=lambda w: put(w, "/OpenAction", dictionary(**SCRIPT))),
        "含有脚本",
    ),
    "action behind a lock that no cipher opens": (undecipherable(), "读不出来"),
    "program": (opening(S="/Launch", F="calc.exe"), "打开其他程序"),
    "other file": (opening(S="/GoToR", F="other.pdf"), "打开其他程序"),
    "form that sends": (opening(S="/SubmitForm", F="http://example.com"), "提交数据的表单"),
    "form with code": (pdf(change=with_form_code), "提交数据的表单"),
    "file inside": (pdf(change=with_file), "嵌有其他文件"),
    "file on a page": (annotated(Subtype="/FileAttachment"), "嵌有其他文件"),
    "film": (annotated(Subtype="/RichMedia"), "音视频"),
    "too many pages": (pdf(MAX_PAGES + 1), f"超过上限 {MAX_PAGES} 页"),
    "too large": (b"%PDF-1.7\n" + bytes(MAX_SIZE), "超过上限 20 MB"),
    "header too far": (bytes(1100) + pdf(), "不是 PDF"),
    "only the viewer can't open it": (unshown(), "读不出来"),
    "a picture that can't be drawn": (pictured(b"no JPEG at all"), "读不出来"),
    "page and archive in one": (b"PK\3\4" + bytes(26) + pdf(), "是压缩包"),
    "OFD": (b"PK\3\4" + bytes(26) + b"OFD.xml", "请另存为 PDF"),
    "Word": (b"\xd0\xcf\x11\xe0" + bytes(600), "Office 文件，请另存为 PDF"),
    "GIF": (b"GIF89a" + bytes(20), "请改存为 JPG、PNG 或 PDF"),
    "HEIC": (b"\0\0\0\x18ftypheic" + bytes(20), "请改存为 JPG、PNG 或 PDF"),
    "WebP": (b"RIFF\0\0\0\0WEBPVP8 ", "请改存为 JPG、PNG 或 PDF"),
    "RAR": (b"Rar!\x1a\7\0", "是压缩包"),
    "ZIP": (b"PK\3\4" + bytes(40), "是压缩包"),
    "bomb": (bomb(), "过于复杂|读不出来"),
    "brackets": (nested(), "过于复杂|读不出来"),
}  # fmt: skip


@pytest.mark.covers("S2-21", "S2-22")
@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_taken_is_refused_in_one_sentence(case):
    content, expected = HOSTILE[case]

    sentence = refused(content)

    assert any(part in sentence for part in expected.split("|")), sentence
    assert sentence.startswith("“承诺函.pdf”")
    assert sentence.count("。") == 1


@pytest.mark.parametrize(("name", "words"), [("表.docx", "Office"), ("表.ofd", "OFD")])
def test_the_name_tells_archives_apart(name, words):
    assert words in refused(b"PK\3\4" + bytes(40), name=name)


ACCEPTED = {
    "scan": pdf(3),
    "line break before the header": b"\r\n" + pdf(),
    "mark of the encoding before the header": b"\xef\xbb\xbf" + pdf(),
    "header at the last place where readers look": bytes(1019) + pdf(),
    "mail before the header": b"Content-Type: application/pdf\r\n\r\n" + pdf(2),
    "sealed behind a line break": b"\n" + signed(),
    "page tree in a circle": looped(),
    "form without code": pdf(change=lambda w: put(w, "/AcroForm", dictionary(Fields=ArrayObject()))),
    "link": annotated(Subtype="/Link", A=dictionary(S="/URI", URI="https://example.com")),
    "opens at a page": pdf(change=lambda w: put(w, "/PageMode", NameObject("/UseNone"))),
    "names in an object stream": hidden(b"<</S/GoTo/D[4 0 R/Fit]>>"),
    "locked, RC4": locked("RC4-128"),
    "locked, AES-128": locked("AES-128"),
    "locked, AES-256": locked("AES-256"),
    "locked, AES-256 of Acrobat 9": locked("AES-256-R5"),
}  # fmt: skip


@pytest.mark.covers("S2-21")
@pytest.mark.parametrize("case", ACCEPTED)
def test_what_opens_is_taken(case):
    content = ACCEPTED[case]

    ready = check_upload(files(content), title="承诺函")

    assert (ready.content, ready.name, ready.photos) == (content, "承诺函.pdf", 0)
    assert ready.pages == len(pypdfium2.PdfDocument(content))


@pytest.mark.parametrize("case", [case for case in ACCEPTED if case.startswith("locked")])
def test_locked_files_of_the_table_really_are(case):
    assert b"/Encrypt" in ACCEPTED[case]


def test_a_sealed_file_is_taken_and_marked():
    assert check_upload(files(signed()), title="承诺函").is_signed
    assert not check_upload(files(pdf()), title="承诺函").is_signed


@pytest.mark.covers("S2-02")
def test_exactly_one_pdf():
    assert refused(pdf(), pdf()) == "承诺函只支持上传一份 PDF，请合并成一份后再上传。"
    assert "请选择" in refused()
    assert "不要混在一起" in refused(pdf(), photo())


def test_photos_become_pages_in_their_order():
    wide, high = photo((800, 600)), photo((600, 800), "PNG")

    ready = check_upload(files(high, wide, high, name="页.jpg"), title="承诺函")

    assert (ready.pages, ready.photos, ready.name) == (3, 3, "承诺函（3 张照片）.pdf")
    assert page_sizes(ready.content) == [(595, 842), (842, 595), (595, 842)]
    assert look_into(ready.content).pages == 3


def test_what_a_phone_takes_at_its_best_is_taken():
    """48 million pixels, of which a quarter are decoded."""
    ready = check_upload(files(photo((8_000, 6_000), mode="L"), name="页.jpg"), title="承诺函")

    assert (ready.pages, page_sizes(ready.content)) == (1, [(842, 595)])


def test_photos_stand_upright_and_say_nothing_of_the_phone():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "PhoneMaker"
    turned = photo((800, 600), exif=exif.tobytes())

    ready = check_upload(files(turned, name="页.jpg"), title="承诺函")

    assert page_sizes(ready.content) == [(595, 842)]
    assert b"PhoneMaker" in turned
    assert b"PhoneMaker" not in ready.content


def deep(size=(600, 800)):
    """A scan of sixteen bits: grey paper, darker ink."""
    picture = Image.new("I;16", size, 60_000)
    for row in range(300, 360):
        for column in range(50, 550):
            picture.putpixel((column, row), 4_000)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


SHADES = {
    "sixteen bits": deep(),
    "CMYK": photo(mode="CMYK"),
    "one bit": photo(kind="PNG", mode="1"),
    "palette": photo(kind="PNG", mode="P"),
    "grey with transparency": photo(kind="PNG", mode="LA"),
    "grey": photo(mode="L"),
}


@pytest.mark.parametrize("case", SHADES)
def test_every_kind_of_picture_keeps_what_it_shows(case):
    ready = check_upload(files(SHADES[case], name="页.png"), title="承诺函")

    shown = pypdfium2.PdfDocument(ready.content)[0].render().to_pil().convert("L")
    lowest, highest = shown.crop((30, 30, shown.width - 30, shown.height - 30)).getextrema()
    assert (lowest < 60, highest > 200) == (True, True)


def blank(photo):
    return Image.new("RGB", photo.size, "white")


def cut(photo):
    photo.paste("white", (0, 0, photo.width, photo.height // 8))
    return photo


@pytest.mark.parametrize("damage", [blank, cut])
def test_a_page_that_is_not_its_photo_is_refused(damage):
    content = photo()
    damaged = io.BytesIO()
    damage(Image.open(io.BytesIO(content))).save(damaged, "PNG")
    page = look_into(assemble([damaged], ["页.jpg"]), with_faces=True)

    with pytest.raises(PhotoRefused, match=r"转换后与原图不一致|是空白的"):
        compare([io.BytesIO(content)], ["页.jpg"], page.faces)


def test_a_page_too_few_is_refused():
    with pytest.raises(PhotoRefused):
        compare([io.BytesIO(photo())], ["页.jpg"], [])


def test_transparent_pictures_stand_on_white():
    content = photo((100, 100), "PNG", mode="RGBA")

    ready = check_upload(files(content, name="页.png"), title="承诺函")

    drawn = pypdfium2.PdfDocument(ready.content)[0].render().to_pil().convert("L")
    assert drawn.getpixel((drawn.width // 2, drawn.height * 2 // 3)) > 240


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        ([photo((20, 20))] * 21, "最多上传 20 张照片"),
        ([photo()[:200]], "读不出来"),
        ([photo((9_000, 9_000), "PNG", mode="1")], "尺寸过大"),
        ([photo((5_000, 4_100), "PNG", mode="1")], "尺寸过大"),
        ([photo((9_000, 9_000), mode="L")], "尺寸过大"),
        ([b"\xff\xd8\xff" + bytes(16 * 1024 * 1024)], "超过上限 15 MB"),
        ([b"\xff\xd8\xff" + bytes(11 * 1024 * 1024)] * 5, "照片合计超过上限 50 MB"),
    ],
    ids=[
        "many",
        "broken",
        "giant",
        "more than is decoded",
        "giant JPEG",
        "heavy",
        "heavy together",
    ],
)
def test_photos_that_cannot_be_used_are_refused(contents, sentence):
    assert sentence in refused(*contents, name="页.jpg")


def test_a_file_beside_another_of_the_account_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with acting(7, replace(PAGE, own_patience=0.1)), turn():
        assert refused(pdf()) == refused(photo()) == OWN


def test_names_are_kept_short_and_plain():
    assert plain_name("C:\\扫描\\承诺\x07函.pdf") == "承诺函.pdf"
    assert len(plain_name("长" * 500 + ".pdf")) == 104
    assert plain_name("") == "文件"
