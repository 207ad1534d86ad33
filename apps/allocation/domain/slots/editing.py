"""Holding an institution's row for a write: its filing held, its progress read anew under the lock."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigAutoField

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.allocation.models import AllocationRow
from apps.projects.models import Project
from apps.review.domain.holding import Filling, hold
from apps.review.domain.refusals import NotEditable
from apps.review.models import Filing
from apps.scope.database import Ask
from apps.scope.prepared import Prepared

ALLOCATION = Filling(
    name="分量",
    doing="填写和确认分配量",
    strangers="只有本机构可以填写和确认自己的分配量。",
    acting=Permission.REPORT,
)
PROGRESS = (
    "lowest_state",
    "highest_state",
    "other_state",
    "moved_lowest",
    "moved_highest",
    "unplaced",
    "selected_confirmed_at",
    "pending_confirmed_at",
)
ROW_PROGRESS: Prepared[tuple[Any, ...]] = Prepared(
    lambda pk: AllocationRow.objects.filter(pk=pk).values_list(*PROGRESS), pk=BigAutoField()
)
"""Read under every lock of a row."""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row whose filing is locked by this transaction, freshly read."""

    project: Project
    filing: Filing
    row: AllocationRow


def hold_row(row: AllocationRow, *along: Ask[Any], project: Project, by: Actor) -> HeldRow:
    """Lock the row's filing and read the row's progress anew, and what else is asked. Raises `NotEditable`.

    `row` is what the caller found within the scope, with its item; its quantities stand still since publication.
    """
    if row.filing is None:
        raise NotEditable("项目尚未发布，还不能分配。")
    progress = ROW_PROGRESS.ask(pk=row.pk)
    filing = hold(row.filing, progress, *along, project=project, by=by, work=ALLOCATION)
    (values,) = progress.answer
    for field, value in zip(PROGRESS, values, strict=True):
        setattr(row, field, value)
    return HeldRow(project, filing, row)
