"""What is done with an upload inside `apps.quarantine`; asked for by `uploads`, imported by nobody else."""

from collections.abc import Mapping
from typing import Any

from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.delimited import as_workbook
from apps.exchange.files.errors.report import write_report
from apps.exchange.files.reader import read_workbook
from apps.exchange.files.readings import Problem
from apps.exchange.files.stamps import Sealed
from apps.exchange.files.upload_checks import check_upload
from apps.exchange.files.uploads.told import RowTeller, ending
from apps.quarantine.inside import Inside


def take(inside: Inside, *, filename: str) -> dict[str, Any]:
    """Is it a workbook that may be opened? Text with separators is made one, in the output."""
    [sent] = inside.files
    file, name = as_workbook(sent, filename, inside.written)
    shapes = check_upload(file, name)
    return {"filename": name, "made": file is not sent, "rows": shapes.rows, "tags": shapes.tags}


def read(inside: Inside, *, spec: WorkbookSpec, filename: str) -> Any:
    """The stamp and the rows are said as they come; the rest is the answer."""
    teller = RowTeller(inside.say)

    def unseal(sealed: Sealed | None) -> Mapping[str, Any]:
        """Whoever asked has the key."""
        inside.say(["stamp", sealed])
        return {}

    [file] = inside.files
    reading = read_workbook(file, spec, filename=filename, take=teller.take, unseal=unseal)
    teller.flush()
    return ending(reading)


def report(inside: Inside, *, spec: WorkbookSpec, problems: list[Problem]) -> bool:
    """The workbook with its errors, in the output; False if nothing can be shown of it."""
    [file] = inside.files
    return write_report(file, spec, problems, inside.written)
