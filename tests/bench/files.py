"""Files of strangers: what a process of its own costs each, and what four file bombs cost everybody else.

`open_*`: an ordinary file opened in the asking process, as it was before (a PDF: in a Python started for it), and in
the process that a warm server forks. `save_*`: the clients of `buying`, saving over HTTP, with and without one account
that sends bombs as fast as it is answered.
"""

import http.client
import io
import os
import random
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from apps.accounts.models import User
from apps.exchange.files import reader
from apps.exchange.files.uploads import asking as uploads
from apps.organizations.models import Organization
from apps.projects.models import WinningProduct
from apps.review.domain.attachments.checks import check_upload
from apps.review.domain.attachments.photos import assemble, compare
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, p95
from tests.bench.rounds import buying
from tests.bench.rounds.server import HOST, served
from tests.exchange.samples import BOOK, made, part_of, repacked
from tests.review.pdf_files import crowded, pdf

TIMES, ROWS, PAGES = 20, 282, 20
ROUNDS = 2  # of saves without and with bombs, in turns
SHEET = "xl/worksheets/sheet1.xml"
PROBE = (
    "import sys; from apps.quarantine.pdf import probe; from apps.quarantine.rendering import faces;"
    "content = sys.stdin.buffer.read(); probe(content); faces(content) if sys.argv[1:] else ()"
)


def measure() -> Iterator[Measurement]:
    yield from _prices()
    yield from _soak()


def _prices() -> Iterator[Measurement]:
    rows = [[f"A{n}", f"品种{n}", n + 1, 1.25, "2026-12-31", "药品", "是"] for n in range(ROWS)]
    workbook, paper, photo = made(*rows).getvalue(), pdf(PAGES), _photo()
    ways: dict[str, tuple[Callable[[], object], Callable[[], object], str]] = {
        "workbook": (
            lambda: reader.read_workbook(io.BytesIO(workbook), BOOK),
            lambda: uploads.read_workbook(io.BytesIO(workbook), BOOK),
            f"{ROWS} rows × 7",
        ),
        "pdf": (
            lambda: _probed(paper),
            lambda: check_upload([SimpleUploadedFile("a.pdf", paper)], title="承诺函"),
            f"{PAGES} pages",
        ),
        "photo": (
            lambda: _photographed(photo),
            lambda: check_upload([SimpleUploadedFile("a.jpg", photo)], title="承诺函"),
            f"JPEG of 12 million pixels, {len(photo) / 2**20:.1f} MB",
        ),
    }
    for name, (before, after, detail) in ways.items():
        after()  # the server is warm
        taken: dict[str, list[float]] = {"before": [], "after": []}
        for _ in range(TIMES):
            for way, work in (("before", before), ("after", after)):
                begun = time.perf_counter()
                work()
                taken[way].append((time.perf_counter() - begun) * 1000)
        for way, milliseconds in taken.items():
            yield Measurement(f"open_{name}_{way}", median(milliseconds), "ms", detail)


def _probed(content: bytes, *more: str) -> None:
    command = [sys.executable, "-c", PROBE, *more]
    subprocess.run(command, input=content, cwd=settings.BASE_DIR, check=True)


def _photographed(content: bytes) -> None:
    """As it was: decoded here, its page drawn in a Python started for it."""
    page = assemble([io.BytesIO(content)], ["a.jpg"])
    _probed(page, "faces")
    try:
        compare([io.BytesIO(content)], ["a.jpg"], [])
    except ValueError:
        return


def _photo() -> bytes:
    """Of twelve million pixels with something to see."""
    chance = random.Random(1)
    small = Image.frombytes("RGB", (400, 300), chance.randbytes(400 * 300 * 3))
    file = io.BytesIO()
    small.resize((4_000, 3_000)).save(file, "JPEG", quality=85)
    return file.getvalue()


def _sheet_bomb(more: bytes) -> bytes:
    file = made(["A01"])
    sheet = part_of(file)
    end = sheet.index(b"</sheetData>") + 12
    return repacked(file, replace={SHEET: sheet[:end] + more + sheet[end:]}).getvalue()


def _texts_bomb() -> bytes:
    texts = b"<sst>" + b"<si/>" * 5_900_000 + b"</sst>"
    return repacked(made(["A01"]), add={"xl/sharedStrings.xml": texts}).getvalue()


def _picture_bomb() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (7_700, 7_700)).save(file, "PNG")
    return file.getvalue()


