"""An institution before its own filing of one project: where it stands, whether it may work, what is asked of it.

Reads only. The apps that own the lines add what their pages count; branch and windows are read when asked for.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from django.db.models import BigAutoField, CharField
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Tier
from apps.projects.models import Phase, Project, ProjectKind
from apps.projects.models.windows import Timing, Window
from apps.review.domain.appeals.matters import may_appeal
from apps.review.domain.holding import Editability, editability, timing_of
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.locks import Branch, read_branch
from apps.review.domain.returns.second_pass import last_return
from apps.review.models import Filing, WithdrawalRequest
from apps.review.models.statuses import EDITABLE, FROZEN, Status
from apps.review.pages.buttons import asking_url
from apps.review.pages.steps import Step, steps_of
from apps.scope.database import Ask, send
from apps.scope.prepared import Prepared
from apps.ui.formats import deadline, ended, moment

ONLY_ADDED = "其他明细保持上次上报的内容，不能修改。"


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands above the work: why it can't be done now, or what the tier above asks for.

    `asking` is the address of 申请撤回 where the text speaks of it; `asked` what became of it so far. `why` is where
    every act is explained, `appealing` where what was decided may be appealed.
    """

    tone: str
    title: str
    text: str
    asking: str = ""
    asked: str = ""
    why: str = ""
    appealing: str = ""


LOCKED = "上级已提交；需要修改时请联系上级逐级退回。"


OWN: Prepared[Filing] = Prepared(
    lambda organization, code: Filing.objects.filter(
        organization_id=organization, project__code=code
    ).select_related("project", "organization"),
    organization=BigAutoField(),
    code=CharField(),
)
"""Read by every page and every save of an institution."""


