"""What every check of an import does with a row, whatever the file is about.

Invariants: a code means what is stored under it, whatever its case or width; a row with a wrong cell is still checked
in its other cells, so that one upload tells all there is to mend; only a row without any problem is written.
"""

from collections.abc import Iterable
from dataclasses import replace

from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.parsing import CellRefused, within
from apps.exchange.files.quantities import QuantityUnreadable, Written
from apps.exchange.files.readings import Problem, Row
from apps.folding.domain.folding import folded


def spelled(rows: Iterable[Row], **known: Iterable[str]) -> list[Row]:
    """The rows, their codes as they are stored: `spelled(reading, code=units, item_code=items)`.

    Codes that nobody knows stay as written.
    """
    tables = [(key, frozenset(codes)) for key, codes in known.items()]
    folding = {key: {folded(code): code for code in codes} for key, codes in tables}
    found = []
    for row in rows:
        meant = {
            key: code
            for key, codes in tables
            if row[key] not in codes and (code := folding[key].get(folded(row[key])))
        }
        found.append(replace(row, values={**row.values, **meant}) if meant else row)
    return found


def measured(row: Row, *, pack: int, unit: str) -> tuple[Row, list[Problem]]:
    """The row with its quantities in smallest units, and what is wrong with those that came with words."""
    meant: dict[str, int | None] = {}
    problems = []
    for column in row.sheet.columns:
        written = row.values.get(column.key) if column.is_quantity else None
        if not isinstance(written, Written):
            continue
        meant[column.key] = None
        try:
            meant[column.key] = within(column, written.smallest(pack=pack, unit=unit))
        except (QuantityUnreadable, CellRefused) as error:
            problems.append(row.problem(column.key, str(error)))
    return (replace(row, values={**row.values, **meant}) if meant else row), problems


def is_sound(outcome: DryRun, row: Row, problems: Iterable[Problem]) -> bool:
    """Tell the problems of the row, but of cells that could not be read; whether the row can be written."""
    told = {row.sheet.column(key).title for key in row.broken}
    untold = [problem for problem in problems if problem.column not in told]
    outcome.problems += untold
    return not untold and not row.broken
