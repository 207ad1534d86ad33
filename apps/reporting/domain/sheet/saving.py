"""保存 and autosave of demand lines: any number of rows, one upsert.

Invariants: a row that somebody else changed since it was read is not overwritten; the same row sent twice (a lost
answer) is saved once; quantities are whole smallest units, `None` blank.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.rates import may_be_packs
from apps.reporting.domain.refusals import NotAdded, UnknownItem
from apps.reporting.domain.sheet.filling import DEMAND, KINDS
from apps.reporting.domain.sheet.sql import LineNow, LinesNow, microseconds
from apps.reporting.models import DemandLine, PackMark
from apps.review.domain.holding import hold, hold_own
from apps.review.domain.mandates.using import tell_filled
from apps.review.domain.refusals import NAMED
from apps.review.models import Filing
from apps.scope.database import send, send_last
from apps.scope.sql import Upsert

ONLY_ADDED = "本次只补填增补的品规，其他明细保持上次上报的内容；需要修改时请联系上级退回。"
CHANGED = (
    "planned", "reason", "explanation", "pack_mark", "is_saved", "to_correct", "version", "updated_at",
)  # fmt: skip


class Entry(NamedTuple):
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
    rows: dict[int, LineNow] = field(default_factory=dict)
    conflicts: dict[int, LineNow] = field(default_factory=dict)
    written: int = 0


@transaction.atomic
def save_lines(
    *,
    filing: Filing,
    project: Project,
    entries: Sequence[Entry],
    by: Actor,
    settle: bool = False,
) -> Saved:
    """Save rows as 暂存, with `settle` as 保存. Raises `NotEditable`, `UnknownItem`, `NotAdded`."""
    lines = LinesNow.of(filing.pk, [entry.item for entry in entries])
    held = hold(filing, lines, project=project, by=by, work=DEMAND)
    return _written(held, project, lines.answer, entries, by, settle=settle)


@transaction.atomic
def save_own(
    *,
    code: str,
    items: Sequence[int],
    read: Callable[[Sequence[LineNow]], Sequence[Entry]],
    by: Actor,
) -> tuple[Filing, Saved]:
    """The same in the own filing of the project of this code; rows are read once their packs are known.

    Raises `Filing.DoesNotExist` where there is none.
    """
    lines = LinesNow.own(by.organization.pk if by.organization else 0, code, items)
    held = hold_own(code, lines, kinds=KINDS, by=by, work=DEMAND)
    entries = read(lines.answer)
    return held, _written(held, held.project, lines.answer, entries, by)


def _written(
    held: Filing,
    project: Project,
    rows: Sequence[LineNow],
    entries: Sequence[Entry],
    by: Actor,
    *,
    settle: bool = False,
) -> Saved:
    """The last thing of the transaction."""
    outcome, changed = _judged(held, rows, entries, at=by.moment, saved=settle)
    settled = sum(row.planned is not None for row in outcome.rows.values()) if settle else 0
    if settled:
        log_saved(held, project, by, settled)
    if changed:
        if by.mandate is not None:
            tell_filled(by, held, project, _in_words(changed))
        send_last(_upsert([(held, line) for line in changed]))
    return outcome


def log_saved(held: Filing, project: Project, by: Actor, count: int) -> None:
    """保存 is an act, 暂存 is none."""
    log_sheet(held, project, by, "保存", f"保存 {count} 个品规的预采购量")


def log_sheet(filing: Filing, project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=filing.organization.name,
        sentence=f"{filing.organization.name}在“{project.name}”{sentence}",
        path=filing.path,
        project_code=project.code,
    )


def _in_words(lines: Sequence[LineNow]) -> str:
    """What was typed, for the log; one statement."""
    items = CatalogItem.objects.in_bulk([line.pk for line in lines[:NAMED]])
    named = [
        f"{items[line.pk].item_code} {items[line.pk]} "
        f"{'空' if line.planned is None else f'{line.planned:,} {items[line.pk].unit}'}"
        for line in lines[:NAMED]
    ]
    more = f" 等 {len(lines):,} 个品规" if len(lines) > NAMED else ""
    return f"{'；'.join(named)}{more}"


def write_lines(
    held: Filing,
    rows: Iterable[LineNow],
    entries: Sequence[Entry],
    *,
    at: datetime,
    saved: bool = False,
) -> Saved:
    """The same for a filing that the caller holds; `rows` are read under its lock, `saved` writes 已保存."""
    outcome, changed = _judged(held, rows, entries, at=at, saved=saved)
    upsert_lines([(held, line) for line in changed])
    return outcome


def _judged(
    held: Filing,
    rows: Iterable[LineNow],
    entries: Sequence[Entry],
    *,
    at: datetime,
    saved: bool = False,
) -> tuple[Saved, list[LineNow]]:
    """What becomes of each row, and the lines to write."""
    by_item = {entry.item: entry for entry in entries}
    before = {row.pk: row for row in rows}
    if not by_item.keys() <= before.keys():
        raise UnknownItem("有的品规不在本项目的目录里，请刷新页面后重试。")
    outcome, changed, updated = Saved(at), [], microseconds(at)
    for item, entry in by_item.items():
        row = before[item]
        if _is_conflict(row, entry):
            outcome.conflicts[item] = row
            continue
        line = changed_line(held, row, entry, updated, saved=saved)
        if line is not None:
            changed.append(line)
        outcome.rows[item] = line or row
    outcome.written = len(changed)
    return outcome, changed


def _is_conflict(row: LineNow, entry: Entry) -> bool:
    if entry.seen is None or entry.seen == row.version:
        return False
    return entry.content != (row.planned, row.reason, row.explanation)


def _require_added(held: Filing, row: LineNow) -> None:
    """What was given back for an added item is filled in on rows that came later alone. Raises `NotAdded`."""
    if held.added_since is not None and row.added_in <= held.added_since:
        raise NotAdded(ONLY_ADDED)


def changed_line(
    held: Filing, row: LineNow, entry: Entry, updated: int, *, saved: bool
) -> LineNow | None:
    """The row as it is to be written, or `None` where nothing changes. Raises `NotAdded`."""
    _item, planned, reason, explanation, _seen, _checked = entry
    mark = _pack_mark(row, entry)
    is_saved = saved and planned is not None
    same = (planned, reason, explanation, mark) == row[5:9]
    if same and (not is_saved or (row.is_saved and not row.to_correct)):
        return None
    _require_added(held, row)
    place = (row.pk, row.pack_quantity, row.unit, row.years, row.bought)
    typed = (planned, reason, explanation, mark)
    return LineNow(*place, *typed, is_saved, False, row.version + 1, updated, row.added_in)  # noqa: FBT003


def _pack_mark(row: LineNow, entry: Entry) -> str:
    if not may_be_packs(entry.planned, row.baseline, row.pack_quantity):
        return PackMark.NONE.value
    was_checked = row.pack_mark == PackMark.CONFIRMED and row.planned == entry.planned
    mark = PackMark.CONFIRMED if entry.packs_checked or was_checked else PackMark.SUSPECT
    return mark.value


def upsert_lines(lines: Sequence[tuple[Filing, LineNow]]) -> None:
    """One statement for any number."""
    if lines:
        send(_upsert(lines))


def _upsert(lines: Sequence[tuple[Filing, LineNow]]) -> Upsert:
    """`to_correct` ends with a save; what was called right and where a return named it stays."""
    items, _, _, _, _, planned, reasons, explanations, marks, saved, _, versions, *_ = zip(
        *(line for _, line in lines), strict=True
    )
    columns = {
        "filing_id": [filing.pk for filing, _ in lines],
        "item_id": items,
        "path": [filing.path for filing, _ in lines],
        "planned": planned,
        "reason": reasons,
        "explanation": explanations,
        "pack_mark": marks,
        "checked": [None],
        "is_saved": saved,
        "to_correct": [False],
        "asked_in": [None],
        "version": versions,
        "updated_at": [lines[0][1].updated_at],
    }
    return Upsert(columns, unique=["filing", "item"], update=CHANGED, model=DemandLine)