@dataclass
class Sent:
    """What became of the bombs."""

    answers: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def _bombs(code: str) -> dict[str, tuple[str, dict[str, object]]]:
    """By name the page and the form: two workbooks, PDFs at and beyond the limit of objects, six pictures."""
    catalogue, notice = f"/projects/{code}/catalogue/import/", "/notices/new/"

    def file(name: str, content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    papers = [file("a.pdf", crowded(29_000)), file("b.pdf", crowded(150_000))]
    picture = _picture_bomb()
    pictures = [file(f"{n}.png", picture) for n in range(6)]
    return {
        "merges": (catalogue, {"file": file("a.xlsx", _sheet_bomb(b"<mergeCell " * 170_000))}),
        "texts": (catalogue, {"file": file("b.xlsx", _texts_bomb())}),
        "objects": (notice, {"files": papers}),
        "pixels": (notice, {"files": pictures}),
    }


def _soak() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    quiet: list[float] = []
    bombed: list[float] = []
    sent = Sent()
    healths: dict[str, list[float]] = {"quiet": [], "bombed": []}
    code, *_first = _fresh()
    bombs = _bombs(code)
    with whole_country(reason="bench"):
        account = buying.account_for(Organization.objects.get(path="/0/"))
    with served() as port:
        workers = _workers(port)
        _saved(port, *_fresh())  # warm
        for _ in range(ROUNDS):
            fresh = _fresh()
            with _asking(port, healths["quiet"]):
                quiet += _saved(port, *fresh)
            fresh = _fresh()
            with _bombing(port, account, bombs, sent), _asking(port, healths["bombed"]):
                bombed += _saved(port, *fresh)
        lost = workers - _workers(port)
    if lost:
        raise RuntimeError(f"workers were killed: {lost}")
    if strange := set(sent.answers) - {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}:
        raise RuntimeError(f"unexpected answers to bombs: {strange}")
    detail = f"{buying.CLIENTS} clients"
    for name, milliseconds in (("quiet", quiet), ("bombed", bombed)):
        yield Measurement(f"save_{name}_p50", median(milliseconds), "ms", detail)
        yield Measurement(f"save_{name}_p95", p95(milliseconds), "ms", detail)
    ratio = p95(bombed) / p95(quiet)
    yield Measurement("save_bombed_ratio", ratio, "×", "p95 under bombs to p95 without")
    yield Measurement("bombs_answered", len(sent.answers), "answers", "four threads of one account")
    for name, seconds in healths.items():
        slowest = max(seconds) * 1000
        yield Measurement(f"healthz_{name}_slowest", slowest, "ms", f"{len(seconds)} asked")
    yield Measurement("workers_lost", len(lost), "workers", "of gunicorn")


def _fresh() -> tuple[str, list[buying.Buyer], WinningProduct]:
    """A round that nobody has saved in: its code, who saves and what."""
    with whole_country(reason="bench"):
        project, product, units = buying.round_with(f"BENCH-{secrets.token_hex(4)}", None)
        return project.code, [buying.buyer_of(project, unit) for unit in units], product


def _saved(
    port: int, _code: str, buyers: list[buying.Buyer], product: WinningProduct
) -> list[float]:
    attempts = buying.buy(port, buyers, product)
    if strange := {attempt.status for attempt in attempts} - {HTTPStatus.OK}:
        raise RuntimeError(f"unexpected answers: {strange}")
    return [attempt.seconds * 1000 for attempt in attempts]


@contextmanager
def _bombing(
    port: int, account: User, bombs: dict[str, tuple[str, dict[str, object]]], sent: Sent
) -> Iterator[None]:
    """While the block runs, a thread for each bomb sends it again and again."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    token = secrets.token_hex(16)
    headers = {
        "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
        "X-CSRFToken": token,
        "Content-Type": MULTIPART_CONTENT,
    }
    sent.over.clear()

    def bomb(page: str, form: dict[str, object]) -> None:
        for file in [
            each
            for value in form.values()
            for each in (value if isinstance(value, list) else [value])
        ]:
            file.seek(0)  # type: ignore[attr-defined]
        body = encode_multipart(BOUNDARY, form)
        while not sent.over.is_set():
            sent.answers.append(_answer(port, "POST", page, body, headers))

    threads = [threading.Thread(target=bomb, args=each) for each in bombs.values()]
    for thread in threads:
        thread.start()
    time.sleep(3)  # they are at it
    try:
        yield
    finally:
        sent.over.set()
        for thread in threads:
            thread.join()


@contextmanager
def _asking(port: int, seconds: list[float]) -> Iterator[None]:
    """While the block runs, ask for the server's health ten times a second."""
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            begun = time.perf_counter()
            _answer(port, "GET", "/healthz")
            seconds.append(time.perf_counter() - begun)
            time.sleep(0.1)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _answer(
    port: int, method: str, page: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> int:
    line = http.client.HTTPConnection(HOST, port, timeout=120)
    try:
        line.request(method, page, body=body or None, headers=headers or {})
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


def _workers(port: int) -> set[int]:
    """The processes of the server at this port: gunicorn's first and its workers."""
    mark = f"BIND={HOST}:{port}".encode()
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            told = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
        except OSError:  # it has ended
            continue
        if mark in told[0].split(b"\0") and b"gunicorn" in told[1]:
            found.add(int(folder.name))
    return found
