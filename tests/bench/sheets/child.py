"""One piece of the benchmark in a process of its own: prints its seconds, its peak memory (MB) and what it counted.

python -m tests.bench.sheets.child <piece> <file> <rows>
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from apps.exchange.domain.dry_run import DryRun  # noqa: E402
from apps.exchange.files.frames import Manifest  # noqa: E402
from apps.exchange.files.reader import read_workbook  # noqa: E402
from apps.exchange.files.writer import write_csv, write_xlsx  # noqa: E402
from tests.bench.sheets.lines import FIELDS, LINES, BenchLine, lines  # noqa: E402

DAYS = ("starts_on", "ends_on")


def ours(file: Path, count: int) -> int:
    with file.open("w+b") as target:
        return write_xlsx(target, LINES, {"明细": lines(count)}, manifest=Manifest("明细"))


def csv(file: Path, count: int) -> int:
    with file.open("w+b") as target:
        return write_csv(target, LINES.sheets[0], lines(count))


def bare_xlsxwriter(file: Path, count: int) -> int:
    import xlsxwriter  # noqa: PLC0415

    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(file), options) as book:
        sheet = book.add_worksheet("明细")
        sheet.write_row(0, 0, FIELDS)
        row = 0
        for row, values in enumerate(lines(count), start=1):
            sheet.write_row(row, 0, values)
    return row


def bare_openpyxl(file: Path, count: int) -> int:
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("明细")
    sheet.append(FIELDS)
    for values in lines(count):
        sheet.append(values)
    book.save(file)
    return count


def database_alone(file: Path, count: int) -> int:
    return sum(1 for _ in lines(count))


def our_reader(file: Path, count: int) -> int:
    """Checked as an upload, read, every cell validated, every row compared with the database."""
    with file.open("rb") as upload:
        reading = read_workbook(upload, LINES, filename=file.name)
    outcome = DryRun(problems=reading.problems)
    known = {line[0]: line for line in BenchLine.objects.values_list(*FIELDS).iterator()}
    for row in reading.whole_rows:
        line = known.get(row["code"])
        if line is None:
            outcome.new.append(row)
        elif line != tuple(row.values.values()):
            outcome.changed.append(row)
        else:
            outcome.unchanged.append(row)
    if outcome.problems or outcome.changed:
        raise RuntimeError(f"{outcome.problems[:3]} {outcome.changed[:3]}")
    return len(outcome.unchanged) + len(outcome.new)


def import_export(file: Path, count: int) -> int:
    """django-import-export as its documentation begins: a ModelResource, a dataset, a dry run."""
    return _imported(file, {})


def import_export_bulk(file: Path, count: int) -> int:
    """The same as its documentation makes it fast: in bulk, what is there looked up once, what is equal left alone."""
    from import_export.instance_loaders import CachedInstanceLoader  # noqa: PLC0415

    equal = {"skip_unchanged": True, "report_skipped": False, "skip_html_diff": True}
    faster = {"use_bulk": True, "batch_size": 1_000, **equal}
    return _imported(file, faster | {"instance_loader_class": CachedInstanceLoader})


def _imported(file: Path, options: dict[str, object]) -> int:
    from import_export.formats.base_formats import XLSX  # noqa: PLC0415
    from import_export.resources import modelresource_factory  # noqa: PLC0415
    from import_export.widgets import DateWidget  # noqa: PLC0415

    class Day(DateWidget):
        """A workbook's day comes as a moment, which the library compares with a day and finds changed."""

        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return super().clean(
                value.date() if isinstance(value, datetime) else value, row, **kwargs
            )

    dataset = XLSX().create_dataset(file.read_bytes())
    dataset.headers = FIELDS
    meta = {"import_id_fields": ("code",), **options}
    resource = modelresource_factory(BenchLine, meta_options=meta)()
    for name in DAYS:
        resource.fields[name].widget = Day()
    result = resource.import_data(dataset, dry_run=True)
    if result.has_errors() or result.has_validation_errors():
        raise RuntimeError(result.rows[0].errors)
    return result.total_rows


def peak() -> float:
    """MB that this program has held at most. `ru_maxrss` would begin with what its parent held at the fork."""
    [told] = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(told) / 1024


PIECES: dict[str, Callable[[Path, int], int]] = {
    piece.__name__: piece
    for piece in (
        ours, csv, bare_xlsxwriter, bare_openpyxl, database_alone, our_reader, import_export,
        import_export_bulk,
    )
}  # fmt: skip

if __name__ == "__main__":
    name, path, rows = sys.argv[1:]
    begin = time.perf_counter()
    counted = PIECES[name](Path(path), int(rows))
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "peak": peak(), "counted": counted}))  # noqa: T201
