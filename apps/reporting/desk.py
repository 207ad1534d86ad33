"""An institution before its own demand filing: where it stands, whether it may work, what is left to do. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.http import Http404
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.organizations.models import Tier
from apps.projects.models import Project, ProjectKind, Withdrawal
from apps.projects.windows import Timing, Window
from apps.review.labels import status_text, status_tone
from apps.review.locks import Branch, read_branch
from apps.review.models import Filing
from apps.review.queries import timing_of
from apps.review.statuses import EDITABLE, FROZEN, Status
from apps.review.steps import Step, steps_of
from apps.ui.formats import deadline, moment

from .models import PackMark
from .sheet import Row

KINDS = (ProjectKind.DEMAND, ProjectKind.HISTORY)
SETTLED_WORDS = {
    Status.LAPSED: "本机构没有按时上报，本次数量按 0 计；需要补报时请联系省医保。",
    Status.EXCLUDED: "本机构已移出本项目，不再填报。",
}
AFTER_REPORT = {
    Withdrawal.DIRECT: "上级审核之前可以在“审查结果查看”中撤回。",
    Withdrawal.ON_REQUEST: "需要修改时可以申请撤回，由上级同意。",
    Withdrawal.NONE: "上报后不能撤回；需要修改时请联系上级退回。",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands above the work: why it can't be done now, or what the tier above asks for."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """How far the sheet is: rows, answered ones, ones above zero, and what still needs an answer."""

    total: int = 0
    answered: int = 0
    wanted: int = 0
    needs_words: int = 0
    suspects: int = 0
    amount: Decimal | None = None

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Work":
        amounts = [row.amount or Decimal(0) for row in rows if row.item.reference_price is not None]
        return cls(
            total=len(rows),
            answered=sum(row.planned is not None for row in rows),
            wanted=sum(bool(row.planned) for row in rows),
            needs_words=sum(row.needs_words for row in rows),
            suspects=sum(row.pack_mark == PackMark.SUSPECT for row in rows),
            amount=sum(amounts, Decimal(0)) if amounts else None,
        )

    @property
    def blank(self) -> int:
        return self.total - self.answered

    @property
    def percent(self) -> str:
        return f"{self.answered * 100 // self.total}%" if self.total else ""


@dataclass(frozen=True)
class Desk:
    """The filing with everything that its pages show around the work; branch and windows are read when asked for."""

    project: Project
    filing: Filing
    now: datetime

    @cached_property
    def branch(self) -> Branch:
        return read_branch([self.filing])

    @cached_property
    def timing(self) -> Timing:
        return timing_of(self.project, self.filing)

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
            and not self.filing.maintained
            and not self.branch.is_frozen(self.filing)
            and self.timing.is_open_or_before_deadline(self.now)
        )

    @property
    def is_reported(self) -> bool:
        return self.filing.state in FROZEN

    @property
    def is_history(self) -> bool:
        return self.project.kind == ProjectKind.HISTORY

    @property
    def window(self) -> Window | None:
        """The institution's own window: its switch and range stand in the header (S2-24)."""
        return self.timing.own

    @property
    def reviewer(self) -> str:
        """To whom it reports, in words."""
        return Tier(self.filing.reviewer_tier).label if self.filing.reviewer_tier else "上级"

    @property
    def closes_at(self) -> datetime | None:
        """When what is open now ends."""
        return self.timing.closes_at(self.now)

    @property
    def notice(self) -> Notice | None:
        if self.filing.maintained:
            text = "数量由省医保录入并代为上报，本单位可以查看和导出，不能填写。"
            return Notice("info", "本省由省医保代为填报", text)
        if self.is_reported:
            at = f"{moment(self.filing.submitted_at)} 上报。" if self.filing.submitted_at else ""
            after = AFTER_REPORT[Withdrawal(self.project.institution_withdrawal)]
            return Notice("info", f"已上报，{self.status['text']}", f"{at}{after}")
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
        if own and not own.is_on:
            return Notice("warning", "上报开关已关闭", "现在只能查看和导出，不能填写。")
        if own and self.now < own.opens_at:
            opens = f"{moment(own.opens_at)} 起可以填报，现在可以查看目录和下载模板。"
            return Notice("info", "填报时间还没有开始", opens)
        return Notice("warning", "不在填报时间内", "现在只能查看和导出，不能修改。")


def desk_for(by: Actor, code: str) -> Desk:
    """Raises `Http404` where the person's unit has no institution's filing in the project."""
    own = Filing.objects.filter(
        organization=by.organization, project__code=code, project__kind__in=KINDS
    )
    filing = own.select_related("project", "organization").first()
    if filing is None or not filing.is_institution:
        raise Http404
    return Desk(project=filing.project, filing=filing, now=timezone.now())
