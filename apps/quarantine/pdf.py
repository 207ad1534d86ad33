"""Looks into one PDF: pages, password, active content, signature, codes on its pages. Runs inside alone.

Invariants: every object that the file's tables name is looked at, reachable or not; what is called readable opens
in the viewer as well, and its first page is drawn.
"""

import io
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from apps.quarantine.codes import SECONDS, read_codes
from apps.quarantine.found import (
    CODE_KEY,
    EMBEDDED,
    FORM,
    LAUNCH,
    MEDIA,
    PASSWORD,
    SCRIPT,
    TOO_COMPLEX,
    UNREADABLE,
    Found,
)
from apps.quarantine.inside import Inside
from apps.quarantine.rendering import check_shown, faces

MOST_OBJECTS = 30_000
MOST_PAGES = 5_000  # counted no further
MOST_SHOWN = 300  # more are refused anyhow
MOST_SECONDS = 15  # of the processor, of all that a file may cost: no codes are read after them
ACTIONS = {
    "/JavaScript": SCRIPT,
    "/Launch": LAUNCH,
    "/GoToE": EMBEDDED,
    "/GoToR": LAUNCH,
    "/SubmitForm": FORM,
    "/ImportData": FORM,
    "/Rendition": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/RichMediaExecute": MEDIA,
}
KEYS = {"/JS": SCRIPT, "/XFA": FORM, "/EF": EMBEDDED, "/EmbeddedFiles": EMBEDDED}
KINDS = {
    "/FileAttachment": EMBEDDED,
    "/EmbeddedFile": EMBEDDED,
    "/RichMedia": MEDIA,
    "/Screen": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/3D": MEDIA,
}
# Other readers may find objects that this one does not: what stands in the bytes counts as well.
IN_BYTES = {
    b"/JavaScript": SCRIPT,
    b"/Launch": LAUNCH,
    b"/EmbeddedFile": EMBEDDED,
    b"/RichMedia": MEDIA,
    b"/SubmitForm": FORM,
    b"/ImportData": FORM,
}
CHUNK = 64 * 1024
PACKED = re.compile(rb"/ObjStm\b.{0,4000}?stream\r?\n", re.DOTALL)
MOST_UNPACKED = 64 * 1024 * 1024  # bytes of all object streams together
MOST_ACTIONS = 100  # one behind the other
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


class Unusable(Exception):
    """Carries the problem."""


def look(inside: Inside, *, with_faces: bool, with_codes: bool = False) -> dict[str, Any]:
    """What is found in the file; `with_faces`: with what each page looks like, `with_codes`: with its QR codes."""
    content = inside.files[0].read()
    looked_at = probe(content)
    if with_codes and not looked_at.problem and looked_at.pages <= MOST_SHOWN:
        looked_at = replace(looked_at, codes=codes_of(content, everywhere=looked_at.draws_letters))
    if with_faces and not looked_at.problem:
        looked_at = replace(looked_at, faces=tuple(faces(content)))
    return asdict(looked_at)


def codes_of(content: bytes, *, everywhere: bool = False) -> tuple[tuple[str, ...], ...]:
    """By page; a file stays as good as it was whatever becomes of reading its pictures."""
    try:
        left = min(SECONDS, MOST_SECONDS - time.process_time())
        return tuple(map(tuple, read_codes(content, seconds=left, everywhere=everywhere)))
    except Exception:  # noqa: BLE001 - what a decoder makes of a stranger's picture is no reason to refuse the file
        return ()


def probe(content: bytes) -> Found:
    """Look into the bytes of a file."""
    try:
        return _look(content)
    except Unusable as unusable:
        return Found(problem=str(unusable))
    except (MemoryError, RecursionError):
        return Found(problem=TOO_COMPLEX)
    except Exception:  # noqa: BLE001 - a broken file breaks its reader in any way it likes
        return Found(problem=UNREADABLE)


def _look(content: bytes) -> Found:
    _refuse_bytes(content)
    _refuse_packed(content)
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unusable(PASSWORD)
    is_signed = is_added_to = draws_letters = False
    for dictionary in _dictionaries(reader):
        _refuse_active(dictionary)
        is_signed = is_signed or (dictionary.get("/Type") == "/Sig" or "/ByteRange" in dictionary)
        is_added_to = (
            is_added_to or "/Annots" in dictionary or dictionary.get("/Subtype") == "/Image"
        )
        draws_letters = (
            draws_letters or dictionary.get("/Subtype") == "/Type3" or "/PatternType" in dictionary
        )
    pages = _count_pages(reader)
    if not pages:
        raise Unusable(UNREADABLE)
    if pages <= MOST_SHOWN:
        check_shown(content)
    return Found(
        pages=pages,
        is_signed=is_signed,
        is_locked=reader.is_encrypted,
        is_original=_is_ours(reader) and not (is_signed or is_added_to),
        draws_letters=draws_letters,
    )


