"""保存 and autosave of demand lines: any number of rows, one upsert.

Invariants: a row that somebody else changed since it was read is not overwritten; the same row sent twice (a lost
answer) is saved once; quantities are whole smallest units, `None` blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.refusals import NotAdded, UnknownItem
from apps.reporting.domain.sheet.filling import DEMAND
from apps.reporting.domain.sheet.rows import NewLine, Row, SheetAsk, is_pack_suspect
from apps.reporting.models import DemandLine, PackMark
from apps.review.domain.holding import hold
from apps.review.domain.mandates.using import tell_filled
from apps.review.domain.refusals import NAMED
from apps.review.models import Filing
from apps.scope.database import send, send_last
from apps.scope.sql import Upsert

ONLY_ADDED = "本次只补填增补的品规，其他明细保持上次上报的内容；需要修改时请联系上级退回。"
CHANGED = (
    "planned", "reason", "explanation", "pack_mark", "is_saved", "to_correct", "version", "updated_at",
)  # fmt: skip


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
) -> Saved:
    """Save rows as 暂存. Raises `NotEditable`, `UnknownItem`, `NotAdded`."""
    sheet = SheetAsk(project, filing, [entry.item for entry in entries], packed=True)
    held = hold(filing, *sheet.asks, project=project, by=by, work=DEMAND)
    outcome, changed = _judged(held, sheet.rows(), entries, at=by.moment)
    if changed:
        if by.mandate is not None:
            tell_filled(by, held, project, _in_words(changed))
        send_last(_upsert(changed))
    return outcome


def _in_words(lines: Sequence[NewLine]) -> str:
    """What was typed, for the log; one statement."""
    items = CatalogItem.objects.in_bulk([line.item_id for line in lines[:NAMED]])
    named = [
        f"{items[line.item_id].item_code} {items[line.item_id]} "
        f"{'空' if line.planned is None else f'{line.planned:,} {items[line.item_id].unit}'}"
        for line in lines[:NAMED]
    ]
    more = f" 等 {len(lines):,} 个品规" if len(lines) > NAMED else ""
    return f"{'；'.join(named)}{more}"


def write_lines(
    held: Filing,
    rows: Sequence[Row],
    entries: Sequence[Entry],
    *,
    at: datetime,
    saved: bool = False,
) -> Saved:
    """The same for a filing that the caller holds; `rows` are read under its lock, `saved` writes 已保存."""
    outcome, changed = _judged(held, rows, entries, at=at, saved=saved)
    upsert_lines(changed)
    return outcome


def _judged(
    held: Filing,
    rows: Sequence[Row],
    entries: Sequence[Entry],
    *,
    at: datetime,
    saved: bool = False,
) -> tuple[Saved, list[NewLine]]:
    """What becomes of each row, and the lines to write."""
    by_item = {entry.item: entry for entry in entries}
    before = {row.item.pk: row for row in rows}
    if not by_item.keys() <= before.keys():
        raise UnknownItem("有的品规不在本项目的目录里，请刷新页面后重试。")
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
    outcome.written = len(changed)
    return outcome, changed


def _is_conflict(row: Row, entry: Entry) -> bool:
    if entry.seen is None or entry.seen == row.version:
        return False
    return entry.content != (row.planned, row.reason, row.explanation)


def _require_added(held: Filing, row: Row) -> None:
    """What was given back for an added item is filled in on rows that came later alone. Raises `NotAdded`."""
    if held.added_since is not None and (row.item.added_in or 0) <= held.added_since:
        raise NotAdded(ONLY_ADDED)


def changed_line(
    held: Filing, row: Row, entry: Entry, at: datetime, *, saved: bool
) -> NewLine | None:
    """The line to write, or `None` where nothing changes. Raises `NotAdded`."""
    mark = _pack_mark(row, entry)
    is_saved = saved and entry.planned is not None
    same = entry.content == (row.planned, row.reason, row.explanation)
    if same and mark == row.pack_mark and (row.line is None or not saved or row.line.is_saved):
        return None
    _require_added(held, row)
    return NewLine(
        filing_id=held.pk,
        item_id=row.item.pk,
        path=held.path,
        planned=entry.planned,
        reason=entry.reason,
        explanation=entry.explanation,
        pack_mark=mark,
        is_saved=is_saved,
        version=row.version + 1,
        updated_at=at,
    )


def _pack_mark(row: Row, entry: Entry) -> PackMark:
    if not is_pack_suspect(row, entry.planned):
        return PackMark.NONE
    was_checked = row.pack_mark == PackMark.CONFIRMED and row.planned == entry.planned
    return PackMark.CONFIRMED if entry.packs_checked or was_checked else PackMark.SUSPECT


def upsert_lines(lines: Sequence[NewLine]) -> None:
    """One statement for any number."""
    if lines:
        send(_upsert(lines))


def _upsert(lines: Sequence[NewLine]) -> Upsert:
    return Upsert(lines, unique=["filing", "item"], update=CHANGED, model=DemandLine)
