"""Finding the header row by its titles, whatever their order and whatever stands above it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.exchange.files.columns import Column, SheetSpec
from apps.exchange.files.normalizing import heading
from apps.exchange.files.readings import Problem
from apps.folding.domain.folding import one_line

HEADER_ROWS = 10  # looked at from the top


@dataclass(slots=True)
class Header:
    """Where each column of the table stands: `columns` as (position from 0, column); `absent` are left out rightly."""

    spec: SheetSpec
    row: int
    columns: list[tuple[int, Column]] = field(default_factory=list)
    missing: list[Column] = field(default_factory=list)
    absent: list[Column] = field(default_factory=list)
    absent_keys: frozenset[str] = frozenset()
    repeated: list[Column] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Columns to read."""
        return max(position for position, _ in self.columns) + 1

    @property
    def positions(self) -> set[int]:
        return {position for position, _ in self.columns}

    def problems(self) -> list[Problem]:
        found = [
            Problem(
                self.spec.title, self.row, column.title, f"缺少列“{column.title}”{self._perhaps()}"
            )
            for column in self.missing
        ]
        found += [
            Problem(
                self.spec.title, self.row, column.title, f"列“{column.title}”出现了两次，请删去一列"
            )
            for column in self.repeated
        ]
        return found

    def _perhaps(self) -> str:
        names = "、".join(f"“{name}”" for name in self.unknown[:5])
        return f"，请使用下载的模板；{names} 不是模板里的列" if names else "，请使用下载的模板"


def find_header(spec: SheetSpec, number: int, values: Sequence[Any]) -> Header | None:
    """Read row `number` as the header, if at least half of the titles that it must have stand in it."""
    header = Header(spec, number)
    wanted = {title: column for column in spec.columns for title in column.headings}
    columns: dict[str, int] = {}
    for position, value in enumerate(values):
        title = heading(value) if isinstance(value, str) else ""
        column = wanted.get(title)
        if column is None:
            header.unknown += (
                [one_line(str(value))[:20]] if value is not None and str(value).strip() else []
            )
        elif column.key in columns:
            header.repeated.append(column)
        else:
            columns[column.key] = position
            header.columns.append((position, column))
    lacking = [column for column in spec.columns if column.key not in columns]
    header.missing = [column for column in lacking if not column.optional]
    header.absent = [column for column in lacking if column.optional]
    header.absent_keys = frozenset(column.key for column in header.absent)
    needed = [column for column in spec.columns if not column.optional]
    return header if columns and len(needed) <= 2 * (len(needed) - len(header.missing)) else None
