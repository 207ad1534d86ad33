"""Workbooks: written and read against the bare libraries on the same data, and what ten exports cost a save.

Each writer and reader runs in a process of its own, so that its peak memory is its own. All of them take the same
lines from the same server-side cursor. Writers are told their time per row beside the bare writers'.
"""

import itertools
import json
import re
import secrets
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command

from apps.accounts.models import User
from apps.exchange.files.opened import OpenedBook
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, median_ratio, p95, scaled
from tests.bench.rounds import buying
from tests.bench.rounds.server import served
from tests.bench.sheets.lines import fill
from tests.bench.sheets.under_way import EXPORTED, EXPORTS, exports_under_way

SMALL, LARGE = scaled(100_000), scaled(1_000_000)
TENTH = SMALL // 10
PEERS = ("import_export", "import_export_bulk")
"""They read a tenth and are told by the row: the whole takes them minutes."""
PLAIN = "bare_xlsxwriter"
"""Its workbooks have their titles in the first row, as the peers want them."""
FAST = ("ours", "csv")
WRITERS = (*FAST, "bare_xlsxwriter", "bare_openpyxl")
"""The bare ones write the small file alone: a row costs them as much in a large one, which takes them minutes."""
ROUNDS = 3  # of saves without and with exports, in turns
ROW = re.compile(rb"<row ")
ABOVE = 3  # rows that are no data: what was exported, of what, and the titles


@dataclass(frozen=True)
class Piece:
    """What a child told of itself."""

    seconds: float
    peak: float
    counted: int


def measure() -> Iterator[Measurement]:
    with TemporaryDirectory(prefix="bench-exchange-") as folder:
        yield from _writing(Path(folder))
        yield from _reading(Path(folder))
    yield from _saving()


def _writing(folder: Path) -> Iterator[Measurement]:
    fill(LARGE)
    for count in (SMALL, LARGE):
        detail = f"{count:,} × 20 from the database"
        alone = _run("database_alone", folder / "none", count)
        yield Measurement(f"read_{count}_database_alone", alone.seconds, "s", detail)
        for writer in WRITERS if count == SMALL else FAST:
            file = folder / f"{writer}-{count}.xlsx"
            piece = _run(writer, file, count)
            size = file.stat().st_size / 2**20
            yield Measurement(
                f"write_{count}_{writer}", piece.seconds, "s", f"{detail}, {size:.0f} MB"
            )
            yield Measurement(f"write_{count}_{writer}_peak", piece.peak, "MB", detail)
            if writer == "ours":
                yield _proven(file, count)
            if count == LARGE:
                file.unlink()


def _proven(file: Path, count: int) -> Measurement:
    """The rows counted in the archive itself, and the manifest's word for them."""
    with file.open("rb") as content:
        manifest = OpenedBook(content).sheet("导出说明")
        lines = list(manifest.rows(2)) if manifest else []
    told = {name: value for _, ((name, _), (value, _)) in lines}
    rows = 0
    with zipfile.ZipFile(file) as archive, archive.open("xl/worksheets/sheet1.xml") as sheet:
        tail = b""
        while chunk := sheet.read(1 << 20):
            rows += len(ROW.findall(tail + chunk))
            tail = chunk[-4:]
    if not rows - ABOVE == told["总行数"] == count:
        raise RuntimeError(f"{rows - ABOVE} rows written, {told['总行数']} told, {count} asked for")
    return Measurement(
        f"write_{count}_ours_rows", rows - ABOVE, "rows", "counted; the manifest agrees"
    )


def _reading(folder: Path) -> Iterator[Measurement]:
    fill(SMALL)
    yield from _read("our_reader", folder / f"ours-{SMALL}.xlsx", SMALL)
    file = folder / f"{PLAIN}-{TENTH}.xlsx"
    _run(PLAIN, file, TENTH)
    for peer in PEERS:
        yield from _read(peer, file, TENTH)


def _read(reader: str, file: Path, count: int) -> Iterator[Measurement]:
    piece = _run(reader, file, count)
    if piece.counted != count:
        raise RuntimeError(f"{reader} read {piece.counted} rows of {count}")
    detail = f"{count:,} × 20 read, validated, compared with the database"
    yield Measurement(f"validate_{count}_{reader}", piece.seconds, "s", detail)
    yield Measurement(f"validate_{count}_{reader}_rate", count / piece.seconds, "rows/s", detail)
    yield Measurement(f"validate_{count}_{reader}_peak", piece.peak, "MB", detail)


def _run(piece: str, file: Path, count: int) -> Piece:
    command = [sys.executable, "-m", "tests.bench.sheets.child", piece, str(file), str(count)]
    printed = subprocess.run(command, cwd=settings.BASE_DIR, check=True, stdout=subprocess.PIPE)
    return Piece(**json.loads(printed.stdout.splitlines()[-1]))


def _saving() -> Iterator[Measurement]:
    """The clients of `buying`, saving over HTTP, with and without ten people's exports under way, in turns."""
    fill(EXPORTED)
    call_command("collectstatic", interactive=False, verbosity=0)
    alone, exporting = list[list[float]](), list[list[float]]()
    with served() as port:
        _saved(port)  # warm
        for number in range(ROUNDS):
            alone.append(_saved(port))
            exporting.append(_saved_beside(port, number))
    for name, rounds in (("alone", alone), ("exporting", exporting)):
        under = f", {EXPORTS} exports of {EXPORTED:,} × 20 under way" if name == "exporting" else ""
        taken = list(itertools.chain.from_iterable(rounds))
        detail = f"{buying.CLIENTS} clients, {len(taken):,} saves{under}"
        yield Measurement(f"save_{name}_p50", median(taken), "ms", detail)
        yield Measurement(f"save_{name}_p95", p95(taken), "ms", detail)
    ratio = median_ratio([(p95(a), p95(b)) for a, b in zip(alone, exporting, strict=True)])
    yield Measurement("save_exporting_ratio", ratio, "×", f"of p95, median of {ROUNDS} turns")


def _saved_beside(port: int, number: int) -> list[float]:
    with whole_country(reason="bench"):
        accounts = _accounts()
    with exports_under_way(accounts, number):
        return _saved(port)


def _accounts() -> list[User]:
    """Ten of the people who save: each asks for one export."""
    return list(
        User.objects.filter(username__startswith="H42000030").order_by("username")[:EXPORTS]
    )


def _saved(port: int) -> list[float]:
    """Milliseconds of each save of a fresh round."""
    with whole_country(reason="bench"):
        project, product, units = buying.round_with(f"BENCH-{secrets.token_hex(4)}", None)
        buyers = [buying.buyer_of(project, unit) for unit in units]
    attempts = buying.buy(port, buyers, product)
    if strange := {attempt.status for attempt in attempts} - {HTTPStatus.OK}:
        raise RuntimeError(f"unexpected answers: {strange}")
    return [attempt.seconds * 1000 for attempt in attempts]
