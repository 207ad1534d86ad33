"""Confirming what is right, and taking a confirmation back (S1-20, S1-43..46)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.refusals import RowMoved
from apps.allocation.domain.row_acts import why_not_confirm, why_not_withdraw
from apps.allocation.domain.slots.candidates import candidates_of
from apps.allocation.domain.slots.editing import ALLOCATION, HeldRow, hold_row
from apps.allocation.domain.slots.reassessing import slot_state
from apps.allocation.models import FIXED_SLOTS, AllocationRow, Slot, SlotLine, SlotState
from apps.audit.services import record
from apps.projects.models import Project
from apps.review.domain.holding import hold
from apps.review.models import Filing
from apps.ui.pages.seen_sets import seen_rows


@transaction.atomic
def confirm_selected(
    *,
    filing: Filing,
    project: Project,
    by: Actor,
    rows: Collection[int] | None = None,
    seen: str | None = None,
) -> int:
    """Confirm the quantities of selected products: of the named rows, or all. Returns how many lines were new.

    A row is confirmed whole, with the line of every winner that has a part of it. `seen` is the stamp of the
    unconfirmed rows that a page counted, `None` if no page stands behind the act. Raises `seen_sets.SetMoved`.
    """
    held = hold(filing, project=project, by=by, work=ALLOCATION)
    new: Any = AllocationRow.objects.of_filing(held).selected_unconfirmed()
    if rows is not None:
        new = new.filter(pk__in=rows)
    elif seen is not None:
        new = seen_rows(new, seen)
    lines = SlotLine.objects.of_filing(held).filter(slot=Slot.SELECTED, row__in=new)
    confirmed = lines.count()
    new.update(selected_confirmed_at=timezone.now(), selected_confirmed_by=by.user)
    if confirmed:
        record(
            by=by,
            verb="中选产品采购量确认",
            object=project.name,
            sentence=f"确认中选产品采购量 {confirmed} 项",
            path=held.path,
            project_code=project.code,
        )
    return confirmed


@transaction.atomic
def confirm_pending(
    *,
    row: AllocationRow,
    project: Project,
    by: Actor,
    seen: Mapping[int, int | None] | None = None,
    slot: str = "",
) -> AllocationRow:
    """Finish the allocation of a row (S1-43). `seen`: the saved contracts of `slot` that the page showed.

    Raises `SlotsNotFilled` naming the slots (S1-44), `RowMoved`.
    """
    held = hold_row(row, project=project, by=by)
    if seen:
        _require_shown(held.row, slot, seen)
    if refused := why_not_confirm(held.row):
        raise refused
    AllocationRow.objects.filter(pk=held.row.pk).update(
        pending_confirmed_at=timezone.now(), pending_confirmed_by=by.user
    )
    unplaced = f"，未能分配 {held.row.unplaced:,} {held.row.item.unit}" if held.row.unplaced else ""
    _log(held, "确认", f"确认待分配量{unplaced}", by)
    return held.row


def _require_shown(row: AllocationRow, slot: str, seen: Mapping[int, int | None]) -> None:
    lines = SlotLine.objects.filter(row=row, slot=slot).select_related("product__enterprise")
    moved = [line for line in lines if seen.get(line.product_id) != line.contract]
    if moved:
        now = "，".join(
            f"{line.product.enterprise.name} {'空' if line.contract is None else format(line.contract, ',')}"
            for line in moved
        )
        raise RowMoved(f"页面打开之后，这一项已被保存为：{now}；没有确认。请核对后再确认。")


@transaction.atomic
def confirm_filled(*, filing: Filing, project: Project, by: Actor, seen: str | None = None) -> int:
    """全部确认: finish every row whose slots are all filled, in one statement; returns how many.

    `seen` is the stamp of the rows that a page counted, `None` if no page stands behind the act. Raises
    `NotEditable`, `seen_sets.SetMoved`.
    """
    held = hold(filing, project=project, by=by, work=ALLOCATION)
    rows: Any = AllocationRow.objects.of_filing(held).ready_to_confirm()
    if seen is not None:
        rows = seen_rows(rows, seen)
    confirmed: int = rows.update(pending_confirmed_at=timezone.now(), pending_confirmed_by=by.user)
    if confirmed:
        record(
            by=by,
            verb="确认",
            object=project.name,
            sentence=f"全部确认：确认待分配量 {confirmed} 项",
            path=held.path,
            project_code=project.code,
        )
    return confirmed


@transaction.atomic
def withdraw_pending(*, row: AllocationRow, project: Project, by: Actor) -> AllocationRow:
    """撤回: open a confirmed row again and undo what was moved for want of capacity (S1-46, rules §3a.10).

    Reservations stay until the slots are changed. Raises `NothingToWithdraw`.
    """
    held = hold_row(row, project=project, by=by)
    fresh = held.row
    if refused := why_not_withdraw(fresh):
        raise refused
    moved = fresh.has_moved
    values: dict[str, object] = {"pending_confirmed_at": None, "pending_confirmed_by": None}
    if moved:
        values |= _undone(held)
    AllocationRow.objects.filter(pk=fresh.pk).update(**values)
    _log(held, "撤回", "撤回待分配量的确认" + ("，并撤销产能不足转其他" if moved else ""), by)
    return fresh


def _undone(held: HeldRow) -> dict[str, object]:
    row = held.row
    row.moved_lowest = row.moved_highest = row.unplaced = 0
    short = [slot for slot in FIXED_SLOTS if row.state(slot) == SlotState.SHORT]
    return {"moved_lowest": 0, "moved_highest": 0, "unplaced": 0} | {
        f"{slot.value}_state": slot_state(row, slot, candidates_of(held.project, row, slot))
        for slot in (*short, Slot.OTHER)
    }


def _log(held: HeldRow, verb: str, sentence: str, by: Actor) -> None:
    record(
        by=by,
        verb=verb,
        object=str(held.row.item),
        sentence=f"{held.row.item}：{sentence}",
        path=held.row.path,
        project_code=held.project.code,
    )
