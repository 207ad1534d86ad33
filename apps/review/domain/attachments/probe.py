"""Looks into one PDF, in a process of its own: pages, password, active content, signature, codes on its pages.

    python -m apps.review.domain.attachments.probe < file.pdf

prints one line of JSON; `--faces`: with what each page looks like.

Invariants: every object that the file's tables name is looked at, reachable or not; what is called readable opens
in the viewer as well; whatever the file declares, the
process ends within its limits of time and memory. Knows no Django, so that it starts fast and holds no secret.
"""

import io
import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from apps.review.domain.attachments.code_reading import SECONDS, read_codes
from apps.review.domain.attachments.rendering import check_shown, faces

CPU_SECONDS, MEMORY = 20, 1536 * 1024 * 1024
RESERVE = 5  # seconds of these that no codes are read in
MOST_OBJECTS = 200_000
MOST_PAGES = 5_000  # counted no further
MOST_SHOWN = 300  # more are refused anyhow
CODE_KEY = "fenliang:"
"""What our own documents carry in their keywords, before the check code: says whose file it was, and nothing else."""

PASSWORD, UNREADABLE, TOO_COMPLEX = "password", "unreadable", "complex"
SCRIPT, LAUNCH, EMBEDDED, MEDIA, FORM = "script", "launch", "embedded", "media", "form"
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
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is; `problem` says why it can't be taken.

    `is_original`: a document of ours to which nothing was added since. `codes`: by page, what its QR codes say.
    """

    problem: str = ""
    pages: int = 0
    is_signed: bool = False
    is_original: bool = False
    codes: tuple[tuple[str, ...], ...] = ()
    faces: tuple[str, ...] = ()


class Unusable(Exception):
    """Carries the problem."""


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
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unusable(PASSWORD)
    is_signed = is_added_to = False
    for each in _dictionaries(reader):
        _refuse_active(each)
        is_signed = is_signed or (each.get("/Type") == "/Sig" or "/ByteRange" in each)
        is_added_to = is_added_to or "/Annots" in each or each.get("/Subtype") == "/Image"
    pages = _count_pages(reader)
    if not pages:
        raise Unusable(UNREADABLE)
    if pages <= MOST_SHOWN:
        check_shown(content)
    is_original = _is_ours(reader) and not (is_signed or is_added_to)
    return Found(pages=pages, is_signed=is_signed, is_original=is_original)


def _refuse_bytes(content: bytes) -> None:
    plain = ESCAPED.sub(lambda hit: bytes([int(hit[1], 16)]), content)
    for mark, problem in IN_BYTES.items():
        if mark in plain:
            raise Unusable(problem)


def _refuse_active(each: DictionaryObject) -> None:
    for key, problem in KEYS.items():
        if key in each:
            raise Unusable(problem)
    told = ((ACTIONS, "/S"), (KINDS, "/Subtype"), (KINDS, "/Type"))
    for words, key in told:
        if found := words.get(_name(each.get(key))):
            raise Unusable(found)


def _name(value: Any) -> str:
    """A name, also one that stands as an object of its own."""
    return str(value.get_object() if isinstance(value, IndirectObject) else value)


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of every object that the tables name, and the trailer."""
    wanted = [(number, generation) for generation, them in reader.xref.items() for number in them]
    wanted += [(number, 0) for number in reader.xref_objStm]
    if len(wanted) > MOST_OBJECTS:
        raise Unusable(TOO_COMPLEX)
    yield from _inside(reader.trailer)
    for number, generation in wanted:
        try:
            each = reader.get_object(IndirectObject(number, generation, reader))
        except (PyPdfError, ValueError, KeyError, AssertionError, TypeError):
            if number in reader.xref_objStm:
                # Another reader may find what is hidden there.
                raise Unusable(TOO_COMPLEX) from None
            continue  # damaged and, if the pages need it, missed there; its bytes were looked at
        yield from _inside(each)


def _inside(top: Any) -> Iterator[DictionaryObject]:
    waiting = [top]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DictionaryObject):
            yield each
            waiting += each.values()
        elif isinstance(each, ArrayObject):
            waiting += each


def _count_pages(reader: PdfReader) -> int:
    """Leaves of the page tree, each looked up once, whatever its counts declare."""
    root = reader.trailer["/Root"].get_object()
    waiting, seen, pages = [root.raw_get("/Pages")], set(), 0  # type: ignore[union-attr]
    while waiting and pages < MOST_PAGES:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.idnum in seen:
                continue
            seen.add(each.idnum)
        node = each.get_object()
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


def _with_codes(found: Found, content: bytes) -> Found:
    """A file stays as good as it was whatever becomes of reading its pictures."""
    if found.problem or found.pages > MOST_SHOWN:
        return found
    try:
        left = min(SECONDS, CPU_SECONDS - RESERVE - time.process_time())
        return replace(found, codes=tuple(map(tuple, read_codes(content, seconds=left))))
    except Exception:  # noqa: BLE001 - what a decoder makes of a stranger's picture is no reason to refuse the file
        return found


def main() -> None:
    """Standard input to one line of JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    content = sys.stdin.buffer.read()
    found = _with_codes(probe(content), content)
    if "--faces" in sys.argv and not found.problem:
        found = replace(found, faces=tuple(faces(content)))
    json.dump(asdict(found), sys.stdout)


if __name__ == "__main__":
    main()
