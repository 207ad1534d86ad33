"""Writing a plan and taking it back: a constant number of statements for any number of institutions.

Invariant: how everything stood before is kept with the plan that replaced it, and put back whole.
"""

from collections import Counter
from collections.abc import Sequence

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.slots.capacity import reserve
from apps.allocation.domain.substitution import sql
from apps.allocation.domain.substitution.planning import RowPlan
from apps.allocation.models import Slot
from apps.review.models import Filing


def write_plan(filings: Sequence[Filing], plans: Sequence[RowPlan], *, by: Actor) -> None:
    """Lines, states and confirmations of locked drafts; what they take is reserved last. Seven statements."""
    user = by.user.pk if by.user else None
    ids = [filing.pk for filing in filings]
    sql.remember(ids)
    lines = [(plan.row.pk, line) for plan in plans for line in plan.lines]
    sql.write_lines(
        [
            sql.SavedLine(row, line.slot.value, line.product_id, line.contract, line.reserved)
            for row, line in lines
        ]
    )
    sql.write_rows([_placed(plan) for plan in plans], user=user)
    sql.confirm_selected(ids, user=user)
    changes: Counter[int] = Counter()
    for _, line in lines:
        changes[line.product_id] += line.reserved - line.before
    reserve(changes)


def _placed(plan: RowPlan) -> sql.Placed:
    return sql.Placed(
        row=plan.row.pk,
        lowest=plan.states[Slot.LOWEST].value,
        highest=plan.states[Slot.HIGHEST].value,
        other=plan.states[Slot.OTHER].value,
        moved_lowest=plan.moved[Slot.LOWEST],
        moved_highest=plan.moved[Slot.HIGHEST],
        unplaced=plan.unplaced,
    )


def put_back(filings: Sequence[Filing]) -> None:
    """Rows, lines and reservations exactly as they stood before. Raises `CapacityExceeded` if others took it."""
    which = [filing.pk for filing in filings]
    differences = sql.differences(which)
    sql.put_back(which)
    reserve(differences)
