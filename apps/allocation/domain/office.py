"""An institution before its own allocation: what is left to confirm. Every page of it opens with four statements."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django.db.models import Count, Q

from apps.accounts.domain.actors import Actor
from apps.allocation.models import AllocationRow
from apps.projects.models import ProjectKind, Withdrawal
from apps.review.models import Filing
from apps.review.pages.workplace import Workplace

AFTER_REPORT = {
    Withdrawal.DIRECT: "需要修改时请联系上级退回。",
    Withdrawal.ON_REQUEST: "需要修改时可以申请撤回，由上级同意。",
    Withdrawal.NONE: "上报后不能撤回和修改；需要修改时请联系上级退回。",
}
"""This subsystem has no 撤回 of a report (manual S1), whatever the policy says of it."""


@dataclass(frozen=True, slots=True)
class Work:
    """How many rows there are to confirm and how many are."""

    selected: int = 0
    selected_done: int = 0
    pending: int = 0
    pending_done: int = 0
    excluded: int = 0
    unplaced: int = 0

    @property
    def total(self) -> int:
        return self.selected + self.pending

    @property
    def done(self) -> int:
        return self.selected_done + self.pending_done

    @property
    def selected_left(self) -> int:
        """Rows whose selected product is not confirmed yet."""
        return self.selected - self.selected_done

    @property
    def left(self) -> int:
        """Rows whose to-be-allocated quantity is not confirmed yet."""
        return self.pending - self.pending_done

    @property
    def percent(self) -> str:
        return f"{self.done * 100 // self.total}%" if self.total else ""

    @property
    def is_done(self) -> bool:
        return self.done == self.total


@dataclass(frozen=True)
class Office(Workplace):
    """The filing with everything that its pages show around the work."""

    kinds: ClassVar = (ProjectKind.ALLOCATION,)
    lapsed: ClassVar = "本机构没有按时上报，按未报处理；需要补报时请联系省医保。"
    before_opening: ClassVar = "现在可以查看和导出"

    @cached_property
    def work(self) -> Work:
        return work_of(self.filing)

    @property
    def after_report(self) -> str:
        return AFTER_REPORT[Withdrawal(self.project.institution_withdrawal)]


def office_for(by: Actor, code: str) -> Office:
    """Raises `Http404` where the person's unit has no allocation filing in the project."""
    return Office.of(by, code)


def work_of(filing: Filing) -> Work:
    to_allocate = Q(pending__gt=0, is_excluded=False)
    counts = AllocationRow.objects.of_filing(filing).aggregate(
        selected=Count("pk", filter=Q(kept__gt=0)),
        selected_done=Count("pk", filter=Q(selected_confirmed_at__isnull=False)),
        pending=Count("pk", filter=to_allocate),
        pending_done=Count("pk", filter=Q(pending_confirmed_at__isnull=False)),
        excluded=Count("pk", filter=Q(is_excluded=True)),
        unplaced=Count("pk", filter=Q(unplaced__gt=0)),
    )
    return Work(**counts)
