"""Acts on many rows of a filing: 保存, 按上年量×% 填入, 照上批填, 其余填 0, one explanation (rules §1, §8)."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.reporting.domain.rates import share_of
from apps.reporting.domain.refusals import CountMoved, NothingTicked
from apps.reporting.domain.sheet.filling import DEMAND
from apps.reporting.domain.sheet.last_batch import last_batch
from apps.reporting.domain.sheet.rows import rows_of
from apps.reporting.domain.sheet.saving import Entry, log_saved, log_sheet, write_lines
from apps.reporting.models import DemandLine
from apps.review.domain.holding import hold
from apps.review.models import Filing


@transaction.atomic
def mark_saved(
    *,
    filing: Filing,
    project: Project,
    items: Sequence[int],
    by: Actor,
) -> int:
    """暂存 → 已保存 for ticked rows that have a quantity (S2-18). Returns how many. Raises `NothingTicked`."""
    _require_ticks(items, "请先勾选要保存的品规。")
    held = hold(filing, project=project, by=by, work=DEMAND)
    lines = DemandLine.objects.of_filing(held).answered().filter(item__in=items)
    count = int(lines.update(is_saved=True, to_correct=False))
    log_saved(held, project, by, count)
    return count


@transaction.atomic
def fill_share(
    *,
    filing: Filing,
    project: Project,
    items: Sequence[int],
    percent: Decimal,
    by: Actor,
) -> int:
    """按上年量×%: ticked rows with a baseline get that share of it; others stay. Returns how many."""
    _require_ticks(items, "请先勾选要填入的品规。")
    held = hold(filing, project=project, by=by, work=DEMAND)
    rows = rows_of(project, held, items)
    entries = [
        Entry(row.item.pk, share_of(row.baseline, percent), row.reason, row.explanation)
        for row in rows
        if row.baseline.total
    ]
    written = write_lines(held, (row.now for row in rows), entries, at=by.moment).written
    log_sheet(held, project, by, "按上年量填入", f"按上年量的 {percent}% 填入 {written} 个品规")
    return written


@transaction.atomic
def fill_last(*, filing: Filing, project: Project, items: Sequence[int], by: Actor) -> int:
    """照上批填: ticked rows with a 上批量 get it; others stay. Returns how many."""
    _require_ticks(items, "请先勾选要填入的品规。")
    held = hold(filing, project=project, by=by, work=DEMAND)
    rows = rows_of(project, held, items)
    last = last_batch(project, held, [row.item for row in rows])
    entries = [
        Entry(row.item.pk, last[row.item.pk], row.reason, row.explanation)
        for row in rows
        if row.item.pk in last
    ]
    written = write_lines(held, (row.now for row in rows), entries, at=by.moment).written
    log_sheet(held, project, by, "照上批填入", f"照上批量填入 {written} 个品规")
    return written


@transaction.atomic
def fill_zero(*, filing: Filing, project: Project, expected: int, by: Actor) -> int:
    """其余填 0: every blank row at once. `expected` is the number confirmed. Raises `CountMoved`."""
    held = hold(filing, project=project, by=by, work=DEMAND)
    blank = [row for row in rows_of(project, held) if row.planned is None]
    if len(blank) != expected:
        raise CountMoved(f"现在有 {len(blank):,} 个品规没有填写，与确认时的数目不同，请重新确认。")
    entries = [Entry(row.item.pk, 0, row.reason, row.explanation) for row in blank]
    written = write_lines(held, (row.now for row in blank), entries, at=by.moment).written
    log_sheet(held, project, by, "其余填 0", f"其余 {written} 个没有填写的品规填 0")
    return written


@transaction.atomic
def explain(
    *,
    filing: Filing,
    project: Project,
    items: Sequence[int],
    reason: str,
    explanation: str,
    by: Actor,
) -> int:
    """One 增幅降幅说明 for ticked rows. Returns how many changed. Raises `NothingTicked`."""
    _require_ticks(items, "请先勾选要说明的品规。")
    held = hold(filing, project=project, by=by, work=DEMAND)
    rows = rows_of(project, held, items)
    entries = [Entry(row.item.pk, row.planned, reason, explanation) for row in rows]
    written = write_lines(held, (row.now for row in rows), entries, at=by.moment).written
    log_sheet(held, project, by, "填写说明", f"为 {written} 个品规填写增幅降幅说明")
    return written


def _require_ticks(items: Sequence[int], sentence: str) -> None:
    if not items:
        raise NothingTicked(sentence)
