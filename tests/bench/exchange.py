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
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.exchange.domain.exports import job_name
from apps.exchange.files.opened import OpenedBook
from apps.jobs.models import Job, Status
from apps.jobs.services import enqueue
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, median_ratio, p95, scaled
from tests.bench.rounds import buying
from tests.bench.rounds.server import served
from tests.bench.rounds.working import worker
from tests.bench.sheets.exporting import LINE_EXPORT
from tests.bench.sheets.lines import fill

SMALL, LARGE = scaled(100_000), scaled(1_000_000)
PLAIN = "bare_xlsxwriter"
"""Its workbooks have their titles in the first row, as the peers want them."""
WRITERS = ("ours", "csv", "bare_xlsxwriter", "bare_openpyxl")
EXPORTS, EXPORTED = 10, 300_000
WORKER = "tests.bench.sheets.worker_settings"
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
        for writer in WRITERS:
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
    detail = f"{SMALL:,} × 20 read, validated, compared with the database"
    readers = {"our_reader": "ours", "import_export": PLAIN, "import_export_bulk": PLAIN}
    for reader, writer in readers.items():
        piece = _run(reader, folder / f"{writer}-{SMALL}.xlsx", SMALL)
        if piece.counted != SMALL:
            raise RuntimeError(f"{reader} read {piece.counted} rows of {SMALL}")
        yield Measurement(f"validate_{SMALL}_{reader}", piece.seconds, "s", detail)
        yield Measurement(f"validate_{SMALL}_{reader}_peak", piece.peak, "MB", detail)


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
        jobs = [_export(account, number) for account in _accounts()]
    with worker(WORKER):
        _await_three(jobs)
        taken = _saved(port)
        _require_unfinished(jobs)
    with whole_country(reason="bench"):
        Job.objects.filter(pk__in=jobs).delete()
    return taken


def _accounts() -> list[User]:
    """Ten of the people who save: each asks for one export."""
    return list(
        User.objects.filter(username__startswith="H42000030").order_by("username")[:EXPORTS]
    )


def _export(account: User, number: int) -> int:
    context = {"count": EXPORTED, "round": number}
    by = Actor.of(account)
    return enqueue(job_name(LINE_EXPORT), by=by, context=context, extension="xlsx").pk


def _await_three(jobs: Sequence[int], seconds: float = 60) -> None:
    """Until as many exports run at once as the worker lets run."""
    give_up = time.monotonic() + seconds
    wanted = min(settings.PROCRASTINATE_WORKER_DEFAULTS["concurrency"], len(jobs))
    while _standing(jobs).count(Status.RUNNING) < wanted:
        if time.monotonic() > give_up:
            raise TimeoutError("the exports did not start")
        time.sleep(0.2)


def _require_unfinished(jobs: Sequence[int]) -> None:
    if Status.RUNNING not in _standing(jobs):
        raise RuntimeError(f"the exports ended before the saves: {_standing(jobs)}")


def _standing(jobs: Sequence[int]) -> list[str]:
    with whole_country(reason="bench"):
        return list(Job.objects.filter(pk__in=jobs).values_list("status", flat=True))


def _saved(port: int) -> list[float]:
    """Milliseconds of each save of a fresh round."""
    with whole_country(reason="bench"):
        project, product, units = buying.round_with(f"BENCH-{secrets.token_hex(4)}", None)
        buyers = [buying.buyer_of(project, unit) for unit in units]
    attempts = buying.buy(port, buyers, product)
    if strange := {attempt.status for attempt in attempts} - {HTTPStatus.OK}:
        raise RuntimeError(f"unexpected answers: {strange}")
    return [attempt.seconds * 1000 for attempt in attempts]
