"""Workbooks damaged at random: bytes of parts, values of cells and attributes, parts dropped, the archive cut.

Seeded by the caller, so that a file that fails can be made again.
"""

import io
import re
import zipfile
from random import Random

from tests.exchange.hostile import SHEET1
from tests.exchange.oddities import ODDITIES

NASTY = [
    b"", b"-1", b"999999999999999999999", b"1e999", b"NaN", b"1.5E+05", b"_x000D_", b"\xef\xbb\xbf", b"&#0;", b"&amp;",
    "\u2f08\u2ea0\u200b".encode(), "合计".encode(), b"=1+1", b"#REF!", b"true", b"A1:XFD1048576", b"..", b"/", b"\\",
    b"http://purl.oclc.org/ooxml/", b"rId99", b"0", b"4294967296", b"'", b'"', b"<", b">", b"]]>", b"<!--", b"12,5",
]  # fmt: skip
ATTRIBUTE = re.compile(rb'="([^"]*)"')
VALUE = re.compile(rb">([^<]+)<")
TAG = re.compile(rb"<[^>]+>")


def mutant(chance: Random) -> tuple[str, io.BytesIO]:
    """The name of the seed, and a damaged copy of it."""
    name = chance.choice(sorted(ODDITIES))
    file = ODDITIES[name]()
    if chance.random() < 0.1:
        return name, cut(file.getvalue(), chance)
    with zipfile.ZipFile(file) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    for _ in range(chance.randint(1, 4)):
        damage(parts, chance)
    return name, packed(parts, chance)


def cut(content: bytes, chance: Random) -> io.BytesIO:
    whole = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    return io.BytesIO(bytes(whole[: chance.choice([len(whole), chance.randrange(1, len(whole))])]))


def packed(parts: dict[str, bytes], chance: Random) -> io.BytesIO:
    target = io.BytesIO()
    method = chance.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


def damage(parts: dict[str, bytes], chance: Random) -> None:
    sheets = [name for name in parts if name.lower().endswith((SHEET1, "one.xml"))]
    name = chance.choice([*parts, *sheets * 3])
    content = parts[name]
    act = chance.choice(
        ["value", "value", "attribute", "attribute", "tag", "byte", "drop", "name", "twice"]
    )
    if act == "drop":
        del parts[name]
    elif act == "name":
        parts[f"{name[:-1]}_"] = parts.pop(name)
    elif act == "byte" and content:
        at = chance.randrange(len(content))
        parts[name] = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
    else:
        pattern = {"value": VALUE, "attribute": ATTRIBUTE}.get(act, TAG)
        parts[name] = replaced(content, pattern, act, chance)


def replaced(content: bytes, pattern: re.Pattern[bytes], act: str, chance: Random) -> bytes:
    found = list(pattern.finditer(content))
    if not found:
        return content
    match = chance.choice(found)
    if act == "twice":
        return content[: match.end()] + match[0] * chance.randint(1, 3) + content[match.end() :]
    if act == "tag":
        return content[: match.start()] + content[match.end() :]
    return content[: match.start(1)] + chance.choice(NASTY) + content[match.end(1) :]
