"""Holding an institution's filing for a write: branch locked, editable now, the actor its filer."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigAutoField

from apps.accounts.actors import Actor
from apps.accounts.roles import Permission
from apps.projects.models import Project
from apps.projects.timings import TimingAsk
from apps.review.editing import is_filer, why_not_editable
from apps.review.locks import lock_branch
from apps.review.models import Filing
from apps.review.queries import is_editable
from apps.scope.prepared import Prepared
from apps.scope.together import Ask

from .models import AllocationRow
from .refusals import NotEditable

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


def hold_filing(filing: Filing, *along: Ask[Any], project: Project, by: Actor) -> Filing:
    """Lock the filing and its branch; `along` is read under the lock. Raises `NotEditable`."""
    windows = TimingAsk(project.pk, filing)
    branch = lock_branch([filing], windows.ask, *along)
    if not branch.filings or not is_filer(branch.filings[0], by):
        raise NotEditable("只有本机构可以填写和确认自己的分配量。")
    (held,) = branch.filings
    _require_right(by)
    if not is_editable(project, held, branch=branch, windows=windows):
        raise NotEditable(why_not_editable(held, branch, "分量"))
    return held


def hold_row(row: AllocationRow, *along: Ask[Any], project: Project, by: Actor) -> HeldRow:
    """Lock the row's filing and read the row's progress anew, and what else is asked. Raises `NotEditable`.

    `row` is what the caller found within the scope, with its item; its quantities stand still since publication.
    """
    if row.filing is None:
        raise NotEditable("项目尚未发布，还不能分配。")
    progress = ROW_PROGRESS.ask(pk=row.pk)
    filing = hold_filing(row.filing, progress, *along, project=project, by=by)
    (values,) = progress.answer
    for field, value in zip(PROGRESS, values, strict=True):
        setattr(row, field, value)
    return HeldRow(project, filing, row)


def _require_right(by: Actor) -> None:
    """Raises `NotEditable` unless the account fills in for its unit, or reports for a unit below."""
    right = Permission.REPORT if by.on_behalf_of else Permission.MAINTAIN
    if not by.may(right):
        raise NotEditable(f"您的账号没有“{right.label}”权限，不能填写和确认分配量。")
