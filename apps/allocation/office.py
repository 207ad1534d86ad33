"""An institution before its own filing in one project: where it stands, whether it may work, what is left to do.

Reads only; every page of the institution opens with it, at the cost of four statements.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.projects.models import Project, ProjectKind
from apps.projects.windows import Timing
from apps.review.labels import status_text, status_tone
from apps.review.locks import Branch, read_branch
from apps.review.models import Filing
from apps.review.queries import timing_of
from apps.review.statuses import EDITABLE, FROZEN, Status
from apps.review.steps import Step, steps_of
from apps.ui.formats import deadline, moment

from .models import AllocationRow

SETTLED_WORDS = {
    Status.LAPSED: "本机构没有按时上报，按未报处理；需要补报时请联系省医保。",
    Status.EXCLUDED: "本机构已移出本项目，不再填报。",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands above the work: why it can't be done now, or what the tier above asks for."""

    tone: str
    title: str
    text: str


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
    def left(self) -> int:
        """Rows whose to-be-allocated quantity is not confirmed yet."""
        return self.pending - self.pending_done

    @property
    def percent(self) -> str:
        return f"{self.done * 100 // self.total}%" if self.total else ""

    @property
    def is_done(self) -> bool:
        return self.done == self.total


@dataclass(frozen=True, slots=True)
class Office:
    """The filing with everything that its pages show around the work."""

    project: Project
    filing: Filing
    branch: Branch
    timing: Timing
    work: Work
    now: datetime

    @property
    def steps(self) -> list[Step]:
        return steps_of(self.filing, self.branch)

    @property
    def status(self) -> dict[str, str]:
        return {"text": status_text(self.filing), "tone": status_tone(self.filing)}

    @property
    def is_editable(self) -> bool:
        return (
            self.filing.state in EDITABLE
            and not self.branch.is_frozen(self.filing)
            and self.timing.is_open_or_before_deadline(self.now)
        )

    @property
    def is_reported(self) -> bool:
        return self.filing.state in FROZEN

    @property
    def closes_at(self) -> datetime | None:
        """When what is open now ends."""
        return self.timing.closes_at(self.now)

    @property
    def notice(self) -> Notice | None:
        if self.is_reported:
            at = f"{moment(self.filing.submitted_at)} 上报，" if self.filing.submitted_at else ""
            return Notice("info", "已上报", f"{at}上报后不能撤回和修改；需要修改时请联系上级退回。")
        if self.branch.is_frozen(self.filing):
            return Notice("warning", "数据已锁定", "上级已提交；需要修改时请联系上级逐级退回。")
        if self.filing.state == Status.RETURNED:
            return self._returned()
        return None if self.is_editable else self._closed()

    def _returned(self) -> Notice:
        until = self.filing.correction_deadline
        limit = f"请在 {deadline(until)} 前更正后重新上报。" if until else ""
        reason = f"退回原因：{self.filing.return_reason}。{limit}"
        return Notice("warning", f"{self.status['text']}，请更正后重新上报", reason)

    def _closed(self) -> Notice:
        own = self.timing.own
        if self.filing.state not in EDITABLE:
            return Notice("warning", self.status["text"], SETTLED_WORDS[self.filing.state])
        if own and self.now < own.opens_at:
            opens = f"{moment(own.opens_at)} 起可以填报，现在可以查看和导出。"
            return Notice("info", "填报时间还没有开始", opens)
        return Notice("warning", "不在填报时间内", "现在只能查看和导出，不能修改。")


def office_for(by: Actor, code: str) -> Office:
    """Raises `Http404` where the person's unit has no allocation filing in the project."""
    own = Filing.objects.filter(
        organization=by.organization, project__code=code, project__kind=ProjectKind.ALLOCATION
    )
    filing = own.select_related("project", "organization").first()
    if filing is None or not filing.is_institution:
        raise Http404
    return Office(
        project=filing.project,
        filing=filing,
        branch=read_branch([filing]),
        timing=timing_of(filing.project, filing),
        work=work_of(filing),
        now=timezone.now(),
    )


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