@dataclass(frozen=True)
class FilingPage:
    """The filing with everything that its pages show around the work."""

    kinds: ClassVar[tuple[ProjectKind, ...]]
    lapsed: ClassVar[str]
    before_opening: ClassVar[str]

    project: Project
    filing: Filing
    now: datetime
    by: Actor

    @classmethod
    def of(cls, by: Actor, code: str, *along: Ask[Any]) -> Self:
        """`along` is asked in the same trip. Raises `Http404` where the person's unit has no filing in the project."""
        own = OWN.ask(organization=by.organization.pk if by.organization else 0, code=code)
        send(own, *along)
        filing = next(iter(own.answer), None)
        if filing is None or not filing.is_institution or filing.kind not in cls.kinds:
            raise Http404
        return cls(project=filing.project, filing=filing, now=timezone.now(), by=by)

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

    @cached_property
    def editability(self) -> Editability:
        """What the services would answer to a save that arrived now."""
        if self.filing.maintained:
            return Editability(ok=False, sentence="本省由省医保代为填报，本单位只能查看。")
        return editability(
            self.project,
            self.filing,
            "",
            at=self.now,
            branch=self.branch,
            timing=self.timing,
        )

    @property
    def is_editable(self) -> bool:
        return self.editability.ok

    @property
    def is_reported(self) -> bool:
        return self.filing.state in FROZEN

    @property
    def window(self) -> Window | None:
        """The institution's own window: its switch and range stand in the header (S2-24)."""
        return self.timing.own

    @property
    def closes_at(self) -> datetime | None:
        """When what is open now ends; nothing is open once the project is concluded."""
        return None if self.is_concluded else self.timing.closes_at(self.now)

    @property
    def is_concluded(self) -> bool:
        return self.project.phase == Phase.CONCLUDED

    @property
    def reviewer(self) -> str:
        """To whom it reports, in words."""
        return Tier(self.filing.reviewer_tier).label if self.filing.reviewer_tier else "上级"

    @property
    def notice(self) -> Notice | None:
        found = self._notice()
        if found is None or self.is_editable:
            return found
        why = reverse("review:filing_why", args=[self.project.code, self.filing.pk])
        return replace(found, why=why)

    def _notice(self) -> Notice | None:
        if self.filing.maintained:
            text = "数量由省医保录入并代为上报，本单位可以查看和导出，不能填写。"
            return Notice("info", "本省由省医保代为填报", text)
        if self.is_reported:
            return self._reported()
        if self.branch.is_frozen(self.filing):
            return Notice("warning", "数据已锁定", LOCKED)
        if self.filing.state == Status.RETURNED:
            return self._returned()
        return None if self.is_editable else self._closed()

    def _reported(self) -> Notice:
        at = moment(self.filing.submitted_at) if self.filing.submitted_at else ""
        if self.filing.substituted:
            text = f"本机构没有在规定时间内上报，联采办已于 {at} 系统代分。"
            then = "" if self.is_concluded else self._from_here
            return Notice(
                "warning",
                self.status["text"],
                f"{text}{then}",
                self.asking_url,
                self._asked,
                appealing=self._appealing,
            )
        text = f"{at} 上报。" if at else ""
        then = "项目已办结，数据只供查看和导出。" if self.is_concluded else self._from_here
        title = f"已上报，{self.status['text']}"
        return Notice("info", title, f"{text}{then}", self.asking_url, self._asked)

    @cached_property
    def _asked(self) -> str:
        """Of a request to withdraw that waits, since when; asks only where one can be made."""
        if not self.asking_url:
            return ""
        asked = WithdrawalRequest.objects.open().filter(filing=self.filing).first()
        return f"{moment(asked.asked_at)} 已申请撤回，待{self.reviewer}处理" if asked else ""

    @property
    def _from_here(self) -> str:
        return LOCKED if self.branch.is_frozen(self.filing) else self.after_report

    @property
    def asking_url(self) -> str:
        """申请撤回 of the own report (S3-27); empty where it can't be asked for."""
        return asking_url(self.project, self.filing, self.branch, self.by)

    @property
    def after_report(self) -> str:
        """What can still be done about a reported filing."""
        raise NotImplementedError

    def _returned(self) -> Notice:
        until = self.filing.correction_deadline
        limit = f"请在 {deadline(until)} 前更正后重新上报。" if until else ""
        reason = f"退回原因：{ended(self.filing.return_reason)}{limit}"
        event = last_return(self.filing)
        who = event.organization_name if event and event.on_behalf_of else ""
        title = f"{who}（代{event.on_behalf_of}）退回" if event and who else self.status["text"]
        todo = "请更正后重新上报"
        if self.filing.added_since is not None:
            todo, reason = "请补填增补的品规后重新上报", f"{reason}{ONLY_ADDED}"
        return Notice("warning", f"{title}，{todo}", reason, appealing=self._appealing)

    @property
    def _appealing(self) -> str:
        """Where each act of the tiers above stands with its 申诉."""
        if not may_appeal(self.project, self.by):
            return ""
        return (
            f"{reverse('review:filing_detail', args=[self.project.code, self.filing.pk])}#history"
        )

    @property
    def may_appeal(self) -> bool:
        """Whether the rows of its pages offer 申诉."""
        return may_appeal(self.project, self.by)

    def _closed(self) -> Notice:
        own = self.timing.own
        if self.filing.state == Status.EXCLUDED:
            return Notice("warning", self.status["text"], "本机构已移出本项目，不再填报。")
        if self.filing.state not in EDITABLE:
            return Notice("warning", self.status["text"], self.lapsed)
        if own and not own.is_on:
            return Notice("warning", "上报开关已关闭", "现在只能查看和导出，不能填写。")
        if own and self.now < own.opens_at:
            opens = f"{moment(own.opens_at)} 起可以填报，{self.before_opening}。"
            return Notice("info", "填报时间还没有开始", opens)
        if own and own.closes_at <= self.now:
            ended = f"本机构的填报时间已于 {deadline(own.closes_at)} 结束，现在只能查看和导出。"
            return Notice("warning", "填报时间已经结束", ended)
        return Notice("warning", "不在填报时间内", "现在只能查看和导出，不能修改。")
