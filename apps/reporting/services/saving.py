"""保存 and autosave of demand lines: any number of rows, one upsert.

Invariants: a row that somebody else changed since it was read is not overwritten; the same row sent twice (a lost
answer) is saved once; quantities are whole smallest units, `None` blank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.projects.models import Project
from apps.reporting.editing import hold_filing
from apps.reporting.models import DemandLine, PackMark
from apps.reporting.refusals import UnknownItem
from apps.reporting.sheet import Row, catalogue, is_pack_suspect, rows_of
from apps.review.models import Filing

CHANGED = (
    "planned", "reason", "explanation", "pack_mark", "is_saved", "to_correct", "version", "updated_at",
)  # fmt: skip
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as typed. `seen` is the version that the page showed, `None` whatever it is.

    `packs_checked`: the person said that the quantity is in smallest units.
    """

    item: int
    planned: int | None
    reason: str = ""
    explanation: str = ""
    seen: int | None = None
    packs_checked: bool = False

    @property
    def content(self) -> tuple[int | None, str, str]:
        return self.planned, self.reason, self.explanation


@dataclass(slots=True)
class Saved:
    """What became of the rows, by item: as they stand now; `conflicts` were changed by somebody else meanwhile."""

    at: datetime
    rows: dict[int, Row] = field(default_factory=dict)
    conflicts: dict[int, Row] = field(default_factory=dict)
    written: int = 0


@transaction.atomic
def save_lines(
    *,
    filing: Filing,
    project: Project,
    entries: Sequence[Entry],
    by: Actor,
    at: datetime | None = None,
) -> Saved:
    """Save rows as 暂存. Raises `NotEditable`, `UnknownItem`."""
    held = hold_filing(filing, project=project, by=by, at=at)
    return write_lines(held, project, entries, at=at or timezone.now())


def write_lines(
    held: Filing, project: Project, entries: Sequence[Entry], *, at: datetime, saved: bool = False
) -> Saved:
    """The same for a filing that the caller holds; `saved` writes 已保存."""
    by_item = {entry.item: entry for entry in entries}
    before = _read(held, project, by_item)
    outcome, changed = Saved(at), []
    for item, entry in by_item.items():
        row = before[item]
        if _is_conflict(row, entry):
            outcome.conflicts[item] = row
            continue
        line = changed_line(held, row, entry, at, saved=saved)
        if line is not None:
            changed.append(line)
            row = Row(row.item, line, row.baseline, row.rule, row.history, row.doubts)
        outcome.rows[item] = row
    upsert_lines(changed)
    outcome.written = len(changed)
    return outcome


def _read(held: Filing, project: Project, by_item: Mapping[int, Entry]) -> dict[int, Row]:
    items = catalogue(project).filter(pk__in=list(by_item))
    rows = {row.item.pk: row for row in rows_of(project, held, items)}
    if len(rows) != len(by_item):
        raise UnknownItem("有的品规不在本项目的目录里，请刷新页面后重试。")
    return rows


def _is_conflict(row: Row, entry: Entry) -> bool:
    if entry.seen is None or entry.seen == row.version:
        return False
    return entry.content != (row.planned, row.reason, row.explanation)


def changed_line(
    held: Filing, row: Row, entry: Entry, at: datetime, *, saved: bool
) -> DemandLine | None:
    """The line to write, or `None` where nothing changes."""
    mark = _pack_mark(row, entry)
    is_saved = saved and entry.planned is not None
    same = entry.content == (row.planned, row.reason, row.explanation)
    if same and mark == row.pack_mark and (row.line is None or not saved or row.line.is_saved):
        return None
    return DemandLine(
        filing=held,
        item=row.item,
        path=held.path,
        planned=entry.planned,
        reason=entry.reason,
        explanation=entry.explanation,
        pack_mark=mark,
        is_saved=is_saved,
        to_correct=False,
        version=row.version + 1,
        updated_at=at,
    )


def _pack_mark(row: Row, entry: Entry) -> PackMark:
    if not is_pack_suspect(row, entry.planned):
        return PackMark.NONE
    was_checked = row.pack_mark == PackMark.CONFIRMED and row.planned == entry.planned
    return PackMark.CONFIRMED if entry.packs_checked or was_checked else PackMark.SUSPECT


def upsert_lines(lines: Iterable[DemandLine]) -> None:
    DemandLine.objects.bulk_create(
        lines,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["filing", "item"],
        update_fields=CHANGED,
    )