def _refuse_bytes(content: bytes) -> None:
    plain = ESCAPED.sub(lambda hit: bytes([int(hit[1], 16)]), content)
    for mark, problem in IN_BYTES.items():
        if mark in plain:
            raise Unusable(problem)


def _refuse_packed(content: bytes) -> None:
    """Object streams too, whether or not a table names what is in them: other readers may look for it."""
    if content.count(b"/ObjStm") > MOST_OBJECTS:
        raise Unusable(TOO_COMPLEX)
    left = MOST_UNPACKED
    for begin in PACKED.finditer(content):
        unpacked = _unpacked(content, begin.end(), left)
        left -= len(unpacked)
        _refuse_bytes(unpacked)
        if left <= 0:
            raise Unusable(TOO_COMPLEX)


def _unpacked(content: bytes, at: int, most: int) -> bytes:
    """What inflates from there, up to its end or to where it breaks."""
    packer, parts = zlib.decompressobj(), []
    while most > 0 and at < len(content) and not packer.eof:
        try:
            parts.append(packer.decompress(content[at : at + CHUNK], most))
        except zlib.error:
            break
        most -= len(parts[-1])
        at += CHUNK
    return b"".join(parts)


def _refuse_active(dictionary: DictionaryObject) -> None:
    for key, problem in KEYS.items():
        if key in dictionary:
            raise Unusable(problem)
    told = ((ACTIONS, "/S"), (KINDS, "/Subtype"), (KINDS, "/Type"))
    for words, key in told:
        if content := words.get(_name(dictionary.get(key))):
            raise Unusable(content)
    is_elsewhere = isinstance(dictionary, StreamObject) and (
        "/F" in dictionary or "/Ref" in dictionary
    )
    if is_elsewhere or _calls_out(dictionary):
        raise Unusable(LAUNCH)


def _calls_out(dictionary: DictionaryObject) -> bool:
    """Whether an address is opened without anybody's click: at opening, of a page or a field, at the end of others."""
    more = _resolved(dictionary.get("/AA"))
    waiting = [
        dictionary.get("/OpenAction"),
        *(more.values() if isinstance(more, DictionaryObject) else ()),
    ]
    for _ in range(MOST_ACTIONS):
        if not waiting:
            return False
        action = _resolved(waiting.pop())
        if isinstance(action, DictionaryObject):
            if _name(action.get("/S")) == "/URI":
                return True
            behind = _resolved(action.get("/Next"))
            waiting += behind if isinstance(behind, ArrayObject) else [behind]
    return True


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _name(value: Any) -> str:
    """A name, also one that stands as an object of its own."""
    return str(_resolved(value))


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of every object that the tables name, and the trailer."""
    wanted = [(number, generation) for generation, them in reader.xref.items() for number in them]
    wanted += [(number, 0) for number in reader.xref_objStm]
    if len(wanted) > MOST_OBJECTS:
        raise Unusable(TOO_COMPLEX)
    yield from _inside(reader.trailer)
    for number, generation in wanted:
        try:
            stored = reader.get_object(IndirectObject(number, generation, reader))
        except (PyPdfError, ValueError, KeyError, AssertionError, TypeError):
            if number in reader.xref_objStm:
                # Another reader may find what is hidden there.
                raise Unusable(TOO_COMPLEX) from None
            continue  # damaged and, if the pages need it, missed there; its bytes were looked at
        yield from _inside(stored)


def _inside(top: Any) -> Iterator[DictionaryObject]:
    waiting = [top]
    while waiting:
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            yield value
            waiting += value.values()
        elif isinstance(value, ArrayObject):
            waiting += value


def _count_pages(reader: PdfReader) -> int:
    """Leaves of the page tree, each looked up once, whatever its counts declare."""
    root = reader.trailer["/Root"].get_object()
    waiting, seen, pages = [root.raw_get("/Pages")], set(), 0  # type: ignore[union-attr]
    while waiting and pages < MOST_PAGES:
        branch = waiting.pop()
        if isinstance(branch, IndirectObject):
            if branch.idnum in seen:
                continue
            seen.add(branch.idnum)
        node = branch.get_object()
        if not isinstance(node, DictionaryObject):
            continue
        if "/Kids" in node:
            waiting += list(node["/Kids"])  # type: ignore[call-overload]
        elif node.get("/Type", "/Page") == "/Page":
            pages += 1
    return pages


def _is_ours(reader: PdfReader) -> bool:
    said = reader.metadata.get("/Keywords") if reader.metadata else None
    return str(said or "").startswith(CODE_KEY)
