"""An institution before its own allocation: what is left to confirm. Every page of it opens with five statements."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django.db.models import Count, Q

from apps.allocation.domain.stops.reads import waits
from apps.allocation.models import AllocationRow
from apps.projects.models import ProjectKind, Withdrawal
from apps.review.domain.reads import actions_for
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.review.pages.filing_page import FilingPage

AFTER_REPORT = {
    Withdrawal.DIRECT: "上级审核之前可以在“分配采购量确认上报”中撤回。",
    Withdrawal.ON_REQUEST: "需要修改时可以申请撤回，由上级同意。",
    Withdrawal.NONE: "上报后不能撤回和修改；需要修改时请联系上级退回。",
}
"""By the project's policy; rounds as in manual S1 have none, and then only the tier above can return a report."""


@dataclass(frozen=True, slots=True)
class Work:
    """How much there is to confirm and how much is, in lines of the lists.

    `selected` are lines of confirmed quantities: a row has one for each winner that has a part of it (ranks).
    `pending`, `excluded` and `unplaced` are rows.
    """

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
        """Lines of selected products that are not confirmed yet."""
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
class AllocationPage(FilingPage):
    """The filing with everything that its pages show around the work."""

    kinds: ClassVar = (ProjectKind.ALLOCATION,)
    lapsed: ClassVar = "本机构没有按时上报，按未报处理；需要补报时请联系省医保。"
    before_opening: ClassVar = "现在可以查看和导出"

    @cached_property
    def work(self) -> Work:
        return work_of(self.filing)

    @cached_property
    def may_withdraw(self) -> bool:
        """Whether 撤回 of the report would be carried out now; costs nothing where the policy has none."""
        if not self.is_reported or self.project.institution_withdrawal != Withdrawal.DIRECT:
            return False
        offered = actions_for(self.project, [self.filing], self.by, at=self.now)
        return Action.WITHDRAW in offered.get(self.filing.pk, ())

    @cached_property
    def adjusts(self) -> bool:
        """Whether something of it waits for 替补确认."""
        return waits(self.filing)

    @property
    def after_report(self) -> str:
        return AFTER_REPORT[Withdrawal(self.project.institution_withdrawal)]


def work_of(filing: Filing) -> Work:
    def rows(**condition: object) -> Count:
        return Count("pk", filter=Q(**condition), distinct=True)

    counts = (
        AllocationRow.objects.of_filing(filing)
        .with_selected_lines()
        .aggregate(
            selected=Count("selected_lines"),
            selected_done=Count("selected_lines", filter=Q(selected_confirmed_at__isnull=False)),
            pending=rows(pending__gt=0, is_excluded=False),
            pending_done=rows(pending_confirmed_at__isnull=False),
            excluded=rows(is_excluded=True),
            unplaced=rows(unplaced__gt=0),
        )
    )
    return Work(**counts)
