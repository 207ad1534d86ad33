"""Writing the plan of a 取消中选 and taking it back: a constant number of statements for any number of institutions.

Invariant: how everything stood before is kept with the act before anything moves. Pools are changed last.
"""

from collections.abc import Sequence
from typing import Any

from apps.allocation.domain.slots.capacity import move
from apps.allocation.domain.stops import sql
from apps.allocation.domain.stops.planning import StopPlan
from apps.allocation.models import CapacityPool, ProductStop, Slot, StopAct, Stopped
from apps.projects.models import Project
from apps.review.models.statuses import FROZEN

STATE_OF = {StopAct.CANCEL: Stopped.CANCELLED, StopAct.SUSPEND: Stopped.SUSPENDED}


def write_plan(stop: ProductStop, plan: StopPlan, *, counts_kept: bool) -> None:
    """Lines, states, confirmations and reservations of locked filings."""
    sql.remember(stop.pk, plan.product_id, plan.filings)
    sql.forget(plan.product_id, plan.filings)
    sql.place(_placed(plan))
    sql.hand_over(_handed(plan))
    sql.mark(_marked(plan))
    short = [each for each in plan.kept if each.unplaced]
    sql.leave_unplaced(
        {"rows": [each.line.row for each in short], "unplaced": [each.unplaced for each in short]}
    )
    _open(plan)
    sql.remember_after(stop.pk)
    move(plan.fixed if counts_kept else {}, plan.allocated)


def put_back(stop: ProductStop, *, counts_kept: bool) -> None:
    """Everything as it stood before. Raises `CapacityExceeded` if others took it."""
    _supply(stop.product_id)
    changes = sql.differences(stop.pk)
    sql.put_back(stop.pk)
    kept = {product: kept for product, (kept, _) in changes.items()}
    move(kept if counts_kept else {}, {pk: reserved for pk, (_, reserved) in changes.items()})


def set_state(project: Project, product: int) -> None:
    """The pool says what the last stop in force says; two statements."""
    acts = ProductStop.objects.of_project(project).in_force().filter(product=product)
    last = acts.order_by("-number").first()
    CapacityPool.objects.filter(product=product).update(
        stopped=STATE_OF[StopAct(last.act)] if last else Stopped.NOT,
        stops_on=last.from_date if last else None,
        replacement=last.replacement_id if last else None,
    )


def _supply(product: int) -> None:
    """Until `set_state` says what else stops it: what is put back may be taken."""
    CapacityPool.objects.filter(product=product).update(
        stopped=Stopped.NOT, stops_on=None, replacement=None
    )


def _placed(plan: StopPlan) -> dict[str, list[Any]]:
    lines = [(row.row.pk, line) for row in plan.rows for line in row.lines]
    return {
        "rows": [row for row, _ in lines],
        "slots": [line.slot.value for _, line in lines],
        "products": [line.product_id for _, line in lines],
        "contracts": [line.contract for _, line in lines],
        "reserved": [line.reserved for _, line in lines],
    }


def _handed(plan: StopPlan) -> dict[str, list[int]]:
    parts = [(each.line.row, part) for each in plan.kept for part in each.parts]
    return {
        "rows": [row for row, _ in parts],
        "products": [part.product_id for _, part in parts],
        "contracts": [part.contract for _, part in parts],
        "taken": [part.taken for _, part in parts],
    }


def _marked(plan: StopPlan) -> dict[str, list[Any]]:
    rows = plan.rows
    return {
        "rows": [each.row.pk for each in rows],
        "lowest": [each.states[Slot.LOWEST].value for each in rows],
        "highest": [each.states[Slot.HIGHEST].value for each in rows],
        "other": [each.states[Slot.OTHER].value for each in rows],
        "moved_lowest": [each.moved[Slot.LOWEST] for each in rows],
        "moved_highest": [each.moved[Slot.HIGHEST] for each in rows],
        "unplaced": [each.unplaced for each in rows],
    }


def _open(plan: StopPlan) -> None:
    """Whoever is at work confirms its rows again; who has reported confirms what came of it instead."""
    at_work = [line for line in plan.lines if line.status not in FROZEN]
    rows = _rows(at_work)
    filled = {each.row.pk for each in plan.rows}
    sql.open_rows(
        rows,
        pending=[row for row in rows if row in filled],
        selected=_rows([line for line in at_work if line.is_kept]),
    )


def _rows(lines: Sequence[sql.Held]) -> list[int]:
    return sorted({line.row for line in lines})
