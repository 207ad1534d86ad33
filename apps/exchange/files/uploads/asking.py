"""What is asked of an upload. The only door for uploaded workbooks: each question opens it in a process of its own.

    reading = read_workbook(file, CATALOGUE, filename="目录.xlsx")
    for row in reading: row["code"], row.number

Invariant: nothing of the file is looked at in the process that asks; what comes back is what `told` lets in.
"""

import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.errors.report import list_alone
from apps.exchange.files.reader import Progress
from apps.exchange.files.readings import Problem, Reading
from apps.exchange.files.stamps import unsealed
from apps.exchange.files.upload_checks import FileRefused
from apps.exchange.files.uploads.told import RowHearer, spoken
from apps.quarantine.inside import Refused
from apps.quarantine.opening import Unopened, open_files
from apps.quarantine.turns import Busy

TAKE, READ, REPORT = (
    "apps.exchange.files.uploads.openers:take",
    "apps.exchange.files.uploads.openers:read",
    "apps.exchange.files.uploads.openers:report",
)
TOO_COMPLEX = "文件内容过于复杂，没有检查完，请删除多余的工作表、图片和格式，或分成几份上传"


class FileBusy(FileRefused):
    """Nothing is wrong with the file: others are looked at before it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An upload that passed: the workbook to keep under its name, and how much there is to read."""

    file: BinaryIO
    filename: str
    rows: int
    tags: int


@contextmanager
def taken(file: BinaryIO, filename: str) -> Generator[Taken, None, None]:
    """The upload, of text with separators a workbook of it. Raises `FileRefused`."""
    with tempfile.TemporaryFile() as made:
        told = _asked(TAKE, file, {"filename": filename}, output=made)
        made.seek(0)
        kept = cast("BinaryIO", made) if told["made"] else file
        yield Taken(kept, str(told["filename"]), int(told["rows"]), int(told["tags"]))


def read_workbook(
    file: BinaryIO,
    spec: WorkbookSpec,
    *,
    filename: str = "上传.xlsx",
    progress: Progress | None = None,
) -> Reading:
    """Check the upload, then read every sheet of `spec`. Raises `FileRefused`.

    `progress` is told the rows read so far, now and then, and 0 while others are read before.
    """
    hearer = RowHearer(spec)
    told = progress or (lambda _rows: None)

    def hear(said: Any) -> None:
        what, *rest = said
        if what == "stamp":
            hearer.reading.stamp = unsealed(rest[0] and (str(rest[0][0]), str(rest[0][1])))
        else:
            hearer.hear_rows(*rest)
            told(hearer.reading.count())

    arguments = {"spec": spoken(spec), "filename": filename}
    answer = _asked(READ, file, arguments, hear=hear, waiting=lambda: told(0))
    return hearer.finish(answer)


def error_workbook(file: BinaryIO, spec: WorkbookSpec, problems: Iterable[Problem]) -> IO[bytes]:
    """The clerk's own workbook with its errors, as an open temporary file. Raises `FileBusy`.

    Of what can't be opened, or not within the limits, there is the list of the errors alone.
    """
    found = list(problems)
    target = tempfile.TemporaryFile()  # noqa: SIM115  (handed to the caller)
    arguments = {"spec": spoken(spec), "problems": found}
    try:
        is_written = _asked(REPORT, file, arguments, output=target, writes=True)
    except FileBusy:
        target.close()
        raise
    except FileRefused:
        is_written = False
    if not is_written:
        target.close()
        return list_alone(found)
    target.seek(0)
    return target


def _asked(
    opener: str,
    file: BinaryIO,
    arguments: dict[str, Any],
    *,
    output: IO[bytes] | None = None,
    writes: bool = False,
    hear: Callable[[Any], None] = lambda _said: None,
    waiting: Callable[[], None] = lambda: None,
) -> Any:
    """Raises `FileRefused`."""
    try:
        return open_files(
            opener,
            [file],
            arguments,
            output=output,
            writes=writes,
            hear=hear,
            waiting=waiting,
        )
    except FileRefused:
        raise
    except Refused as refused:
        raise FileRefused(str(refused)) from refused
    except Busy as busy:
        raise FileBusy(str(busy)) from busy
    except Unopened as unopened:
        raise FileRefused(TOO_COMPLEX) from unopened
